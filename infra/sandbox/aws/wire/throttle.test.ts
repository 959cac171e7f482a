import * as ecs from "@aws-sdk/client-ecs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { manualClock } from "../../clock.ts";
import type { Fault } from "../../faults/fault.ts";
import { ECS_BUCKETS, Throttle } from "./throttle.ts";

const fault = (rate?: number): Fault => ({
  kind: "api-throttle",
  id: "f",
  scope: {},
  probability: 1,
  createdAt: new Date(0),
  hits: 0,
  isOver: false,
  ...(rate === undefined ? {} : { rate }),
});

test("however calls come, no more pass than the burst and what was refilled since, and a token is never lost", async () => {
  const steps = fc.array(
    fc.record({ calls: fc.integer({ min: 0, max: 30 }), seconds: fc.integer({ min: 0, max: 5 }) }),
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(...ECS_BUCKETS), async (sequence, { members, burst, refill }) => {
      const clock = manualClock();
      const throttle = new Throttle(clock);
      const one = fault();
      let tokens = burst;
      for (const { calls, seconds } of sequence) {
        for (let i = 0; i < calls; i++) {
          const operation = members[i % members.length] ?? "";
          const passes = !throttle.refuses(one, { service: "ecs", operation });
          expect(passes).toBe(tokens >= 1);
          if (passes) tokens--;
        }
        clock.jump(seconds);
        tokens = Math.min(burst, tokens + seconds * refill);
      }
    }),
    { numRuns: 50 },
  );
});

test("a clock that jumps back refills nothing and takes nothing", () => {
  const clock = manualClock();
  const throttle = new Throttle(clock);
  const one = fault(2);
  const call = { service: "ssm", operation: "GetParameter" };
  expect([throttle.refuses(one, call), throttle.refuses(one, call), throttle.refuses(one, call)]).toEqual([
    false,
    false,
    true,
  ]);
  clock.jump(-3600);
  expect(throttle.refuses(one, call)).toBe(true);
  clock.jump(1);
  expect(throttle.refuses(one, call)).toBe(false);
});

test("two faults have budgets of their own; other services than ECS have none of ECS's", () => {
  const throttle = new Throttle(manualClock());
  const [first, second] = [fault(1), fault(1)];
  const call = { service: "ecs", operation: "DescribeServices" };
  expect([throttle.refuses(first, call), throttle.refuses(first, call), throttle.refuses(second, call)]).toEqual([
    false,
    true,
    false,
  ]);
  expect(throttle.refuses(fault(), { service: "ssm", operation: "DescribeServices" })).toBe(true);
});

test("the table names ECS's own operations, each once", () => {
  const members = ECS_BUCKETS.flatMap((bucket) => bucket.members);
  expect(new Set(members).size).toBe(members.length);
  const unknown = members.filter((name) => !(`${name}Command` in ecs));
  expect(unknown).toEqual([]);
});
