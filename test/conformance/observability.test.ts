import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cloudwatch } from "../../infra/sandbox/aws/services/cloudwatch/service.ts";
import { logs } from "../../infra/sandbox/aws/services/logs/service.ts";
import { type Harness, startHarness } from "./harness.ts";

let sandbox: Harness;
let metrics: CloudWatchClient;
let client: CloudWatchLogsClient;
const logGroupName = "/fleet/alpha";
const logStreamName = "alpha/app/1";
const start = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;

beforeAll(async () => {
  sandbox = await startHarness([cloudwatch, logs]);
  metrics = new CloudWatchClient(sandbox.config);
  client = new CloudWatchLogsClient(sandbox.config);
  await client.send(new CreateLogGroupCommand({ logGroupName }));
  await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
});
afterAll(() => sandbox.stop());

const lines = (messages: readonly string[], at = start) =>
  messages.map((message, index) => ({ message, timestamp: at + index }));
const put = (messages: readonly string[], at?: number) =>
  client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: lines(messages, at) }));

describe("logs", () => {
  test("events are read forwards and backwards", async () => {
    await put(["INFO started", "ERROR no space", "WARN slow", '{"level":"error","status":503,"path":"/a"}']);
    const read = async (input: object) =>
      client.send(new GetLogEventsCommand({ logGroupName, logStreamName, ...input }));
    const first = await read({ startFromHead: true, limit: 2 });
    expect(first.events?.map(({ message }) => message)).toEqual(["INFO started", "ERROR no space"]);
    const next = await read({ nextToken: first.nextForwardToken });
    expect(next.events).toHaveLength(2);
    const end = await read({ nextToken: next.nextForwardToken });
    expect([end.events, end.nextForwardToken]).toEqual([[], next.nextForwardToken]);
    expect((await read({ nextToken: next.nextBackwardToken })).events).toHaveLength(2);
    expect((await read({ limit: 1 })).events?.[0]?.message).toContain("503");
  });

  test.each([
    ["ERROR", 1],
    ['"no space"', 1],
    ["?ERROR ?WARN", 2],
    ["-ERROR -WARN -level", 1],
    ["%^[A-Z]+ s%", 2],
    ['{ $.level = "error" && $.status >= 500 }', 1],
    ['{ $.status = 404 || $.path = "/a*" }', 1],
    ["{ $.missing NOT EXISTS }", 1],
    ["", 4],
  ])("the pattern %j finds %d", async (filterPattern, count) => {
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName, filterPattern }));
    expect(events).toHaveLength(count);
    expect(new Set(events?.map(({ eventId }) => eventId)).size).toBe(count);
  });

  test("what cannot be done is refused", async () => {
    const filter = client.send(new FilterLogEventsCommand({ logGroupName, filterPattern: "[ip, user" }));
    await expect(filter).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(client.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
    });
    const missing = client.send(new FilterLogEventsCommand({ logGroupName: "/none" }));
    await expect(missing).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    const retention = client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 2 }));
    await expect(retention).rejects.toMatchObject({ name: "InvalidParameterException" });
    const logEvents = lines(["b", "a"]).toReversed();
    const unordered = client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    await expect(unordered).rejects.toMatchObject({ message: expect.stringContaining("chronological") });
    const old = await put(["ancient"], start - 15 * 24 * 3_600_000);
    expect(old.rejectedLogEventsInfo?.tooOldLogEventEndIndex).toBe(1);
  });

  test("groups and streams are described", async () => {
    await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/fleet" }));
    expect(logGroups?.[0]).toMatchObject({ logGroupName, retentionInDays: 7 });
    const { logStreams } = await client.send(
      new DescribeLogStreamsCommand({ logGroupName, orderBy: "LastEventTime", descending: true }),
    );
    expect(logStreams?.[0]).toMatchObject({ logStreamName, lastEventTimestamp: start + 3 });
  });

  test("embedded metrics become metrics", async () => {
    const Metrics = [{ Name: "Latency", Unit: "Milliseconds" }];
    const _aws = { Timestamp: start, CloudWatchMetrics: [{ Namespace: "Fleet", Dimensions: [["Agent"]], Metrics }] };
    await put([JSON.stringify({ _aws, Agent: "alpha", Latency: [5, 7] })]);
    const query = { Namespace: "Fleet", MetricName: "Latency", Dimensions: [{ Name: "Agent", Value: "alpha" }] };
    const { Metrics: found } = await metrics.send(new ListMetricsCommand({ Namespace: "Fleet" }));
    expect(found).toEqual([query]);
    const window = { StartTime: new Date(start), EndTime: new Date(start + 60_000), Period: 60 };
    const { Datapoints } = await metrics.send(
      new GetMetricStatisticsCommand({ ...query, ...window, Statistics: ["Sum", "SampleCount"] }),
    );
    expect(Datapoints?.[0]).toMatchObject({ Sum: 12, SampleCount: 2 });
  });

  test("a deleted group takes its events along", async () => {
    await client.send(new CreateLogGroupCommand({ logGroupName: "/gone" }));
    await client.send(new DeleteLogGroupCommand({ logGroupName: "/gone" }));
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/gone" }));
    expect(logGroups).toEqual([]);
  });
});

