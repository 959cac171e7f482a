import { CloudWatch, type PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { cloudwatch } from "../../../infra/sandbox/aws/services/cloudwatch/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: CloudWatch;
beforeAll(async () => {
  target = await startTarget([cloudwatch]);
  client = new CloudWatch(target.config);
});
afterAll(async () => {
  client.destroy();
  await target.stop();
});

const input = (AlarmName: string): PutMetricAlarmCommandInput => ({
  AlarmName,
  AlarmDescription: "made by a test",
  Namespace: "Conformance",
  MetricName: "Errors",
  Dimensions: [{ Name: "Agent", Value: AlarmName }],
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 5,
  ComparisonOperator: "GreaterThanThreshold",
  TreatMissingData: "ignore",
  Tags: [{ Key: "a", Value: "1" }],
});

/** An alarm that is gone after the test. */
async function withAlarm(
  run: (name: string, arn: string) => Promise<void>,
  changes: Partial<PutMetricAlarmCommandInput> = {},
) {
  const name = target.unique("alarm");
  await client.putMetricAlarm({ ...input(name), ...changes });
  try {
    await run(name, (await described(name))?.AlarmArn ?? "");
  } finally {
    await client.deleteAlarms({ AlarmNames: [name] });
  }
}

/** A composite alarm over an alarm; both are gone after the test. */
const withComposite = (run: (name: string, child: string) => Promise<void>) =>
  withAlarm(async (child) => {
    const name = target.unique("composite");
    await client.putCompositeAlarm({ AlarmName: name, AlarmRule: `ALARM("${child}")` });
    try {
      await run(name, child);
    } finally {
      await client.deleteAlarms({ AlarmNames: [name] });
    }
  });

const described = async (name: string) => (await client.describeAlarms({ AlarmNames: [name] })).MetricAlarms?.[0];
const composite = async (name: string) =>
  (await client.describeAlarms({ AlarmNames: [name], AlarmTypes: ["CompositeAlarm"] })).CompositeAlarms?.[0];
const tagsOf = async (ResourceARN: string) =>
  Object.fromEntries(
    ((await client.listTagsForResource({ ResourceARN })).Tags ?? []).map(({ Key, Value }) => [Key, Value]),
  );

test("PutMetricAlarm: is kept as given, a change keeps the state, wrong input is refused", () =>
  withAlarm(async (name) => {
    const { Tags: _, ...kept } = input(name);
    expect(await described(name)).toMatchObject({ ...kept, StateValue: "INSUFFICIENT_DATA", ActionsEnabled: true });
    await client.setAlarmState({ AlarmName: name, StateValue: "OK", StateReason: "test" });
    await client.putMetricAlarm({ ...input(name), Threshold: 9 });
    expect(await described(name)).toMatchObject({ Threshold: 9, StateValue: "OK" });
    const refused = (changes: object) => expect(client.putMetricAlarm({ ...input(name), ...changes })).rejects;
    await refused({ DatapointsToAlarm: 4 }).toMatchObject({ $metadata: { httpStatusCode: 400 } });
    await refused({ Period: 45 }).toMatchObject({ $metadata: { httpStatusCode: 400 } });
    await refused({ Statistic: undefined }).toMatchObject({ $metadata: { httpStatusCode: 400 } });
  }));

test("PutCompositeAlarm: evaluates its rule, refuses alarms that do not exist", () =>
  withComposite(async (name, child) => {
    expect(await composite(name)).toMatchObject({ AlarmRule: `ALARM("${child}")`, StateValue: "OK" });
    await client.setAlarmState({ AlarmName: child, StateValue: "ALARM", StateReason: "test" });
    expect(await composite(name)).toMatchObject({
      StateValue: "ALARM",
      StateReason: expect.stringContaining(`${child} transitioned to ALARM at`),
    });
    const missing = client.putCompositeAlarm({ AlarmName: name, AlarmRule: "ALARM(conformance-none)" });
    await expect(missing).rejects.toMatchObject({ message: expect.stringContaining("do not exist") });
  }));

test("DescribeAlarms: by name, prefix, type and state, page by page", () =>
  withComposite(async (name, child) => {
    const found = async (query: object) => {
      const { MetricAlarms = [], CompositeAlarms = [] } = await client.describeAlarms(query);
      return [MetricAlarms, CompositeAlarms].map((alarms) => alarms.map(({ AlarmName }) => AlarmName));
    };
    expect(await found({ AlarmNamePrefix: child })).toEqual([[child], []]);
    expect(await found({ AlarmNames: [name, child], AlarmTypes: ["CompositeAlarm", "MetricAlarm"] })).toEqual([
      [child],
      [name],
    ]);
    expect(await found({ AlarmNames: [child], StateValue: "ALARM" })).toEqual([[], []]);
    const page = await client.describeAlarms({
      AlarmNames: [name, child],
      AlarmTypes: ["CompositeAlarm", "MetricAlarm"],
      MaxRecords: 1,
    });
    expect(page.NextToken).toBeDefined();
  }));

test("DescribeAlarmsForMetric: who watches a metric", () =>
  withAlarm(async (name) => {
    const { Namespace, MetricName, Dimensions } = input(name);
    const query = { Namespace, MetricName, Dimensions };
    const names = async (more: object) =>
      (await client.describeAlarmsForMetric({ ...query, ...more })).MetricAlarms?.map(({ AlarmName }) => AlarmName);
    expect(await names({})).toEqual([name]);
    expect(await names({ Statistic: "Average" })).toEqual([]);
  }));

test("DescribeAlarmHistory: configuration and states, newest first", () =>
  withAlarm(async (AlarmName) => {
    await client.setAlarmState({ AlarmName, StateValue: "ALARM", StateReason: "drill" });
    const { AlarmHistoryItems = [] } = await client.describeAlarmHistory({ AlarmName });
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      "Alarm updated from INSUFFICIENT_DATA to ALARM",
      `Alarm "${AlarmName}" created`,
    ]);
    expect(JSON.parse(AlarmHistoryItems[0]?.HistoryData ?? "")).toMatchObject({
      oldState: { stateValue: "INSUFFICIENT_DATA" },
      newState: { stateValue: "ALARM", stateReason: "drill" },
    });
    const states = await client.describeAlarmHistory({ AlarmName, HistoryItemType: "StateUpdate" });
    expect(states.AlarmHistoryItems).toHaveLength(1);
  }));

