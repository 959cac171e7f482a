import { CloudWatch, type MetricDatum } from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { cloudwatch } from "../../../infra/sandbox/aws/services/cloudwatch/service.ts";
import { eventually } from "../eventually.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: CloudWatch;
let Namespace: string;
/** A whole five minutes, so that every period used here begins at it. */
const start = Math.floor((Date.now() - 900_000) / 300_000) * 300_000;
const StartTime = new Date(start);
const EndTime = new Date(start + 300_000);
const Dimensions = [{ Name: "Agent", Value: "alpha" }];

beforeAll(async () => {
  target = await startTarget([cloudwatch]);
  client = new CloudWatch(target.config);
  Namespace = target.unique("metrics");
});
afterAll(async () => {
  client.destroy();
  await target.stop();
});

const put = (...data: MetricDatum[]) => client.putMetricData({ Namespace, MetricData: data });
const at = (minute: number) => new Date(start + minute * 60_000);
const stat = (MetricName: string, Stat: string, Period = 60) => ({
  Metric: { Namespace, MetricName, Dimensions },
  Period,
  Stat,
});

const values = async (Stat: string, MetricName: string, Period = 300) => {
  const { MetricDataResults } = await client.getMetricData({
    MetricDataQueries: [{ Id: "m", MetricStat: stat(MetricName, Stat, Period) }],
    StartTime,
    EndTime,
    ScanBy: "TimestampAscending",
  });
  return MetricDataResults?.[0]?.Values ?? [];
};
const arrived = (MetricName: string, count: number) =>
  eventually(
    () => values("SampleCount", MetricName),
    ([samples]) => samples === count,
  );

test("PutMetricData: values, counted values, statistic sets; wrong data is refused whole", async () => {
  await put(
    { MetricName: "Kinds", Dimensions, Timestamp: at(0), Value: 1, Unit: "Count" },
    { MetricName: "Kinds", Dimensions, Timestamp: at(0), Values: [2, 5], Counts: [3, 1], Unit: "Count" },
    {
      MetricName: "Kinds",
      Dimensions,
      Timestamp: at(1),
      StatisticValues: { SampleCount: 2, Sum: 20, Minimum: 9, Maximum: 11 },
      Unit: "Count",
    },
  );
  await arrived("Kinds", 7);
  expect(await values("Sum", "Kinds")).toEqual([32]);
  expect(await values("Maximum", "Kinds", 60)).toEqual([5, 11]);
  const both = put({ MetricName: "Wrong", Value: 1, Values: [1], Counts: [1] });
  await expect(both).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  const reserved = client.putMetricData({ Namespace: "AWS/ECS", MetricData: [{ MetricName: "x", Value: 1 }] });
  await expect(reserved).rejects.toMatchObject({ message: expect.stringContaining("AWS/") });
});

test("GetMetricData: statistics, metric math, labels, pages and the order of time", async () => {
  const both = (minute: number, requests: number, errors: number): MetricDatum[] => [
    { MetricName: "Requests", Dimensions, Timestamp: at(minute), Value: requests },
    { MetricName: "Errors", Dimensions, Timestamp: at(minute), Value: errors },
  ];
  await put(...both(0, 100, 1), ...both(1, 50, 5), ...both(2, 0, 0));
  await arrived("Requests", 3);
  await arrived("Errors", 3);
  const input = {
    MetricDataQueries: [
      { Id: "rate", Expression: "100 * errors / requests", Label: "error rate" },
      { Id: "filled", Expression: "FILL(rate, 0)", ReturnData: true },
      { Id: "errors", MetricStat: stat("Errors", "Sum"), ReturnData: false },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudWatch's own syntax
      { Id: "requests", MetricStat: stat("Requests", "Sum"), Label: "${PROP('Dim.Agent')} max ${MAX}" },
    ],
    StartTime,
    EndTime,
  };
  const { MetricDataResults = [] } = await client.getMetricData({ ...input, ScanBy: "TimestampAscending" });
  const byId = Object.fromEntries(MetricDataResults.map((result) => [result.Id, result]));
  expect(Object.keys(byId).sort()).toEqual(["filled", "rate", "requests"]);
  // Where it divides by zero the data point is dropped.
  expect(byId.rate).toMatchObject({ Label: "error rate", Values: [1, 10], Timestamps: [at(0), at(1)] });
  expect(byId.filled?.Values?.slice(0, 3)).toEqual([1, 10, 0]);
  expect(byId.requests).toMatchObject({ Label: "alpha max 100", Values: [100, 50, 0], StatusCode: "Complete" });

  const newest = await client.getMetricData(input);
  expect(newest.MetricDataResults?.find(({ Id }) => Id === "rate")?.Values).toEqual([10, 1]);
  const unknown = client.getMetricData({ ...input, MetricDataQueries: [{ Id: "e", Expression: "MEDIAN(METRICS())" }] });
  await expect(unknown).rejects.toMatchObject({ message: expect.stringContaining("MEDIAN") });
});

test("GetMetricStatistics: simple and extended statistics per period", async () => {
  const Values = Array.from({ length: 100 }, (_, index) => index + 1);
  await put({ MetricName: "Latency", Dimensions, Timestamp: at(0), Values, Unit: "Milliseconds" });
  await arrived("Latency", 100);
  const query = { Namespace, MetricName: "Latency", Dimensions, StartTime, EndTime, Period: 300 };
  const { Label, Datapoints } = await client.getMetricStatistics({
    ...query,
    Statistics: ["Sum", "Average", "SampleCount"],
  });
  expect(Label).toBe("Latency");
  expect(Datapoints).toEqual([
    { Timestamp: StartTime, Unit: "Milliseconds", Sum: 5050, Average: 50.5, SampleCount: 100 },
  ]);
  const extended = await client.getMetricStatistics({ ...query, ExtendedStatistics: ["p90", "PR(:40)"] });
  const { p90 = 0, "PR(:40)": rank = 0 } = extended.Datapoints?.[0]?.ExtendedStatistics ?? {};
  // AWS interpolates within its buckets.
  expect(Math.abs(p90 - 90)).toBeLessThanOrEqual(1);
  expect(Math.abs(rank - 40)).toBeLessThanOrEqual(1);
  await expect(client.getMetricStatistics(query)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
});

test("ListMetrics: by namespace, name and dimension", async () => {
  await put(
    { MetricName: "Listed", Dimensions, Value: 1 },
    { MetricName: "Listed", Dimensions: [{ Name: "Agent", Value: "beta" }], Value: 1 },
  );
  const list = async (DimensionsFilter: { Name: string; Value?: string }[]) =>
    (await client.listMetrics({ Namespace, MetricName: "Listed", Dimensions: DimensionsFilter })).Metrics ?? [];
  // AWS lists a new metric within fifteen minutes.
  await eventually(
    () => list([{ Name: "Agent" }]),
    (found) => found.length === 2,
    900,
  );
  expect(await list([{ Name: "Agent", Value: "alpha" }])).toEqual([{ Namespace, MetricName: "Listed", Dimensions }]);
  expect(await list([{ Name: "Other" }])).toEqual([]);
}, 1_000_000);