describe("metrics", () => {
  const Dimensions = [{ Name: "TargetGroup", Value: "blue" }];
  const MetricData = Array.from({ length: 100 }, (_, index) => ({
    MetricName: "Time",
    Dimensions,
    Value: index + 1,
    Timestamp: new Date(start + (index < 50 ? 0 : 60_000)),
  }));
  const read = async (Stat: string, Period = 300) => {
    const MetricStat = { Metric: { Namespace: "Test", MetricName: "Time", Dimensions }, Period, Stat };
    const window = { StartTime: new Date(start - 600_000), EndTime: new Date(start + 120_000) };
    const input = { MetricDataQueries: [{ Id: "m", MetricStat }], ...window, ScanBy: "TimestampAscending" as const };
    return (await metrics.send(new GetMetricDataCommand(input))).MetricDataResults?.[0]?.Values ?? [];
  };
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

  beforeAll(() => metrics.send(new PutMetricDataCommand({ Namespace: "Test", MetricData })));

  test("sums add up, whatever the period", async () => {
    for (const period of [60, 300, 3600]) expect(total(await read("Sum", period))).toBe(5050);
    expect(await read("Average", 60)).toEqual([25.5, 75.5]);
    expect(await read("p90", 60)).toEqual([45, 95]);
    expect(await read("PR(:40)", 60)).toEqual([80, 0]);
    expect(await read("TC(40:60)", 60)).toEqual([10, 10]);
  });

  test("what cannot be computed is refused, with every problem", async () => {
    await expect(read("Median")).rejects.toMatchObject({ name: "InvalidParameterValueException" });
    const window = { StartTime: new Date(start), EndTime: new Date(start + 60_000) };
    const math = metrics.send(
      new GetMetricDataCommand({ MetricDataQueries: [{ Id: "e", Expression: "SERVICE_QUOTA(m1)" }], ...window }),
    );
    await expect(math).rejects.toMatchObject({ message: expect.stringContaining("m1") });
    const wrong = metrics.send(
      new PutMetricDataCommand({ Namespace: "AWS/ECS", MetricData: [{ MetricName: "x", Value: 1, Values: [1] }] }),
    );
    await expect(wrong).rejects.toMatchObject({ message: expect.stringMatching(/AWS\/.*exactly one/) });
  });

  test("AWS's own namespaces are open to the sandbox's services", async () => {
    await sandbox.aws.cloudwatch.putMetricData({
      Namespace: "AWS/ApplicationELB",
      MetricData: [{ MetricName: "RequestCount", Value: 1 }],
    });
    expect((await metrics.send(new ListMetricsCommand({ Namespace: "AWS/ApplicationELB" }))).Metrics).toHaveLength(1);
  });
});

test("alarms and dashboards are recorded", async () => {
  const alarm = {
    AlarmName: "errors",
    Namespace: "Test",
    MetricName: "Errors",
    Statistic: "Sum" as const,
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: "GreaterThanThreshold" as const,
  };
  await metrics.send(new PutMetricAlarmCommand(alarm));
  const { MetricAlarms } = await metrics.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms?.[0]).toMatchObject({ ...alarm, StateValue: "INSUFFICIENT_DATA" });
  const DashboardBody = JSON.stringify({ widgets: [] });
  await metrics.send(new PutDashboardCommand({ DashboardName: "fleet", DashboardBody }));
  expect((await metrics.send(new GetDashboardCommand({ DashboardName: "fleet" }))).DashboardBody).toBe(DashboardBody);
  const bad = metrics.send(new PutDashboardCommand({ DashboardName: "bad", DashboardBody: "{}" }));
  await expect(bad).rejects.toMatchObject({ name: "DashboardInvalidInputError" });
});
