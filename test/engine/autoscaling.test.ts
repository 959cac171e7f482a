import { ApplicationAutoScaling, type ScalingPolicy } from "@aws-sdk/client-application-auto-scaling";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { CLUSTER, Engine } from "./engine.ts";
import type { EngineService } from "./engine-service.ts";

/** Section 2.6 of the specification: services that scale by what their tasks were really measured to use. */

const VCPU = 0.25; // of every task
const DIMENSION = "ecs:service:DesiredCount" as const;

let engine: Engine;
let scaling: ApplicationAutoScaling;
beforeEach(async () => {
  engine = await Engine.start();
  scaling = engine.client(ApplicationAutoScaling);
});
afterEach(() => engine.stop());

const key = (name: string) => ({
  ServiceNamespace: "ecs" as const,
  ResourceId: `service/${CLUSTER}/${name}`,
  ScalableDimension: DIMENSION,
});

/** CPU time that tasks use, at a percentage of what they reserve that changes while they run. */
class Load {
  #used = 0;
  #since = 0;
  #percent = 0;

  set percent(percent: number) {
    this.#used = this.cpuSeconds;
    this.#since = engine.seconds;
    this.#percent = percent;
  }

  get cpuSeconds(): number {
    return this.#used + ((engine.seconds - this.#since) * this.#percent * VCPU) / 100;
  }

  readonly usage = () => ({ cpuSeconds: this.cpuSeconds, memoryBytes: 64 * 1024 * 1024 });
}

/** A service under a load, with limits. */
async function scaled(limits: { min: number; max: number }): Promise<{ alpha: EngineService; load: Load }> {
  const load = new Load();
  load.percent = 50;
  const wish = { desiredCount: 2, balancer: "none", behaviour: { usage: load.usage } } as const;
  const alpha = await engine.service("alpha", { strategy: "BLUE_GREEN", bakeTimeInMinutes: 0 }, wish);
  const { min: MinCapacity, max: MaxCapacity } = limits;
  await scaling.registerScalableTarget({ ...key("alpha"), MinCapacity, MaxCapacity });
  return { alpha, load };
}

const track = (TargetValue: number, more: object = {}) =>
  scaling.putScalingPolicy({
    ...key("alpha"),
    PolicyName: "cpu",
    PolicyType: "TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue,
      ScaleInCooldown: 60,
      PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
      ...more,
    },
  });

const desired = async (alpha: EngineService) => (await alpha.describe()).desiredCount;

/** Sandbox minutes until the desired count is another. */
async function minutesUntil(alpha: EngineService, count: number, within = 3600): Promise<number> {
  const start = engine.seconds;
  const look = async () => ((await desired(alpha)) === count ? true : undefined);
  await engine.until(look, { step: 30, within, describe: async () => JSON.stringify(await activities()) });
  return (engine.seconds - start) / 60;
}

const activities = async (more: object = {}) =>
  (await scaling.describeScalingActivities({ ...key("alpha"), ...more })).ScalingActivities ?? [];

const alarmOf = ({ Alarms = [] }: Pick<ScalingPolicy, "Alarms">, which: "High" | "Low") =>
  Alarms.find(({ AlarmName }) => AlarmName?.includes(`-Alarm${which}-`))?.AlarmName ?? "";

test("2.6: target tracking scales out in proportion after 3 minutes and in after 15", async () => {
  const { alpha, load } = await scaled({ min: 1, max: 10 });
  const policy = await track(50);
  load.percent = 120;
  const out = await minutesUntil(alpha, 5); // 2 tasks × 120 / 50
  expect(out).toBeGreaterThanOrEqual(3);
  expect(out).toBeLessThanOrEqual(6);
  const [activity] = await activities();
  expect(activity).toMatchObject({
    Description: "Setting desired count to 5.",
    Cause: `monitor alarm ${alarmOf(policy, "High")} in state ALARM triggered policy cpu`,
    StatusCode: "Successful",
    StatusMessage: "Successfully set desired count to 5. Change successfully fulfilled by ecs.",
  });
  load.percent = 48;
  await engine.advance(600);
  expect(await desired(alpha)).toBe(5);
  load.percent = 15;
  // The busiest of the minutes decides, and that is the one in which the load fell: gradually in.
  const inwards = await minutesUntil(alpha, 3);
  expect(inwards).toBeGreaterThanOrEqual(14);
  expect((await activities())[0]?.Cause).toContain(alarmOf(policy, "Low"));
  await minutesUntil(alpha, 1); // 3 × 15 / 50, rounded up
});

