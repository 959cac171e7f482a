import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { rollingCounts } from "./rolling.ts";

const limits = fc.record({
  desiredCount: fc.integer({ min: 1, max: 20 }),
  minimumHealthyPercent: fc.constantFrom(0, 50, 100),
  maximumPercent: fc.constantFrom(100, 150, 200),
});

test("a rolling replacement keeps its limits and, where they allow one, comes to its end", () => {
  fc.assert(
    fc.property(limits, ({ desiredCount, minimumHealthyPercent, maximumPercent }) => {
      const least = Math.ceil((minimumHealthyPercent / 100) * desiredCount);
      const most = Math.floor((maximumPercent / 100) * desiredCount);
      fc.pre(most > least); // otherwise nothing can move
      let [coming, going] = [0, desiredCount];
      for (let round = 0; round < 100 && (coming < desiredCount || going > 0); round++) {
        const next = rollingCounts({
          desiredCount,
          minimumHealthyPercent,
          maximumPercent,
          comingPresent: coming,
          comingHealthy: coming,
          goingPresent: going,
          goingHealthy: going,
        });
        expect(next.going).toBeLessThanOrEqual(going);
        expect(coming + next.going).toBeGreaterThanOrEqual(Math.min(least, coming + going));
        expect(next.coming + going).toBeLessThanOrEqual(Math.max(most, coming + going));
        [coming, going] = [next.coming, next.going];
      }
      expect([coming, going]).toEqual([desiredCount, 0]);
    }),
  );
});

test("an old task stays until a new one is healthy when the maximum has room for both", () => {
  const input = { desiredCount: 2, minimumHealthyPercent: 50, maximumPercent: 200, goingPresent: 2, goingHealthy: 2 };
  expect(rollingCounts({ ...input, comingPresent: 0, comingHealthy: 0 })).toEqual({ coming: 2, going: 2 });
  expect(rollingCounts({ ...input, comingPresent: 2, comingHealthy: 1 })).toEqual({ coming: 2, going: 1 });
});
