import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatch, type PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import { SNS } from "@aws-sdk/client-sns";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type ManualClock, manualClock } from "../../../../clock.ts";
import { type Aws, startAws } from "../../../server.ts";
import { sns } from "../../sns/service.ts";
import { cloudwatch } from "../service.ts";

let dataDir: string;
let clock: ManualClock;
let aws: Aws;
let client: CloudWatch;
let topic: string;
const logged: string[] = [];

async function start(): Promise<void> {
  aws = await startAws({ services: [cloudwatch, sns], dataDir, clock, log: (line) => logged.push(line) });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const config = { endpoint: aws.endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  client = new CloudWatch(config);
  topic = (await new SNS(config).createTopic({ Name: "alarms" })).TopicArn ?? "";
}

beforeEach(async () => {
  logged.length = 0;
  dataDir = await mkdtemp(join(tmpdir(), "alarms-"));
  clock = manualClock();
  await start();
});
afterEach(async () => {
  client.destroy();
  await aws.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const alarm = (changes: Partial<PutMetricAlarmCommandInput> = {}) =>
  client.putMetricAlarm({
    AlarmName: "errors",
    Namespace: "Fleet",
    MetricName: "Errors",
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: 5,
    ComparisonOperator: "GreaterThanThreshold",
    ...changes,
  });

const put = (Value: number, MetricName = "Errors") =>
  client.putMetricData({ Namespace: "Fleet", MetricData: [{ MetricName, Value }] });

const described = async (name = "errors") => {
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.describeAlarms({
    AlarmNames: [name],
    AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
  });
  return MetricAlarms[0] ?? CompositeAlarms[0];
};
const state = async (name?: string) => (await described(name))?.StateValue;

interface Sent {
  readonly subject: string;
  readonly message: string;
}

async function sent(): Promise<{ subject: string; body: Record<string, unknown> }[]> {
  const response = await fetch(`${aws.endpoint}/_sandbox/sns/messages`);
  const { messages } = (await response.json()) as { messages: Sent[] };
  return messages.map(({ subject, message }) => ({ subject, body: JSON.parse(message) as Record<string, unknown> }));
}

const history = async (AlarmName = "errors") =>
  ((await client.describeAlarmHistory({ AlarmName, ScanBy: "TimestampAscending" })).AlarmHistoryItems ?? []).map(
    ({ HistorySummary }) => HistorySummary,
  );

describe("a metric alarm", () => {
  test("goes from no data to ALARM to OK, says why, and tells its topic", async () => {
    await alarm({ AlarmActions: [topic], OKActions: [topic], TreatMissingData: "notBreaching" });
    expect(await described()).toMatchObject({
      StateValue: "INSUFFICIENT_DATA",
      StateReason: "Unchecked: Initial alarm creation",
    });
    await put(7);
    await clock.advance(60);
    expect(await described()).toMatchObject({
      StateValue: "ALARM",
      StateReason:
        "Threshold Crossed: 1 out of the last 1 datapoints [7.0 (01/01/26 00:00:00)] was greater than the threshold (5.0) (minimum 1 datapoint for OK -> ALARM transition).",
      StateTransitionedTimestamp: new Date("2026-01-01T00:01:00Z"),
    });
    await clock.advance(180);
    expect(await state()).toBe("OK");
    const [, first, second] = await sent();
    expect(first?.subject).toBe('ALARM: "errors" in US East (N. Virginia)');
    expect(first?.body).toMatchObject({
      AlarmName: "errors",
      NewStateValue: "ALARM",
      OldStateValue: "OK",
      Region: "US East (N. Virginia)",
      StateChangeTime: "2026-01-01T00:01:00.000+0000",
      Trigger: { MetricName: "Errors", StatisticType: "Statistic", Statistic: "SUM", Threshold: 5, Dimensions: [] },
    });
    expect(second?.body).toMatchObject({ NewStateValue: "OK", OldStateValue: "ALARM" });
    expect(await history()).toEqual([
      'Alarm "errors" created',
      "Alarm updated from INSUFFICIENT_DATA to OK",
      `Successfully executed action ${topic}`,
      "Alarm updated from OK to ALARM",
      `Successfully executed action ${topic}`,
      "Alarm updated from ALARM to OK",
      `Successfully executed action ${topic}`,
    ]);
  });

  test("needs M of N", async () => {
    await alarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    const states: (string | undefined)[] = [];
    for (const value of [9, 1, 9, 1, 1]) {
      await put(value);
      await clock.advance(60);
      states.push(await state());
    }
    expect(states).toEqual(["INSUFFICIENT_DATA", "OK", "ALARM", "OK", "OK"]);
  });

  test("computes expressions, and percentiles only of enough samples", async () => {
    const stat = (MetricName: string) => ({ Metric: { Namespace: "Fleet", MetricName }, Period: 60, Stat: "Sum" });
    await alarm({
      AlarmName: "rate",
      ...{ Namespace: undefined, MetricName: undefined, Statistic: undefined, Period: undefined },
      Metrics: [
        { Id: "rate", Expression: "100 * errors / requests", Label: "rate" },
        { Id: "errors", MetricStat: stat("Errors"), ReturnData: false },
        { Id: "requests", MetricStat: stat("Requests"), ReturnData: false },
      ],
    });
    const percentile = { Statistic: undefined, ExtendedStatistic: "p90", MetricName: "Latency" };
    await alarm({ ...percentile, AlarmName: "slow" });
    await alarm({ ...percentile, AlarmName: "sparse", EvaluateLowSampleCountPercentile: "ignore" });
    await put(6);
    await put(100, "Requests");
    await put(50, "Latency");
    await clock.advance(60);
    expect([await state("rate"), await state("slow"), await state("sparse")]).toEqual([
      "ALARM",
      "ALARM",
      "INSUFFICIENT_DATA",
    ]);
    const { MetricAlarms } = await client.describeAlarmsForMetric({ Namespace: "Fleet", MetricName: "Requests" });
    expect(MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(["rate"]);
  });

  test("keeps a state that was set until the next comparison", async () => {
    await alarm({ AlarmActions: [topic] });
    await put(1);
    await clock.advance(60);
    await client.setAlarmState({ AlarmName: "errors", StateValue: "ALARM", StateReason: "drill" });
    expect(await described()).toMatchObject({ StateValue: "ALARM", StateReason: "drill" });
    await clock.advance(50);
    expect(await state()).toBe("ALARM");
    await clock.advance(20);
    expect(await state()).toBe("OK");
    expect((await sent()).map(({ body }) => body.NewStateReason)).toEqual(["drill"]);
  });

  test("does nothing when its actions are disabled, and says which action failed", async () => {
    const missing = topic.replace("alarms", "gone");
    await alarm({ AlarmActions: [topic, missing] });
    await client.disableAlarmActions({ AlarmNames: ["errors"] });
    await client.setAlarmState({ AlarmName: "errors", StateValue: "ALARM", StateReason: "quiet" });
    expect(await sent()).toEqual([]);
    await client.enableAlarmActions({ AlarmNames: ["errors"] });
    await client.setAlarmState({ AlarmName: "errors", StateValue: "OK", StateReason: "again" });
    await client.setAlarmState({ AlarmName: "errors", StateValue: "ALARM", StateReason: "loud" });
    expect(await sent()).toHaveLength(1);
    expect((await history()).at(-1)).toContain(`Failed to execute action ${missing}. Reason: `);
    // Events are optional: that the bus is missing is said once, and stops nothing.
    expect(logged.filter((line) => line.includes("events are not sent"))).toHaveLength(1);
  });

  test("waits on the clock only while there are alarms", async () => {
    expect(clock.waiting).toBe(0);
    await alarm();
    await clock.settle();
    expect(clock.waiting).toBe(1);
    await client.deleteAlarms({ AlarmNames: ["errors"] });
    await clock.advance(20);
    expect(clock.waiting).toBe(0);
  });
});

describe("a composite alarm", () => {
  const composite = (changes = {}) =>
    client.putCompositeAlarm({ AlarmName: "down", AlarmRule: "ALARM(errors) OR ALARM(slow)", ...changes });
  const set = (AlarmName: string, StateValue: "OK" | "ALARM") =>
    client.setAlarmState({ AlarmName, StateValue, StateReason: "test" });

  beforeEach(async () => {
    await alarm();
    await alarm({ AlarmName: "slow" });
  });

  test("follows its children at once", async () => {
    await composite({ AlarmActions: [topic] });
    expect(await described("down")).toMatchObject({
      StateValue: "OK",
      StateReason: expect.stringMatching(/:alarm:down was created and its alarm rule evaluates to OK$/),
    });
    await set("slow", "ALARM");
    const found = await described("down");
    expect(found).toMatchObject({
      StateValue: "ALARM",
      StateReason: expect.stringMatching(/:alarm:slow transitioned to ALARM at Thursday 1 January, 2026 00:00:00 UTC$/),
    });
    expect(JSON.parse(found?.StateReasonData ?? "")).toMatchObject({
      triggeringAlarms: [{ arn: expect.stringMatching(/slow$/), state: { value: "ALARM" } }],
    });
    expect((await sent())[0]?.body).toMatchObject({
      AlarmRule: "ALARM(errors) OR ALARM(slow)",
      TriggeringChildren: [{ State: { Value: "ALARM" } }],
    });
    await set("slow", "OK");
    expect(await state("down")).toBe("OK");
  });

  test("refuses what does not exist, circles, and the deletion of its children", async () => {
    const refused = (changes: object) => expect(composite(changes)).rejects;
    await refused({ AlarmRule: "ALARM(gone)" }).toMatchObject({
      message: "Could not save the composite alarm as alarms [gone] in the alarm rule do not exist",
    });
    await refused({ AlarmRule: "ALARM(errors) AND" }).toMatchObject({
      message: expect.stringContaining("Invalid AlarmRule"),
    });
    await composite();
    await composite({ AlarmName: "outer", AlarmRule: "ALARM(down)" });
    await refused({ AlarmRule: "ALARM(outer)" }).toMatchObject({ message: expect.stringContaining("circle") });
    await expect(client.deleteAlarms({ AlarmNames: ["errors"] })).rejects.toMatchObject({
      message: "Cannot delete errors as there are composite alarm(s) depending on it.",
    });
    const { MetricAlarms, CompositeAlarms } = await client.describeAlarms({ ChildrenOfAlarmName: "outer" });
    expect([MetricAlarms?.length, CompositeAlarms?.map(({ AlarmName }) => AlarmName)]).toEqual([0, ["down"]]);
  });

  test("holds its actions back while its suppressor says so", async () => {
    await alarm({ AlarmName: "maintenance", TreatMissingData: "ignore" });
    await composite({
      AlarmActions: [topic],
      ActionsSuppressor: "maintenance",
      ActionsSuppressorWaitPeriod: 20,
      ActionsSuppressorExtensionPeriod: 30,
    });
    await alarm({ TreatMissingData: "ignore" });
    await set("errors", "ALARM");
    expect(await described("down")).toMatchObject({ StateValue: "ALARM", ActionsSuppressedBy: "WaitPeriod" });
    await set("maintenance", "ALARM");
    expect(await described("down")).toMatchObject({ ActionsSuppressedBy: "Alarm" });
    await clock.advance(120);
    expect(await sent()).toEqual([]);
    await set("maintenance", "OK");
    expect(await described("down")).toMatchObject({ ActionsSuppressedBy: "ExtensionPeriod" });
    await clock.advance(20);
    expect(await sent()).toEqual([]);
    await clock.advance(20);
    expect(await sent()).toHaveLength(1);
    expect((await described("down"))?.StateValue).toBe("ALARM");
  });
});

test("data points, states and history survive a restart", async () => {
  await alarm({ EvaluationPeriods: 2, DatapointsToAlarm: 2 });
  await put(9);
  await clock.advance(60);
  await aws.stop();
  await start();
  await put(9);
  await clock.advance(60);
  expect(await state()).toBe("ALARM");
  expect(await history()).toEqual(['Alarm "errors" created', "Alarm updated from INSUFFICIENT_DATA to ALARM"]);
  const StartTime = new Date("2026-01-01T00:00:00Z");
  const { Datapoints = [] } = await client.getMetricStatistics({
    Namespace: "Fleet",
    MetricName: "Errors",
    Statistics: ["Sum"],
    Period: 60,
    StartTime,
    EndTime: clock.now(),
  });
  expect(Datapoints.map(({ Sum }) => Sum)).toEqual([9, 9]);
});
