import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { nextProvider } from "./capacity-providers.ts";

function place(strategy: { capacityProvider: string; base?: number; weight?: number }[], count: number) {
  const placed = new Map<string, number>();
  for (let task = 0; task < count; task++) {
    const name = nextProvider(strategy, placed) ?? "nowhere";
    placed.set(name, (placed.get(name) ?? 0) + 1);
  }
  return placed;
}

test("the base comes first, the rest follows the weights within one task", () => {
  const number = (min: number, max: number) => fc.integer({ min, max });
  fc.assert(
    fc.property(number(0, 5), number(1, 9), number(1, 9), number(0, 60), (base, weight, spotWeight, count) => {
      const strategy = [
        { capacityProvider: "FARGATE", base, weight },
        { capacityProvider: "FARGATE_SPOT", weight: spotWeight },
      ];
      const onDemand = place(strategy, count).get("FARGATE") ?? 0;
      const rest = Math.max(0, count - base);
      const share = (rest * weight) / (weight + spotWeight);
      expect(Math.abs(onDemand - Math.min(base, count) - share)).toBeLessThanOrEqual(1);
    }),
  );
});

test("a provider without weight gets its base alone", () => {
  const strategy = [
    { capacityProvider: "FARGATE", base: 2, weight: 0 },
    { capacityProvider: "FARGATE_SPOT", weight: 1 },
  ];
  expect([...place(strategy, 5)]).toEqual([
    ["FARGATE", 2],
    ["FARGATE_SPOT", 3],
  ]);
});
