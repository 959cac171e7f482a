import type { PutScalingPolicyCommandInput } from "@aws-sdk/client-application-auto-scaling";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type Scaling, startScaling, type TargetKey } from "./client.ts";

let scaling: Scaling;
let key: TargetKey;
beforeAll(async () => {
  scaling = await startScaling();
});
beforeEach(async () => {
  const { arn: _arn, ...rest } = await scaling.registered();
  key = rest;
});
afterEach(() => scaling.remove(key));
afterAll(() => scaling.stop());

const CPU = { PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" as const } };

const track = (configuration: PutScalingPolicyCommandInput["TargetTrackingScalingPolicyConfiguration"], name = "cpu") =>
  scaling.client.putScalingPolicy({
    ...key,
    PolicyName: name,
    PolicyType: "TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration: configuration,
  });

const alarmsOf = async () =>
  (await scaling.cloudwatch.describeAlarms({ AlarmNamePrefix: `TargetTracking-${key.ResourceId}-` })).MetricAlarms ??
  [];

test("PutScalingPolicy: target tracking makes two alarms, named and configured as AWS does", async () => {
  const { PolicyARN, Alarms = [] } = await track({ TargetValue: 70, ...CPU });
  expect(PolicyARN).toMatch(
    new RegExp(
      `^arn:aws:autoscaling:[^:]+:\\d{12}:scalingPolicy:[0-9a-f-]{36}:resource/ecs/${key.ResourceId}:policyName/cpu$`,
    ),
  );
  const uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  expect(Alarms.map(({ AlarmName }) => AlarmName)).toEqual(
    ["High", "Low"].map((which) =>
      expect.stringMatching(new RegExp(`^TargetTracking-${key.ResourceId}-Alarm${which}-${uuid}$`)),
    ),
  );
  const [, ClusterName, ServiceName] = key.ResourceId.split("/");
  const common = {
    Namespace: "AWS/ECS",
    MetricName: "CPUUtilization",
    Statistic: "Average",
    Unit: "Percent",
    Period: 60,
    TreatMissingData: "missing",
    Dimensions: [
      { Name: "ClusterName", Value: ClusterName },
      { Name: "ServiceName", Value: ServiceName },
    ],
    AlarmActions: [expect.stringMatching(/:policyName\/cpu:createdBy\//)],
  };
  const [high, low] = (await alarmsOf()).sort((a, b) => (a.AlarmName ?? "").localeCompare(b.AlarmName ?? ""));
  expect(high).toMatchObject({
    ...common,
    Threshold: 70,
    EvaluationPeriods: 3,
    ComparisonOperator: "GreaterThanThreshold",
  });
  expect(low).toMatchObject({
    ...common,
    Threshold: 63,
    EvaluationPeriods: 15,
    ComparisonOperator: "LessThanThreshold",
  });
});

test("PutScalingPolicy: again replaces the alarms; without scale-in there is one", async () => {
  const first = await track({ TargetValue: 70, ...CPU });
  const second = await track({ TargetValue: 50, DisableScaleIn: true, ...CPU });
  expect(second.PolicyARN).toBe(first.PolicyARN);
  const alarms = await alarmsOf();
  expect(alarms.map(({ AlarmName, Threshold }) => [AlarmName, Threshold])).toEqual([
    [second.Alarms?.[0]?.AlarmName, 50],
  ]);
});

test("PutScalingPolicy: metric math and requests per target", async () => {
  const Metric = { Namespace: "Fleet", MetricName: "Backlog" };
  const Metrics = [
    { Id: "backlog", MetricStat: { Metric, Stat: "Average" }, ReturnData: false },
    { Id: "each", Expression: "backlog / 2" },
  ];
  await track({ TargetValue: 10, CustomizedMetricSpecification: { Metrics } }, "math");
  const [math] = (await alarmsOf()).filter(({ AlarmName }) => AlarmName?.includes("High"));
  expect(math?.Metrics?.map(({ Id, Expression }) => [Id, Expression])).toEqual([
    ["backlog", undefined],
    ["each", "backlog / 2"],
  ]);
  await scaling.client.deleteScalingPolicy({ ...key, PolicyName: "math" });
  const ResourceLabel = "app/fleet/f37c06a68c1748aa/targetgroup/blue/6d4ea56ca2d6a18d";
  const PredefinedMetricSpecification = { PredefinedMetricType: "ALBRequestCountPerTarget" as const, ResourceLabel };
  if (scaling.target.isAws) return; // the load balancer would have to exist
  await track({ TargetValue: 100, PredefinedMetricSpecification }, "requests");
  const [requests] = await alarmsOf();
  expect(requests).toMatchObject({
    MetricName: "RequestCountPerTarget",
    Statistic: "Sum",
    Dimensions: [{ Name: "TargetGroup", Value: "targetgroup/blue/6d4ea56ca2d6a18d" }],
  });
});

test("PutScalingPolicy: an unregistered service, a second policy of one metric, no metric are refused", async () => {
  const other = await scaling.service();
  const unregistered = scaling.client.putScalingPolicy({
    ...other,
    PolicyName: "cpu",
    PolicyType: "TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration: { TargetValue: 70, ...CPU },
  });
  await expect(unregistered).rejects.toMatchObject({
    name: "ObjectNotFoundException",
    message: `No scalable target registered for service namespace: ecs, resource ID: ${other.ResourceId}, scalable dimension: ecs:service:DesiredCount`,
  });
  await scaling.remove(other);
  await track({ TargetValue: 70, ...CPU });
  const validation = { name: "ValidationException" };
  await expect(track({ TargetValue: 60, ...CPU }, "again")).rejects.toMatchObject(validation);
  await expect(track({ TargetValue: 60 }, "nothing")).rejects.toMatchObject(validation);
});

test("DescribeScalingPolicies: by name, with configuration and alarms", async () => {
  const { Alarms, PolicyARN } = await track({ TargetValue: 70, ScaleInCooldown: 60, ...CPU });
  const step = {
    AdjustmentType: "ChangeInCapacity" as const,
    StepAdjustments: [{ ScalingAdjustment: 1, MetricIntervalLowerBound: 0 }],
  };
  await scaling.client.putScalingPolicy({ ...key, PolicyName: "step", StepScalingPolicyConfiguration: step });
  const { ScalingPolicies } = await scaling.client.describeScalingPolicies({ ...key, PolicyNames: ["cpu"] });
  expect(ScalingPolicies).toEqual([
    expect.objectContaining({
      ...key,
      PolicyARN,
      Alarms,
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 70, ScaleInCooldown: 60, ...CPU },
    }),
  ]);
  expect((await scaling.client.describeScalingPolicies(key)).ScalingPolicies).toHaveLength(2);
});

test("DeleteScalingPolicy: deletes its alarms, and is not found twice", async () => {
  await track({ TargetValue: 70, ...CPU });
  await scaling.client.deleteScalingPolicy({ ...key, PolicyName: "cpu" });
  expect(await alarmsOf()).toEqual([]);
  const again = scaling.client.deleteScalingPolicy({ ...key, PolicyName: "cpu" });
  await expect(again).rejects.toMatchObject({
    name: "ObjectNotFoundException",
    message: expect.stringMatching(/^No scaling policy found for service namespace: ecs.*policy name: cpu$/),
  });
});
