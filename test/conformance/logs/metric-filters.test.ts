import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { cloudwatch } from "../../../infra/sandbox/aws/services/cloudwatch/service.ts";
import { eventually } from "../eventually.ts";
import { type Logs, startLogs } from "./group.ts";

let box: Logs;
let metrics: CloudWatch;
let metricNamespace: string;
beforeAll(async () => {
  box = await startLogs([cloudwatch]);
  metrics = new CloudWatch(box.target.config);
  metricNamespace = box.target.unique("filters");
});
afterAll(async () => {
  metrics.destroy();
  await box.stop();
});

const filter = (logGroupName: string, filterName = "errors", changes: object = {}) => ({
  logGroupName,
  filterName,
  filterPattern: "{ $.status >= 500 }",
  metricTransformations: [{ metricName: "Errors", metricNamespace, metricValue: "1", defaultValue: 0, ...changes }],
});

const statistics = async (MetricName: string, Dimensions: { Name: string; Value: string }[] = []) => {
  const now = Date.now();
  const { Datapoints = [] } = await metrics.getMetricStatistics({
    Namespace: metricNamespace,
    MetricName,
    Dimensions,
    Statistics: ["Sum", "SampleCount", "Maximum"],
    Period: 3600,
    StartTime: new Date(now - 7_200_000),
    EndTime: new Date(now + 3_600_000),
  });
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
};

test(
  "PutMetricFilter: lines become data points as they arrive: counts, values, dimensions, the default",
  () =>
    box.withGroup(async (logGroupName, stream) => {
      await box.client.putMetricFilter(filter(logGroupName));
      await box.client.putMetricFilter({
        ...filter(logGroupName, "latency"),
        filterPattern: "{ $.latency = * }",
        metricTransformations: [
          {
            metricName: "Latency",
            metricNamespace,
            metricValue: "$.latency",
            unit: "Milliseconds",
            dimensions: { Agent: "$.agent" },
          },
        ],
      });
      await box.client.putMetricFilter({
        ...filter(logGroupName, "third-word"),
        filterPattern: "[date, time, level = ERROR, ...]",
        metricTransformations: [{ metricName: "Plain", metricNamespace, metricValue: "1" }],
      });
      await box.put(logGroupName, stream, [
        '{"status":503,"latency":40,"agent":"alpha"}',
        '{"status":200,"latency":2,"agent":"alpha"}',
        '{"status":500,"latency":5,"agent":"beta"}',
        "2026-01-01 12:00 ERROR failed",
        "ERROR in the first place does not count",
      ]);
      await eventually(
        () => statistics("Errors"),
        (sum) => sum === 2,
      );
      await eventually(
        () => statistics("Latency", [{ Name: "Agent", Value: "alpha" }]),
        (sum) => sum === 42,
      );
      await eventually(
        () => statistics("Plain"),
        (sum) => sum === 1,
      );
      const wrong = box.client.putMetricFilter(filter(logGroupName, "wrong", { metricValue: "x" }));
      await expect(wrong).rejects.toMatchObject({ name: "InvalidParameterException" });
    }),
  300_000,
);

test("DescribeMetricFilters: of a group, by prefix, by metric", () =>
  box.withGroup(async (logGroupName) => {
    await box.client.putMetricFilter(filter(logGroupName));
    const found = async (query: object) => (await box.client.describeMetricFilters(query)).metricFilters ?? [];
    expect(await found({ logGroupName, filterNamePrefix: "err" })).toMatchObject([filter(logGroupName)]);
    expect(await found({ logGroupName, filterNamePrefix: "x" })).toEqual([]);
    expect(await found({ metricName: "Errors", metricNamespace })).toHaveLength(1);
    const { logGroups } = await box.client.describeLogGroups({ logGroupNamePrefix: logGroupName });
    expect(logGroups).toMatchObject([{ metricFilterCount: 1 }]);
  }));

test("DeleteMetricFilter: once", () =>
  box.withGroup(async (logGroupName) => {
    await box.client.putMetricFilter(filter(logGroupName));
    const remove = () => box.client.deleteMetricFilter({ logGroupName, filterName: "errors" });
    await remove();
    expect((await box.client.describeMetricFilters({ logGroupName })).metricFilters).toEqual([]);
    await expect(remove()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  }));

test("TestMetricFilter: which lines match, and the fields of a space-delimited pattern", async () => {
  const logEventMessages = ["10.0.0.1 GET 404", "10.0.0.2 GET 200", "short"];
  const { matches } = await box.client.testMetricFilter({
    filterPattern: "[ip, method, status = 4*]",
    logEventMessages,
  });
  expect(matches).toEqual([
    {
      eventNumber: 1,
      eventMessage: logEventMessages[0],
      extractedValues: { $ip: "10.0.0.1", $method: "GET", $status: "404" },
    },
  ]);
});
