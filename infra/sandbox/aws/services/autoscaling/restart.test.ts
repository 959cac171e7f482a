import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { manualClock } from "../../../clock.ts";
import { InProcessDriver } from "../../../compute/in-process.fixture.ts";
import { type Aws, startAws } from "../../server.ts";
import { cloudwatch } from "../cloudwatch/service.ts";
import { ecsOn } from "../ecs/service.ts";
import { autoscaling } from "./service.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "autoscaling-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const key = {
  ServiceNamespace: "ecs",
  ResourceId: "service/fleet/alpha",
  ScalableDimension: "ecs:service:DesiredCount",
} as const;

async function start() {
  const clock = manualClock();
  const driver = new InProcessDriver();
  const aws = await startAws({ services: [autoscaling, cloudwatch, ecsOn(() => driver)], dataDir, clock });
  return { aws, clock, driver };
}

async function read({ aws: { autoscaling: client, cloudwatch: alarms } }: Aws) {
  return {
    targets: (await client.describeScalableTargets({ ServiceNamespace: "ecs" })).ScalableTargets,
    policies: (await client.describeScalingPolicies(key)).ScalingPolicies,
    actions: (await client.describeScheduledActions(key)).ScheduledActions,
    alarms: (await alarms.describeAlarms({})).MetricAlarms?.map(({ AlarmName }) => AlarmName).sort(),
  };
}

test("targets, policies, alarms and schedules survive; what was due meanwhile is not made up for", async () => {
  const first = await start();
  const { ecs, autoscaling: client } = first.aws.aws;
  await ecs.createCluster({ clusterName: "fleet" });
  await ecs.registerTaskDefinition({
    family: "alpha",
    cpu: "256",
    memory: "512",
    networkMode: "awsvpc",
    containerDefinitions: [{ name: "app", image: first.driver.image("v1") }],
  });
  const networkConfiguration = { awsvpcConfiguration: { subnets: ["subnet-1"] } };
  await ecs.createService({
    cluster: "fleet",
    serviceName: "alpha",
    taskDefinition: "alpha",
    desiredCount: 0,
    networkConfiguration,
  });
  await client.registerScalableTarget({ ...key, MinCapacity: 0, MaxCapacity: 5 });
  await client.putScalingPolicy({
    ...key,
    PolicyName: "cpu",
    PolicyType: "TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 50,
      PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
    },
  });
  const ScalableTargetAction = { MaxCapacity: 2 };
  await client.putScheduledAction({
    ...key,
    ScheduledActionName: "later",
    Schedule: "at(2026-01-01T01:00:00)",
    ScalableTargetAction,
  });
  await first.clock.advance(600);
  const before = await read(first.aws);
  expect(before.alarms).toHaveLength(2);
  await first.aws.stop();

  const second = await start(); // its clock stands where the first one's began
  expect(await read(second.aws)).toEqual(before);
  await second.clock.advance(3000);
  expect((await read(second.aws)).targets?.[0]?.MaxCapacity).toBe(5);
  await second.clock.advance(620);
  expect((await read(second.aws)).targets?.[0]?.MaxCapacity).toBe(2);
  await second.aws.stop();
});
