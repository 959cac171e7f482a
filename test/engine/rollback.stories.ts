import type { DeploymentConfiguration } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";
import type { EngineService } from "./engine-service.ts";
import { FAILED, HookFunction, SUCCEEDED } from "./hook-function.ts";

/** Section 2.4 of the specification: what a rollback does. */

let engine: Engine;
let hook: HookFunction;
beforeAll(async () => {
  engine = await Engine.start();
  hook = await HookFunction.start(engine, "hook");
});
beforeEach(() => hook.reset());
afterEach(() => engine.clear());
afterAll(async () => {
  await hook.stop();
  await engine.stop();
});

const service = (configuration: DeploymentConfiguration = {}) =>
  engine.service("alpha", { bakeTimeInMinutes: 0, ...configuration }, { deregistrationSeconds: 0 });
const stop = (serviceDeploymentArn: string) =>
  engine.ecs.stopServiceDeployment({ serviceDeploymentArn, stopType: "ROLLBACK" });
const revisionOf = async (alpha: EngineService, arn: string) =>
  (await alpha.deployment(arn)).targetServiceRevision?.arn ?? "";

test("2.4 it returns to the last successful revision; none is created", async () => {
  const alpha = await service({ deploymentCircuitBreaker: { enable: true, rollback: true } });
  const bad = await alpha.deploy("v2", { kind: "crash" });
  await alpha.reaches(bad, "ROLLBACK_SUCCESSFUL");
  const worse = await alpha.deploy("v3", { kind: "crash" });
  const over = await alpha.reaches(worse, "ROLLBACK_SUCCESSFUL");
  const first = await revisionOf(alpha, alpha.first);
  expect(over.rollback).toMatchObject({ serviceRevisionArn: first, reason: over.statusReason });
  expect((await alpha.describe()).currentServiceRevisions?.map(({ arn }) => arn)).toEqual([first]);
  expect(over.targetServiceRevision?.arn).not.toBe(first);
});

test("2.4 both rules go back together, and the hooks of the two shifts hear B=100, G=0", async () => {
  const alpha = await service();
  const lifecycleHooks = [hook.at("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_SCALE_UP")];
  const arn = await alpha.deploy("v2", {}, { bakeTimeInMinutes: 10, lifecycleHooks });
  await alpha.reachesStage(arn, "BAKE_TIME");
  hook.reset();
  const seen: unknown[] = [];
  hook.answer = () => SUCCEEDED;
  await stop(arn);
  await engine.until(async () => {
    const rules = { production: await alpha.production(), test: await alpha.test() };
    if (JSON.stringify(rules) !== JSON.stringify(seen.at(-1))) seen.push(rules);
    return rules.production.green === 100 ? true : undefined;
  });
  await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  const blue = { blue: 0, green: 100 };
  expect(seen.at(-1)).toEqual({ production: blue, test: blue });
  const [first, green] = [await revisionOf(alpha, alpha.first), await revisionOf(alpha, arn)];
  const back = { [green]: 0, [first]: 100 };
  expect(hook.events.map(({ lifecycleStage, executionDetails }) => ({ lifecycleStage, ...executionDetails }))).toEqual([
    expect.objectContaining({
      lifecycleStage: "PRODUCTION_TRAFFIC_SHIFT",
      targetServiceRevisionArn: green,
      productionTrafficWeights: back,
      testTrafficWeights: {},
    }),
    expect.objectContaining({
      lifecycleStage: "TEST_TRAFFIC_SHIFT",
      targetServiceRevisionArn: green,
      productionTrafficWeights: {},
      testTrafficWeights: back,
    }),
  ]);
});

test("2.4 before the production shift only the test rule moves back, and only its hooks are called again", async () => {
  const alpha = await service();
  const pause = { targetType: "PAUSE" as const, lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT" as const] };
  const lifecycleHooks = [hook.at("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"), pause];
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks });
  const id = await alpha.pauses(arn);
  const before = await engine.elb.describeRules({ RuleArns: [alpha.productionRule] });
  await alpha.answers(arn, id, "ROLLBACK");
  await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  const after = await engine.elb.describeRules({ RuleArns: [alpha.productionRule] });
  expect(after.Rules).toEqual(before.Rules);
  expect(await alpha.test()).toEqual({ blue: 0, green: 100 });
  expect(hook.stages).toEqual(["TEST_TRAFFIC_SHIFT", "TEST_TRAFFIC_SHIFT"]);
});

