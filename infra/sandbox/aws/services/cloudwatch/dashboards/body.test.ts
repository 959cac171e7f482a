import { describe, expect, test } from "@jest/globals";
import { bodyMessages } from "./body.ts";

const widget = (properties: object, rest: object = {}) => ({
  type: "metric",
  x: 0,
  y: 0,
  width: 12,
  height: 6,
  properties: { region: "us-east-1", ...properties },
  ...rest,
});
const messages = (...widgets: object[]) => bodyMessages(JSON.stringify({ widgets }));
const row = (...items: unknown[]) => messages(widget({ metrics: [items] }));

test("bodies as AWS documents them are valid", () => {
  const metrics = [
    [
      "AWS/ECS",
      "CPUUtilization",
      "ClusterName",
      "fleet",
      "ServiceName",
      "alpha",
      { stat: "p99", id: "m1", color: "#1f77b4" },
    ],
    ["...", "beta", { id: "m2", visible: false }],
    [".", "MemoryUtilization", ".", ".", ".", "alpha"],
    [{ expression: "m1 / m2 * 100", label: "ratio", id: "e1", yAxis: "right" }],
    [{ expression: "SEARCH('{AWS/ECS,ClusterName} CPU', 'Average', 300)", id: "e2" }],
    ["Fleet", "Requests"],
  ];
  const body = {
    start: "-PT3H",
    periodOverride: "auto",
    widgets: [
      widget({ metrics, view: "timeSeries", period: 60 }),
      widget({ annotations: { alarms: ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"] } }),
      { type: "text", properties: { markdown: "# fleet" } },
      { type: "log", properties: { region: "us-east-1", query: "SOURCE '/fleet/alpha' | fields @message" } },
      { type: "alarm", properties: { alarms: ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"] } },
    ],
  };
  expect(bodyMessages(JSON.stringify(body))).toEqual([]);
});

describe("what AWS refuses", () => {
  test("the row that blocked every apply: dimensions among the options", () => {
    const found = row("AWS/ECS", "CPUUtilization", { stat: "Average", dimensions: { ServiceName: "alpha" } });
    expect(found).toEqual([
      {
        dataPath: "/widgets/0/properties/metrics/0",
        message: expect.stringMatching(/^Should NOT have more than 2 items .*dimensions/),
      },
    ]);
  });

  test.each([
    ["a map of dimensions", ["AWS/ECS", "CPUUtilization", { ClusterName: "fleet" }], /more than 2 items.*ClusterName/],
    ["a name without a value", ["AWS/ECS", "CPUUtilization", "ClusterName"], /more than 2 items/],
    ["a color by name", ["Fleet", "Requests", { color: "red" }], /#rrggbb/],
    ["a number", ["Fleet", 5], /only 'String' type is allowed/],
    ["an empty text", ["Fleet", ""], /shorter than 1/],
    ["a shortcut in the first row", ["...", "alpha"], /no row before/],
    ["one item", ["Fleet"], /fewer than 2/],
    ["an unknown statistic", ["Fleet", "Requests", { stat: "Median" }], /Unknown statistic: Median/],
    ["a period", ["Fleet", "Requests", { period: 45 }], /multiple of 60/],
    ["an id", ["Fleet", "Requests", { id: "M1" }], /lower-case/],
    ["an expression of nothing", [{ expression: "m9 + 1", id: "e1" }], /the id m9, which does not exist/],
  ])("%s", (_, items, expected) => {
    expect(
      row(...items)
        .map(({ message }) => message)
        .join("\n"),
    ).toMatch(expected);
  });

  test.each([
    ["a widget too wide", [widget({ metrics: [] }, { x: 20 })], /beyond the 24 columns/],
    ["x without y", [widget({ metrics: [] }, { y: undefined })], /together/],
    ["no region", [{ type: "metric", properties: { metrics: [] } }], /'region'/],
    ["metrics and alarms", [widget({ metrics: [], annotations: { alarms: ["arn:x"] } })], /exactly one/],
    ["a gauge without ends", [widget({ metrics: [], view: "gauge" })], /'min' and 'max'/],
    ["an unknown type", [{ type: "picture", properties: {} }], /metric, log, alarm/],
    ["a log query without SOURCE", [{ type: "log", properties: { region: "r", query: "fields @message" } }], /SOURCE/],
    [
      "an id twice",
      [
        widget({
          metrics: [
            ["a", "b", { id: "m" }],
            ["a", "c", { id: "m" }],
          ],
        }),
      ],
      /used twice/,
    ],
  ])("%s", (_, widgets, expected) => {
    expect(
      messages(...widgets)
        .map(({ message }) => message)
        .join("\n"),
    ).toMatch(expected);
  });

  test.each(["", "[]", "{}", '{"widgets":{}}'])("the body %j", (body) => expect(bodyMessages(body)).toHaveLength(1));
});