test("2.6: App Auto Scaling scales in after an ECS deployment, not during one; it scales out all the time", async () => {
  const { alpha, load } = await scaled({ min: 1, max: 10 });
  await track(50);
  const image = engine.image("v2", { usage: load.usage });
  const { service } = await engine.ecs.updateService({
    cluster: CLUSTER,
    service: "alpha",
    taskDefinition: await engine.define("alpha", image),
    deploymentConfiguration: {
      lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"] }],
    },
  });
  const arn = service?.currentServiceDeployment ?? "";
  const hook = await alpha.pauses(arn);
  load.percent = 100;
  await minutesUntil(alpha, 4);
  load.percent = 10;
  await engine.advance(1500);
  expect(await desired(alpha)).toBe(4);
  const notScaled = (await activities({ IncludeNotScaledActivities: true })).flatMap(
    (one) => one.NotScaledReasons ?? [],
  );
  expect(notScaled).toEqual([{ Code: "TargetServicePutResourceAsUnscalable", CurrentCapacity: 4 }]);
  await alpha.answers(arn, hook);
  await alpha.reaches(arn, "SUCCESSFUL");
  await minutesUntil(alpha, 1);
});

test("2.6: limits hold, a suspended direction rests, and without scale-in nothing goes away", async () => {
  const { alpha, load } = await scaled({ min: 2, max: 3 });
  await track(50, { DisableScaleIn: true });
  load.percent = 200;
  await scaling.registerScalableTarget({ ...key("alpha"), SuspendedState: { DynamicScalingOutSuspended: true } });
  await engine.advance(600);
  expect(await desired(alpha)).toBe(2);
  await scaling.registerScalableTarget({ ...key("alpha"), SuspendedState: { DynamicScalingOutSuspended: false } });
  await minutesUntil(alpha, 3);
  await engine.advance(300);
  const reasons = (await activities({ IncludeNotScaledActivities: true })).flatMap((one) => one.NotScaledReasons ?? []);
  expect(reasons).toEqual([{ Code: "AlreadyAtMaxCapacity", CurrentCapacity: 3, MaxCapacity: 3 }]);
  load.percent = 1;
  await engine.advance(1500);
  expect(await desired(alpha)).toBe(3);
});

test("2.6: no data is no low use: a service without tasks is left alone", async () => {
  const { alpha } = await scaled({ min: 0, max: 4 });
  await track(50);
  await alpha.update({ desiredCount: 0 });
  await engine.advance(1500);
  expect([await desired(alpha), await activities()]).toEqual([0, []]);
});

test("2.6: a step policy follows an alarm of one's own", async () => {
  const { alpha, load } = await scaled({ min: 1, max: 10 });
  const { PolicyARN = "" } = await scaling.putScalingPolicy({
    ...key("alpha"),
    PolicyName: "steps",
    PolicyType: "StepScaling",
    StepScalingPolicyConfiguration: {
      AdjustmentType: "ChangeInCapacity",
      Cooldown: 600,
      StepAdjustments: [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 20, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 20, ScalingAdjustment: 4 },
      ],
    },
  });
  await engine.cloudwatch.putMetricAlarm({
    AlarmName: "busy",
    Namespace: "AWS/ECS",
    MetricName: "CPUUtilization",
    Dimensions: [
      { Name: "ClusterName", Value: CLUSTER },
      { Name: "ServiceName", Value: "alpha" },
    ],
    Statistic: "Average",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 60,
    ComparisonOperator: "GreaterThanThreshold",
    AlarmActions: [PolicyARN],
  });
  load.percent = 70;
  await minutesUntil(alpha, 3);
  load.percent = 95; // the larger step counts what the smaller one has added
  await minutesUntil(alpha, 6);
  expect((await activities())[0]?.Cause).toBe("monitor alarm busy in state ALARM triggered policy steps");
});

test("2.6: schedules change limits and the count with them, in a time zone, on the sandbox's clock", async () => {
  const { alpha } = await scaled({ min: 1, max: 10 });
  const put = (ScheduledActionName: string, Schedule: string, MinCapacity: number, MaxCapacity: number) =>
    scaling.putScheduledAction({
      ...key("alpha"),
      ScheduledActionName,
      Schedule,
      Timezone: "Asia/Tokyo", // nine hours ahead, always
      ScalableTargetAction: { MinCapacity, MaxCapacity },
    });
  await put("day", "cron(0 10 * * ? *)", 4, 10);
  await put("night", "cron(20 9 * * ? *)", 0, 1);
  await put("once", "at(2026-01-01T09:40:00)", 2, 3);
  const at = (minute: number) =>
    engine.advance((Date.UTC(2026, 0, 1, 0, minute) - engine.clock.now().getTime()) / 1000 + 20);
  await at(19);
  expect(await desired(alpha)).toBe(2);
  await at(20);
  expect(await desired(alpha)).toBe(1);
  await at(40);
  expect(await desired(alpha)).toBe(2);
  await at(60);
  expect(await desired(alpha)).toBe(4);
  const told = (await activities()).map(({ Description, Cause }) => [Description, Cause]);
  expect(told.slice(0, 2)).toEqual([
    ["Setting desired count to 4.", "minimum capacity was set to 4"],
    ["Setting min capacity to 4 and max capacity to 10", "scheduled action name day was triggered"],
  ]);
  expect(told.at(-1)).toEqual([
    "Setting min capacity to 0 and max capacity to 1",
    "scheduled action name night was triggered",
  ]);
});