test("2.4 before the test shift no rule changes and no hook is called", async () => {
  const alpha = await service({ deploymentCircuitBreaker: { enable: true, rollback: true } });
  const RuleArns = [alpha.productionRule, alpha.testRule];
  const before = await engine.elb.describeRules({ RuleArns });
  const lifecycleHooks = [hook.at("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")];
  await alpha.reaches(await alpha.deploy("v2", { kind: "crash" }, { lifecycleHooks }), "ROLLBACK_SUCCESSFUL");
  expect((await engine.elb.describeRules({ RuleArns })).Rules).toEqual(before.Rules);
  expect(hook.stages).toEqual([]);
});

test("2.4 a hook that refuses the way back makes it ROLLBACK_FAILED; production is on the old revision", async () => {
  const alpha = await service();
  const lifecycleHooks = [hook.at("PRODUCTION_TRAFFIC_SHIFT")];
  const arn = await alpha.deploy("v2", {}, { bakeTimeInMinutes: 10, lifecycleHooks });
  await alpha.reachesStage(arn, "BAKE_TIME");
  hook.answer = () => FAILED;
  await stop(arn);
  await alpha.reaches(arn, "ROLLBACK_FAILED");
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
  await engine.advance(60);
  expect(await alpha.running()).toEqual({ v1: 1 });
});

test("2.4 during the bake it is instant: the old revision still runs", async () => {
  const alpha = await service();
  const arn = await alpha.deploy("v2", {}, { bakeTimeInMinutes: 60 });
  await alpha.reachesStage(arn, "BAKE_TIME");
  expect(await alpha.running()).toEqual({ v1: 1, v2: 1 });
  await stop(arn);
  await engine.clock.settle();
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
});

test("2.4 after CLEAN_UP there is no rollback", async () => {
  const alpha = await service();
  const arn = await alpha.deploy("v2");
  await alpha.reaches(arn, "SUCCESSFUL");
  await expect(stop(arn)).rejects.toMatchObject({ name: "ConflictException" });
});

test("2.4 with rollback off a canary stays split; the next deployment is refused until somebody repairs the rule", async () => {
  const AlarmName = "halt";
  const put = { AlarmName, Namespace: "test", MetricName: "halt", Statistic: "Sum" as const, Period: 3600 };
  const limit = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: "GreaterThanThreshold" as const };
  await engine.cloudwatch.putMetricAlarm({ ...put, ...limit, TreatMissingData: "ignore" });
  const alpha = await service();
  const canary: DeploymentConfiguration = {
    strategy: "CANARY",
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 60 },
    alarms: { alarmNames: [AlarmName], enable: true, rollback: false },
  };
  const halted = await alpha.deploy("v2", {}, canary);
  await engine.until(async () => ((await alpha.production()).blue === 10 ? true : undefined));
  await engine.cloudwatch.setAlarmState({ AlarmName, StateValue: "ALARM", StateReason: "test" });
  const stopped = await alpha.reaches(halted, "STOPPED");
  expect(stopped.statusReason).toBe("Service deployment stopped because alarm detected.");
  const refused = await alpha.reaches(await alpha.deploy("v3"), "ROLLBACK_SUCCESSFUL");
  expect(refused.statusReason).toBe(
    `Service deployment rolled back because of invalid networking configuration. productionListenerRule ${alpha.productionRule} should have exactly one target group serving traffic but found 2 target groups which are serving traffic`,
  );
  await engine.advance(120);
  expect(await alpha.production()).toEqual({ blue: 10, green: 90 });
  expect(await alpha.running()).toEqual({ v1: 1, v2: 1 }); // whoever gets traffic still runs
  const TargetGroups = [alpha.green, alpha.blue].map((TargetGroupArn, index) => ({
    TargetGroupArn,
    Weight: 1 - index,
  }));
  await engine.elb.modifyRule({
    RuleArn: alpha.productionRule,
    Actions: [{ Type: "forward", ForwardConfig: { TargetGroups } }],
  });
  const next = await alpha.deploy("v4", {}, { strategy: "BLUE_GREEN" });
  const done = await alpha.until(next, ({ status }) => status !== "PENDING" && status !== "IN_PROGRESS");
  expect(done.status).toBe("SUCCESSFUL");
  expect(await alpha.running()).toEqual({ v4: 1 });
});
