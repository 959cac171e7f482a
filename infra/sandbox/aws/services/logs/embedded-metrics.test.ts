import { describe, expect, test } from "@jest/globals";
import { embeddedMetrics, embeddedMetricsOf } from "./embedded-metrics.ts";

const at = Date.UTC(2026, 0, 1);

const line = (members: object, directive: object = {}) =>
  JSON.stringify({
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [
        {
          Namespace: "Fleet",
          Dimensions: [["Agent"], ["Agent", "Route"], []],
          Metrics: [{ Name: "Latency", Unit: "Milliseconds", StorageResolution: 1 }],
          ...directive,
        },
      ],
    },
    Agent: "alpha",
    Route: "/a",
    Latency: [5, 7],
    ...members,
  });

describe("embedded metrics", () => {
  test("one data point for each set of dimensions, with unit and resolution", () => {
    const [made] = embeddedMetrics(line({}));
    const same = {
      MetricName: "Latency",
      Timestamp: new Date(at),
      Values: [5, 7],
      Unit: "Milliseconds",
      StorageResolution: 1,
    };
    const agent = { Name: "Agent", Value: "alpha" };
    expect(made).toEqual({
      Namespace: "Fleet",
      MetricData: [
        { ...same, Dimensions: [agent] },
        { ...same, Dimensions: [agent, { Name: "Route", Value: "/a" }] },
        { ...same, Dimensions: [] },
      ],
    });
  });

  test.each([
    ["a dimension that the line lacks", line({ Route: undefined }), 2],
    ["a dimension that is an object", line({ Route: { a: 1 } }), 2],
    ["a metric that is text", line({ Latency: "fast" }), 0],
    ["a metric of too many values", line({ Latency: Array.from({ length: 101 }, () => 1) }), 0],
    ["no dimensions at all", line({}, { Dimensions: undefined }), 1],
    ["a directive without a namespace", line({}, { Namespace: undefined }), 0],
    ["no JSON", "plain _aws text", 0],
    ["half a line", line({}).slice(0, 100), 0],
  ])("%s: %s", (_, message, count) => {
    expect(embeddedMetrics(message).flatMap(({ MetricData = [] }) => MetricData)).toHaveLength(count);
  });

  test("an unknown unit is no unit", () => {
    const [made] = embeddedMetrics(line({}, { Metrics: [{ Name: "Latency", Unit: "Furlongs" }] }));
    expect(made?.MetricData?.[0]?.Unit).toBeUndefined();
  });

  test("lines of a batch are put together per namespace", () => {
    const made = embeddedMetricsOf([line({}), line({}), line({}, { Namespace: "Other" })]);
    expect([...made].map(([namespace, data]) => [namespace, data.length])).toEqual([
      ["Fleet", 6],
      ["Other", 3],
    ]);
  });
});
