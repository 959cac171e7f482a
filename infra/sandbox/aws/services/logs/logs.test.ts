import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type ManualClock, manualClock } from "../../../clock.ts";
import { type Aws, startAws } from "../../server.ts";
import { cloudwatch } from "../cloudwatch/service.ts";
import { logs } from "./service.ts";

let dataDir: string;
let clock: ManualClock;
let aws: Aws;
let client: CloudWatchLogs;
let metrics: CloudWatch;
const group = { logGroupName: "/fleet/alpha" };
const stream = { ...group, logStreamName: "app/1" };

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "logs-"));
  clock = manualClock();
  aws = await startAws({ services: [cloudwatch, logs], dataDir, clock });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const config = { endpoint: aws.endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  client = new CloudWatchLogs(config);
  metrics = new CloudWatch(config);
  await client.createLogGroup(group);
  await client.createLogStream(stream);
});
afterEach(async () => {
  client.destroy();
  metrics.destroy();
  await aws.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const put = (...messages: string[]) => {
  const timestamp = clock.now().getTime();
  return client.putLogEvents({ ...stream, logEvents: messages.map((message) => ({ message, timestamp })) });
};

const sums = async (MetricName: string) => {
  const { Datapoints = [] } = await metrics.getMetricStatistics({
    Namespace: "Fleet",
    MetricName,
    Statistics: ["Sum"],
    Period: 60,
    StartTime: new Date("2026-01-01T00:00:00Z"),
    EndTime: new Date("2026-01-01T01:00:00Z"),
  });
  return Datapoints.map(({ Sum }) => Sum);
};

test("a log line with embedded metrics raises an alarm", async () => {
  await metrics.putMetricAlarm({
    AlarmName: "failures",
    Namespace: "Fleet",
    MetricName: "PaymentFailure",
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: "GreaterThanThreshold",
  });
  const CloudWatchMetrics = [{ Namespace: "Fleet", Dimensions: [[]], Metrics: [{ Name: "PaymentFailure" }] }];
  await put(JSON.stringify({ _aws: { Timestamp: clock.now().getTime(), CloudWatchMetrics }, PaymentFailure: 2 }));
  await clock.advance(60);
  const { MetricAlarms } = await metrics.describeAlarms({ AlarmNames: ["failures"] });
  expect(MetricAlarms?.[0]?.StateValue).toBe("ALARM");
});

test("a metric filter says its default once in a minute without a match, and nothing without lines", async () => {
  await client.putMetricFilter({
    ...group,
    filterName: "errors",
    filterPattern: "ERROR",
    metricTransformations: [{ metricName: "Errors", metricNamespace: "Fleet", metricValue: "1", defaultValue: 0 }],
  });
  await put("ERROR one", "fine");
  await clock.advance(60);
  await put("fine");
  await put("fine");
  await clock.advance(120);
  await put("ERROR two", "ERROR three");
  expect(await sums("Errors")).toEqual([1, 0, 2]);
});

test("retention hides what is too old, and refuses it", async () => {
  await put("old");
  await client.putRetentionPolicy({ ...group, retentionInDays: 1 });
  await clock.advance(2 * 86_400);
  expect((await client.getLogEvents(stream)).events).toEqual([]);
  const timestamp = clock.now().getTime() - 2 * 86_400_000;
  const { rejectedLogEventsInfo } = await client.putLogEvents({ ...stream, logEvents: [{ message: "x", timestamp }] });
  expect(rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
});

test("what is not built is refused by name", async () => {
  const at = { startTime: 0, endTime: 1, queryString: "SELECT 1", queryLanguage: "SQL" as const };
  await expect(client.startQuery({ ...group, ...at })).rejects.toMatchObject({
    message: expect.stringContaining("SQL"),
  });
  const destinationArn = "arn:aws:kinesis:us-east-1:000000000000:stream/all";
  await expect(
    client.putSubscriptionFilter({ ...group, filterName: "all", filterPattern: "", destinationArn }),
  ).rejects.toMatchObject({ message: expect.stringContaining("Lambda functions only") });
});

test("the sandbox's own services may write to AWS's namespaces", async () => {
  const MetricData = [{ MetricName: "RequestCount", Value: 1 }];
  await aws.aws.cloudwatch.putMetricData({ Namespace: "AWS/ApplicationELB", MetricData });
  expect((await metrics.listMetrics({ Namespace: "AWS/ApplicationELB" })).Metrics).toHaveLength(1);
});
