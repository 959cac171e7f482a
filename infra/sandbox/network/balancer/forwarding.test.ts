import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { scaledClock } from "../../clock.ts";
import { FaultBook } from "../../faults/fault-book.ts";
import { AddressBook } from "../addresses.ts";
import { Forward } from "./forwarding.ts";
import { type GroupSettings, TargetGroup } from "./groups.ts";

const settings: GroupSettings = {
  check: {
    path: "/",
    port: "traffic-port",
    intervalSeconds: 30,
    timeoutSeconds: 5,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
    matcher: "200",
  },
  deregistrationDelaySeconds: 300,
  algorithm: "round_robin",
  slowStartSeconds: 0,
  leastHealthy: { count: 1, percent: 0 },
};
const faults = new FaultBook({ now: () => new Date(0), newId: () => "f", random: () => 0 });
const now = () => 0;
const surroundings = { clock: scaledClock(1), network: new AddressBook(), faults, random: () => 0 };
const groups = Array.from({ length: 5 }, (_, i) => new TargetGroup(`group-${i}`, settings, surroundings));

test("over every cycle each group gets exactly its weight, and never its whole share in one run", () => {
  const weights = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(weights, (chosen) => {
      const forward = new Forward(
        chosen.map((weight, i) => ({ group: groups[i] as TargetGroup, weight })),
        0,
        now,
      );
      const total = chosen.reduce((sum, weight) => sum + weight, 0);
      const counts = chosen.map(() => 0);
      for (let i = 0; i < total; i++) {
        const index = groups.indexOf(forward.choose(undefined)?.group as TargetGroup);
        counts[index] = (counts[index] ?? 0) + 1;
      }
      expect(counts).toEqual(chosen);
    }),
  );
  const forward = new Forward(
    [
      { group: groups[0] as TargetGroup, weight: 90 },
      { group: groups[1] as TargetGroup, weight: 10 },
    ],
    0,
    now,
  );
  const first = Array.from({ length: 20 }, () => forward.choose(undefined)?.group.arn);
  expect(first.filter((arn) => arn === "group-1")).toHaveLength(2);
});

test("when every weight is 0 there is nothing to choose", () => {
  expect(new Forward([{ group: groups[0] as TargetGroup, weight: 0 }], 0, now).choose(undefined)).toBeUndefined();
});
