import type { DeploymentConfiguration } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";

/** Section 2.3.4 of the specification: CloudWatch alarms of a deployment. */

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start();
});
afterEach(() => engine.clear());
afterAll(() => engine.stop());

const ALARM = "errors";

/** An alarm without data, which only SetAlarmState moves. */
async function alarm(AlarmName: string, StateValue: "OK" | "ALARM" = "OK"): Promise<string> {
  await engine.cloudwatch.putMetricAlarm({
    AlarmName,
    Namespace: "test",
    MetricName: AlarmName,
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 5,
    Threshold: 1,
    ComparisonOperator: "GreaterThanThreshold",
    TreatMissingData: "ignore",
  });
  await set(AlarmName, StateValue);
  return AlarmName;
}

const set = (AlarmName: string, StateValue: "OK" | "ALARM") =>
  engine.cloudwatch.setAlarmState({ AlarmName, StateValue, StateReason: "the test says so" });

const watching = (alarmNames: string[], rollback = true): DeploymentConfiguration => ({
  bakeTimeInMinutes: 3,
  alarms: { alarmNames, enable: true, rollback },
});

test("2.3.4 an alarm that goes off in the bake rolls the deployment back", async () => {
  const alpha = await engine.service("alpha", { bakeTimeInMinutes: 0 });
  await alarm(ALARM);
  await alarm("latency");
  const arn = await alpha.deploy("v2", {}, watching([ALARM, "latency"]));
  const baking = await alpha.reachesStage(arn, "BAKE_TIME");
  expect(baking.alarms).toEqual({ status: "MONITORING", alarmNames: [ALARM, "latency"], triggeredAlarmNames: [] });
  expect(await alpha.asks(alpha.productionUrl)).toBe("v2");
  await set(ALARM, "ALARM");
  const over = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(over.alarms).toEqual({ status: "TRIGGERED", alarmNames: [ALARM, "latency"], triggeredAlarmNames: [ALARM] });
  expect(over.statusReason).toBe("Service deployment rolled back because alarm detected.");
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
  expect((await alpha.events()).some((text) => /deployment failed: .*alarm detected\.$/.test(text))).toBe(true);
});

test("2.3.4 an alarm that goes off while a hook waits rolls back before any production traffic moved", async () => {
  const alpha = await engine.service("alpha", { bakeTimeInMinutes: 0 });
  await alarm(ALARM);
  const lifecycleHooks = [{ targetType: "PAUSE" as const, lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT" as const] }];
  const arn = await alpha.deploy("v2", {}, { ...watching([ALARM]), lifecycleHooks });
  await alpha.pauses(arn);
  await set(ALARM, "ALARM");
  const over = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(over.lifecycleHookDetails).toMatchObject([{ status: "FAILED" }]);
  expect(await alpha.production()).toEqual({ blue: 0, green: 100 });
});

test("2.3.4 an alarm that was in ALARM at the start is ignored", async () => {
  const alpha = await engine.service("alpha", { bakeTimeInMinutes: 0 });
  await alarm(ALARM, "ALARM");
  const arn = await alpha.deploy("v2", {}, watching([ALARM]));
  await alpha.reachesStage(arn, "BAKE_TIME");
  await set(ALARM, "OK");
  await engine.advance(60);
  await set(ALARM, "ALARM"); // once more: it stays ignored for the whole deployment
  const over = await alpha.reaches(arn, "SUCCESSFUL");
  expect(over.alarms).toEqual({ status: "MONITORING_COMPLETE", alarmNames: [ALARM], triggeredAlarmNames: [] });
});

test("2.3.4 with rollback off an alarm stops the deployment where it is", async () => {
  const alpha = await engine.service("alpha", { bakeTimeInMinutes: 0 });
  await alarm(ALARM);
  const arn = await alpha.deploy("v2", {}, watching([ALARM], false));
  await alpha.reachesStage(arn, "BAKE_TIME");
  await set(ALARM, "ALARM");
  const over = await alpha.reaches(arn, "STOPPED");
  expect(over.alarms).toMatchObject({ status: "TRIGGERED", triggeredAlarmNames: [ALARM] });
  expect(over.rollback).toBeUndefined();
  await engine.advance(120);
  expect(await alpha.running()).toEqual({ v1: 1, v2: 1 });
  expect(await alpha.asks(alpha.productionUrl)).toBe("v2");
});

test("2.3.4 a rolling deployment with alarms bakes as long as its alarms judge", async () => {
  const alpha = await engine.service("alpha", { strategy: "ROLLING", bakeTimeInMinutes: 0 });
  await alarm(ALARM);
  const { bakeTimeInMinutes, ...configuration } = watching([ALARM]);
  const arn = await alpha.deploy("v2", {}, configuration);
  await alpha.reachesStage(arn, "BAKE_TIME");
  await engine.advance(280);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("BAKE_TIME");
  await set(ALARM, "ALARM");
  await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(await alpha.running()).toEqual({ v1: 1 });
});

test("2.3.4 alarms that are switched off, or do not exist, stop nothing", async () => {
  const alpha = await engine.service("alpha", { bakeTimeInMinutes: 0 });
  await alarm(ALARM);
  const off = await alpha.deploy("v2", {}, { alarms: { alarmNames: [ALARM], enable: false, rollback: true } });
  await set(ALARM, "ALARM");
  expect((await alpha.reaches(off, "SUCCESSFUL")).alarms).toEqual({ status: "DISABLED" });
  const unknown = await alpha.deploy("v3", {}, { ...watching(["nobody"]), bakeTimeInMinutes: 1 });
  await alpha.reaches(unknown, "SUCCESSFUL");
  expect(engine.logs.join("\n")).toContain("no CloudWatch alarm is named nobody");
});
