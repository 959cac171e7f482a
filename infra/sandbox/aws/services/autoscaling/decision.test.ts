import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { stepped, tracked } from "./arithmetic.ts";
import type { PolicyRecord } from "./book.ts";
import { decide, type Firing, type Situation } from "./decision.ts";

const now = new Date("2026-01-01T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

const policy = (name: string, more: Partial<PolicyRecord>): PolicyRecord => ({
  resourceId: "service/fleet/alpha",
  name,
  arn: name,
  type: more.step ? "StepScaling" : "TargetTrackingScaling",
  createdAt: ago(9999),
  alarms: [],
  ...more,
});

const cpu = policy("cpu", { tracking: { TargetValue: 50 } });
const memory = policy("memory", { tracking: { TargetValue: 80 } });
const fires = (one: PolicyRecord, isHigh: boolean, ...values: number[]): Firing => ({
  policy: one,
  alarmName: `${one.name}-${isHigh ? "high" : "low"}`,
  threshold: one.tracking?.TargetValue ?? 50,
  isHigh,
  values,
});

const free = { DynamicScalingInSuspended: false, DynamicScalingOutSuspended: false, ScheduledScalingSuspended: false };

function decided(situation: Omit<Partial<Situation>, "target"> & { target?: Partial<Situation["target"]> }) {
  return decide({
    now,
    current: 4,
    policies: [cpu],
    firing: [],
    isDeploying: false,
    ...situation,
    target: { min: 1, max: 10, suspended: free, ...situation.target },
  });
}

const count = (decision: ReturnType<typeof decide>) => (decision.kind === "scale" ? decision.count : decision.kind);

test("nothing fires: nothing is done", () => {
  expect(decided({})).toEqual({ kind: "none" });
});

test("out in proportion, the newest minute decides, and AWS's cause", () => {
  expect(decided({ firing: [fires(cpu, true, 90, 60, 60)] })).toEqual({
    kind: "scale",
    count: 8,
    base: 4,
    cause: "monitor alarm cpu-high in state ALARM triggered policy cpu",
  });
});

test("in by the busiest minute, rounded so that too little is taken away", () => {
  expect(count(decided({ current: 10, firing: [fires(cpu, false, 10, 26, 12)] }))).toBe(6);
  expect(decided({ current: 2, firing: [fires(cpu, false, 30)] })).toEqual({ kind: "none" });
});

test("insufficient data never scales", () => {
  expect([count(decided({ firing: [fires(cpu, true)] })), count(decided({ firing: [fires(cpu, false)] }))]).toEqual([
    "none",
    "none",
  ]);
});

test("the largest capacity of several policies wins", () => {
  const firing = [fires(cpu, true, 60), fires(memory, true, 160)];
  expect(count(decided({ policies: [cpu, memory], firing }))).toBe(8);
});

test("in only when every tracking policy that may scale in is ready", () => {
  const alone = [fires(cpu, false, 10)];
  expect(count(decided({ policies: [cpu, memory], firing: alone }))).toBe("none");
  expect(count(decided({ policies: [cpu, memory], firing: [...alone, fires(memory, false, 40)] }))).toBe(2);
  const outOnly = policy("memory", { tracking: { TargetValue: 80, DisableScaleIn: true } });
  expect(count(decided({ policies: [cpu, outOnly], firing: alone }))).toBe(1);
});

test("in waits for a deployment, out does not", () => {
  expect(decided({ isDeploying: true, firing: [fires(cpu, false, 10)] })).toMatchObject({
    kind: "not-scaled",
    code: "TargetServicePutResourceAsUnscalable",
  });
  expect(count(decided({ isDeploying: true, firing: [fires(cpu, true, 100)] }))).toBe(8);
});

test("the limits bound it, and a limit that is reached is said", () => {
  expect(count(decided({ firing: [fires(cpu, true, 500)] }))).toBe(10);
  expect(decided({ current: 10, firing: [fires(cpu, true, 500)] })).toMatchObject({ code: "AlreadyAtMaxCapacity" });
  expect(decided({ current: 1, firing: [fires(cpu, false, 0)] })).toMatchObject({ code: "AlreadyAtMinCapacity" });
});

test("suspended directions do nothing", () => {
  const target = { suspended: { ...free, DynamicScalingInSuspended: true } };
  expect(count(decided({ target, firing: [fires(cpu, false, 10)] }))).toBe("none");
  expect(count(decided({ target, firing: [fires(cpu, true, 100)] }))).toBe(8);
});

test("during a scale-out cooldown, what the last scale-out added counts", () => {
  const lastOut = { at: ago(100), from: 4 };
  const firing = (value: number) => [fires(cpu, true, value)];
  expect(count(decided({ current: 8, target: { lastOut }, firing: firing(100) }))).toBe("none");
  expect(decided({ current: 8, target: { lastOut }, firing: firing(120) })).toMatchObject({ count: 10, base: 4 });
  expect(count(decided({ current: 8, target: { lastOut: { at: ago(301), from: 4 } }, firing: firing(60) }))).toBe(10);
});

test("a scale-in cooldown blocks scaling in only", () => {
  const target = { lastIn: { at: ago(299) } };
  expect(count(decided({ target, firing: [fires(cpu, false, 10)] }))).toBe("none");
  expect(count(decided({ target, firing: [fires(cpu, true, 100)] }))).toBe(8);
  expect(count(decided({ target: { lastIn: { at: ago(300) } }, firing: [fires(cpu, false, 10)] }))).toBe(1);
});

const step = policy("step", {
  step: {
    AdjustmentType: "ChangeInCapacity",
    Cooldown: 60,
    StepAdjustments: [
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 20, ScalingAdjustment: 1 },
      { MetricIntervalLowerBound: 20, ScalingAdjustment: 3 },
      { MetricIntervalUpperBound: 0, ScalingAdjustment: -2 },
    ],
  },
});

