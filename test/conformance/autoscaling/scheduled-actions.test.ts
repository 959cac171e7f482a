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

const NIGHT = {
  ScheduledActionName: "night",
  Schedule: "cron(0 22 * * ? *)",
  Timezone: "Europe/Zurich",
  ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 1 },
};

test("PutScheduledAction: again changes what is given and keeps the rest", async () => {
  await scaling.client.putScheduledAction({ ...key, ...NIGHT });
  const action = { ScheduledActionName: "night", ScalableTargetAction: { MaxCapacity: 2 } };
  await scaling.client.putScheduledAction({ ...key, ...action });
  const { ScheduledActions } = await scaling.client.describeScheduledActions(key);
  expect(ScheduledActions).toEqual([expect.objectContaining({ ...NIGHT, ...action })]);
});

test.each([
  ["an expression that is none", { Schedule: "every day" }],
  ["five fields", { Schedule: "cron(0 22 * * *)" }],
  ["no limits", { ScalableTargetAction: {} }],
  ["a minimum above the maximum", { ScalableTargetAction: { MinCapacity: 3, MaxCapacity: 2 } }],
])("PutScheduledAction: %s is a ValidationException", async (_, change) => {
  await expect(scaling.client.putScheduledAction({ ...key, ...NIGHT, ...change })).rejects.toMatchObject({
    name: "ValidationException",
  });
});

test("DescribeScheduledActions: by name, with an ARN", async () => {
  await scaling.client.putScheduledAction({ ...key, ...NIGHT });
  await scaling.client.putScheduledAction({ ...key, ...NIGHT, ScheduledActionName: "later" });
  const { ScheduledActions } = await scaling.client.describeScheduledActions({
    ...key,
    ScheduledActionNames: ["later"],
  });
  expect(ScheduledActions?.map(({ ScheduledActionARN }) => ScheduledActionARN)).toEqual([
    expect.stringMatching(
      new RegExp(`:scheduledAction:[0-9a-f-]{36}:resource/ecs/${key.ResourceId}:scheduledActionName/later$`),
    ),
  ]);
});

test("DeleteScheduledAction: is not found twice", async () => {
  await scaling.client.putScheduledAction({ ...key, ...NIGHT });
  await scaling.client.deleteScheduledAction({ ...key, ScheduledActionName: "night" });
  expect((await scaling.client.describeScheduledActions(key)).ScheduledActions).toEqual([]);
  const again = scaling.client.deleteScheduledAction({ ...key, ScheduledActionName: "night" });
  await expect(again).rejects.toMatchObject({ name: "ObjectNotFoundException" });
});