test("SetAlarmState: with a reason and its data, of an alarm that exists", () =>
  withAlarm(async (AlarmName) => {
    const StateReasonData = JSON.stringify({ drill: 1 });
    await client.setAlarmState({ AlarmName, StateValue: "ALARM", StateReason: "drill", StateReasonData });
    expect(await described(AlarmName)).toMatchObject({ StateValue: "ALARM", StateReason: "drill", StateReasonData });
    const missing = client.setAlarmState({ AlarmName: target.unique("none"), StateValue: "OK", StateReason: "x" });
    await expect(missing).rejects.toMatchObject({ name: "ResourceNotFound" });
  }));

test("DeleteAlarms: all or none, and none that a composite alarm needs", () =>
  withComposite(async (name, child) => {
    const needed = client.deleteAlarms({ AlarmNames: [child] });
    await expect(needed).rejects.toMatchObject({
      message: expect.stringContaining("composite alarm(s) depending on it"),
    });
    await client.deleteAlarms({ AlarmNames: [name] });
    expect(await composite(name)).toBeUndefined();
    // The clean-up of the test deletes it by name again.
    await client.putCompositeAlarm({ AlarmName: name, AlarmRule: `ALARM("${child}")` });
  }));

test("DisableAlarmActions: the alarm goes on without acting", () =>
  withAlarm(async (name) => {
    await client.disableAlarmActions({ AlarmNames: [name] });
    expect(await described(name)).toMatchObject({ ActionsEnabled: false });
  }));

test("EnableAlarmActions: the alarm acts again", () =>
  withAlarm(
    async (name) => {
      expect(await described(name)).toMatchObject({ ActionsEnabled: false });
      await client.enableAlarmActions({ AlarmNames: [name] });
      expect(await described(name)).toMatchObject({ ActionsEnabled: true });
    },
    { ActionsEnabled: false },
  ));

test("TagResource: adds and replaces tags", () =>
  withAlarm(async (_, ResourceARN) => {
    await client.tagResource({
      ResourceARN,
      Tags: [
        { Key: "a", Value: "2" },
        { Key: "b", Value: "3" },
      ],
    });
    expect(await tagsOf(ResourceARN)).toEqual({ a: "2", b: "3" });
  }));

test("UntagResource: removes tags", () =>
  withAlarm(async (_, ResourceARN) => {
    await client.untagResource({ ResourceARN, TagKeys: ["a", "none"] });
    expect(await tagsOf(ResourceARN)).toEqual({});
  }));

test("ListTagsForResource: of an alarm that exists", () =>
  withAlarm(async (_, ResourceARN) => {
    expect(await tagsOf(ResourceARN)).toEqual({ a: "1" });
    await expect(client.listTagsForResource({ ResourceARN: `${ResourceARN}-none` })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
  }));
