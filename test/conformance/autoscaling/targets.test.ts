import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type Scaling, startScaling, type TargetKey } from "./client.ts";

let scaling: Scaling;
let key: TargetKey & { readonly arn: string };
beforeAll(async () => {
  scaling = await startScaling();
});
beforeEach(async () => {
  key = await scaling.registered();
});
afterEach(() => scaling.remove(key));
afterAll(() => scaling.stop());

const request = () => {
  const { arn: _arn, ...rest } = key;
  return rest;
};

const found = async () => {
  const { ScalableTargets } = await scaling.client.describeScalableTargets({
    ServiceNamespace: "ecs",
    ResourceIds: [key.ResourceId],
  });
  return ScalableTargets?.[0];
};

test("RegisterScalableTarget: again changes what is given; a higher minimum raises the count", async () => {
  expect(key.arn).toMatch(/^arn:aws:application-autoscaling:[^:]+:\d{12}:scalable-target\/[0-9a-z]+$/);
  await scaling.client.registerScalableTarget({ ...request(), MinCapacity: 2 });
  expect(await found()).toMatchObject({ MinCapacity: 2, MaxCapacity: 4, ScalableTargetARN: key.arn });
  expect(await scaling.desiredCount(key)).toBe(2);
  const SuspendedState = { DynamicScalingInSuspended: true };
  await scaling.client.registerScalableTarget({ ...request(), SuspendedState });
  expect((await found())?.SuspendedState).toEqual({
    DynamicScalingInSuspended: true,
    DynamicScalingOutSuspended: false,
    ScheduledScalingSuspended: false,
  });
});

test("RegisterScalableTarget: a service that does not exist, or no limits, is a ValidationException", async () => {
  const missing = { ...request(), ResourceId: `${key.ResourceId}-missing`, MinCapacity: 1, MaxCapacity: 2 };
  const validation = { name: "ValidationException" };
  await expect(scaling.client.registerScalableTarget(missing)).rejects.toMatchObject({
    ...validation,
    message: expect.stringMatching(/ECS service doesn't exist/),
  });
  const other = await scaling.service();
  await expect(scaling.client.registerScalableTarget(other)).rejects.toMatchObject(validation);
  await expect(
    scaling.client.registerScalableTarget({ ...request(), MinCapacity: 5, MaxCapacity: 4 }),
  ).rejects.toMatchObject(validation);
  await scaling.remove(other);
});

test("DescribeScalableTargets: by resource, with the role that AWS makes", async () => {
  expect(await found()).toMatchObject({ ...request(), MinCapacity: 0, MaxCapacity: 4 });
  expect((await found())?.RoleARN).toMatch(/AWSServiceRoleForApplicationAutoScaling_ECSService$/);
  const nobody = await scaling.client.describeScalableTargets({
    ServiceNamespace: "ecs",
    ResourceIds: [`${key.ResourceId}-missing`],
  });
  expect(nobody.ScalableTargets).toEqual([]);
});

test("DeregisterScalableTarget: takes policies and schedules with it, and is not found twice", async () => {
  const StepAdjustments = [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }];
  await scaling.client.putScalingPolicy({
    ...request(),
    PolicyName: "more",
    StepScalingPolicyConfiguration: { AdjustmentType: "ChangeInCapacity", StepAdjustments },
  });
  await scaling.client.deregisterScalableTarget(request());
  expect((await scaling.client.describeScalingPolicies(request())).ScalingPolicies).toEqual([]);
  await expect(scaling.client.deregisterScalableTarget(request())).rejects.toMatchObject({
    name: "ObjectNotFoundException",
    message: expect.stringMatching(/No scalable target found for service namespace: ecs, resource ID: service\//),
  });
});

test("TagResource: adds and replaces", async () => {
  await scaling.client.tagResource({ ResourceARN: key.arn, Tags: { team: "a", stage: "test" } });
  await scaling.client.tagResource({ ResourceARN: key.arn, Tags: { team: "b" } });
  expect((await scaling.client.listTagsForResource({ ResourceARN: key.arn })).Tags).toEqual({
    team: "b",
    stage: "test",
  });
});

test("UntagResource: removes by key", async () => {
  await scaling.client.tagResource({ ResourceARN: key.arn, Tags: { team: "a", stage: "test" } });
  await scaling.client.untagResource({ ResourceARN: key.arn, TagKeys: ["team"] });
  expect((await scaling.client.listTagsForResource({ ResourceARN: key.arn })).Tags).toEqual({ stage: "test" });
});

test("ListTagsForResource: tags of the registration; an unknown target is not found", async () => {
  const other = await scaling.service();
  const limits = { MinCapacity: 0, MaxCapacity: 1, Tags: { team: "a" } };
  const { ScalableTargetARN } = await scaling.client.registerScalableTarget({ ...other, ...limits });
  expect((await scaling.client.listTagsForResource({ ResourceARN: ScalableTargetARN })).Tags).toEqual({ team: "a" });
  await scaling.remove(other);
  const gone = scaling.client.listTagsForResource({ ResourceARN: ScalableTargetARN });
  await expect(gone).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("DescribeScalingActivities: newest first, in AWS's words", async () => {
  await scaling.client.registerScalableTarget({ ...request(), MinCapacity: 1 });
  await scaling.client.registerScalableTarget({ ...request(), MinCapacity: 2 });
  const { ScalingActivities } = await scaling.client.describeScalingActivities(request());
  const { NextToken } = await scaling.client.describeScalingActivities({ ...request(), MaxResults: 1 });
  expect(ScalingActivities?.map(({ Description }) => Description)).toEqual([
    "Setting desired count to 2.",
    "Setting desired count to 1.",
  ]);
  expect(ScalingActivities?.[0]).toMatchObject({
    ...request(),
    Cause: "minimum capacity was set to 2",
    StatusCode: "Successful",
    StatusMessage: "Successfully set desired count to 2. Change successfully fulfilled by ecs.",
  });
  expect(NextToken).toEqual(expect.any(String));
});