test.each([
  [60, 5],
  [70, 7],
  [200, 7],
  [40, 2],
])("steps: a metric of %i with a threshold of 50 makes 4 tasks %i", (value, expected) => {
  expect(count(decided({ policies: [step], firing: [fires(step, true, value)] }))).toBe(expected);
});

test("a larger step during the cooldown adds only what the smaller one has not", () => {
  const target = { lastOut: { at: ago(10), from: 4 } };
  expect(count(decided({ current: 5, target, policies: [step], firing: [fires(step, true, 75)] }))).toBe(7);
});

test.each([
  [10, 25, 0, 12],
  [4, 10, 0, 5],
  [4, 25, 2, 6],
  [15, -50, 0, 8],
  [3, -10, 0, 2],
])("%i tasks and %i percent (at least %i): %i", (current, ScalingAdjustment, MinAdjustmentMagnitude, expected) => {
  const StepAdjustments = [{ ScalingAdjustment }];
  const configuration = { AdjustmentType: "PercentChangeInCapacity" as const, MinAdjustmentMagnitude, StepAdjustments };
  expect(stepped(current, configuration, 1)).toBe(expected);
});

test("an exact capacity is that one", () => {
  const StepAdjustments = [{ ScalingAdjustment: 7 }];
  expect(stepped(2, { AdjustmentType: "ExactCapacity", StepAdjustments }, 1)).toBe(7);
});

test("tracking: enough to get to the target, and not one more than that needs", () => {
  const positive = fc.double({ min: 0.1, max: 1000, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), positive, positive, (current, value, target) => {
      const wanted = tracked(current, value, target);
      expect((current * value) / wanted).toBeLessThanOrEqual(target * (1 + 1e-6));
      if (wanted > 1) expect((current * value) / (wanted - 1)).toBeGreaterThan(target * (1 - 1e-6));
    }),
  );
});
