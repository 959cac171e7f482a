import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { functionNames } from "./evaluate.ts";
import { parseExpression } from "./parse.ts";
import { QueryValues } from "./queries.ts";
import { searchTest } from "./search.ts";
import { MathError } from "./tokens.ts";

/** `-` is a missing data point, as in the tables of the CloudWatch user guide. */
type Points = readonly (number | "-")[];

const seriesOf = (label: string, points: Points) => ({
  label,
  period: 60,
  points: new Map(points.flatMap((value, index) => (value === "-" ? [] : [[index * 60, value] as const]))),
});

function values(expression: string, metrics: Record<string, Points>, length = 5) {
  const queries = [
    ...Object.keys(metrics).map((Id) => ({
      Id,
      MetricStat: { Metric: { MetricName: Id }, Period: 60, Stat: "Sum" },
    })),
    { Id: "e", Expression: expression },
  ];
  return new QueryValues(queries, {
    read: ({ Metric }) => seriesOf(Metric?.MetricName ?? "", metrics[Metric?.MetricName ?? ""] ?? []),
    search: () => [],
    start: 0,
    end: length * 60,
  });
}

const shown = (points: ReadonlyMap<number, number>, length: number) =>
  Array.from({ length }, (_, index) => points.get(index * 60) ?? "-");

function computed(expression: string, metrics: Record<string, Points>, length = 5) {
  const all = values(expression, metrics, length).seriesOf("e");
  return all.map(({ points }) => shown(points, length));
}

const one = (expression: string, metrics: Record<string, Points>, length = 5) =>
  computed(expression, metrics, length)[0];

describe("the tables of the CloudWatch user guide", () => {
  const metrics = { metric1: [30, 20, 0, 0], metric2: [20, "-", 20, "-"] } as const;
  test.each([
    ["metric1 < metric2", [0, 0, 1, 0]],
    ["metric1 >= 30", [1, 0, 0, 0]],
    ["metric1 > 15 AND metric2 > 15", [1, 0, 0, 0]],
    ["metric1 > 15 && metric2 > 15", [1, 0, 0, 0]],
    ["metric1 > 15 || metric2 > 15", [1, 1, 1, 0]],
  ])("%s", (expression, expected) => expect(one(expression, metrics, 4)).toEqual(expected));

  const choice = { a: [1, 1, 0, 0, "-"], b: [30, "-", 0, 0, 30], c: [0, 0, 20, "-", 20] } as const;
  test.each([
    ["IF(a, b, c)", [30, 0, 20, "-", "-"]],
    ["IF(a, 5, c)", [5, 5, 20, "-", "-"]],
    ["IF(a, b, 5)", [30, 0, 5, 5, "-"]],
    ["IF(1, b, c)", [30, "-", 0, 0, 30]],
    ["IF(0, b)", ["-", "-", "-", "-", "-"]],
    ["IF(a > 0, 10, 2)", [10, 10, 2, 2, "-"]],
  ])("%s", (expression, expected) => expect(one(expression, choice)).toEqual(expected));
});

describe("functions", () => {
  const metrics = { m: [4, "-", 2, 8, "-"], n: [2, 0, "-", 4, 1] } as const;
  test.each([
    ["m / n", [2, "-", "-", 2, 0]],
    ["100 * m / SUM([m, n])", [400 / 6, "-", 100, 800 / 12, 0]],
    ["-m ^ 2", [-16, "-", -4, -64, "-"]],
    ["2 ^ 3 ^ 2 + m - m", [512, "-", 512, 512, "-"]],
    ["SUM(METRICS())", [6, 0, 2, 12, 1]],
    ["AVG([m, n])", [3, 0, 1, 6, 0.5]],
    ["MIN([m, n])", [2, 0, 2, 4, 1]],
    ["MAX([m, n])", [4, 0, 2, 8, 1]],
    ["DATAPOINT_COUNT([m, n])", [2, 1, 1, 2, 1]],
    ["m - MIN(m)", [2, "-", 0, 6, "-"]],
    ["m / DATAPOINT_COUNT(m)", [4 / 3, "-", 2 / 3, 8 / 3, "-"]],
    ["m - STDDEV(m) + STDDEV(m)", [4, "-", 2, 8, "-"]],
    ["FILL(m, 0)", [4, 0, 2, 8, 0]],
    ["FILL(m, REPEAT)", [4, 4, 2, 8, 8]],
    ["FILL(m, LINEAR)", [4, 3, 2, 8, "-"]],
    ["FILL(m, n)", [4, 0, 2, 8, 1]],
    ["DIFF(m)", ["-", "-", -2, 6, "-"]],
    ["DIFF_TIME(m)", ["-", "-", 120, 60, "-"]],
    ["RATE(m) * 60", ["-", "-", -1, 6, "-"]],
    ["RUNNING_SUM(m)", [4, "-", 6, 14, "-"]],
    ["ABS(-m)", [4, "-", 2, 8, "-"]],
    ["CEIL(m / 3)", [2, "-", 1, 3, "-"]],
    ["FLOOR(m / 3)", [1, "-", 0, 2, "-"]],
    ["LOG10(m * 25)", [2, "-", Math.log10(50), Math.log10(200), "-"]],
    ["LOG(n)", [Math.log(2), "-", "-", Math.log(4), 0]],
    ["TIME_SERIES(MAX(m))", [8, 8, 8, 8, 8]],
    ["m / PERIOD(m)", [4 / 60, "-", 2 / 60, 8 / 60, "-"]],
    ["EPOCH(m)", [0, 60, 120, 180, 240]],
    ["MINUTE(m)", [0, 1, 2, 3, 4]],
    // 1970-01-01 was a Thursday.
    ["DAY(m) * 10 + MONTH(m)", [41, 41, 41, 41, 41]],
    ["YEAR(m) + HOUR(m) + DATE(m)", [1971, 1971, 1971, 1971, 1971]],
    ["FIRST(SORT(METRICS(), SUM, DESC))", [4, "-", 2, 8, "-"]],
    ["LAST(SORT([m, n], AVG, ASC))", [4, "-", 2, 8, "-"]],
    ["SLICE(SORT(METRICS(), MAX, ASC), 0, 1)", [2, 0, "-", 4, 1]],
    ["m * METRIC_COUNT(METRICS())", [8, "-", 4, 16, "-"]],
    ['SUM(METRICS("n"))', [2, 0, "-", 4, 1]],
    ["TIME_SERIES(SUM(m) / 0)", ["-", "-", "-", "-", "-"]],
  ])("%s", (expression, expected) => {
    const found = one(expression, metrics) ?? [];
    expect(found.map((value) => typeof value)).toEqual(expected.map((value) => typeof value));
    for (const [index, value] of expected.entries())
      if (typeof value === "number") expect(found[index]).toBeCloseTo(value, 10);
  });

  test("empty series are removed, arrays stay arrays", () => {
    expect(computed("REMOVE_EMPTY(METRICS())", { m: [1], n: ["-"] }, 1)).toEqual([[1]]);
    expect(computed("METRICS() * 2", { m: [1], n: [2] }, 1)).toEqual([[2], [4]]);
  });

  test("labels of one and of several results", () => {
    expect(
      values("METRICS() * 2", { m: [1], n: [2] })
        .seriesOf("e")
        .map(({ label }) => label),
    ).toEqual(["e m", "e n"]);
    expect(
      values("m * 2", { m: [1] })
        .seriesOf("e")
        .map(({ label }) => label),
    ).toEqual(["e"]);
  });
});

describe("what cannot be computed is refused by name", () => {
  test.each([
    ["SUM(m)", "Error in expression 'e': the result must be a time series, not a scalar"],
    ["ANOMALY_DETECTOR(m)", "Error in expression 'e': Function 'ANOMALY_DETECTOR' not found"],
    ["ANOMALY_DETECTION_BAND(m, 2)", "ANOMALY_DETECTION_BAND' is not implemented by the sandbox"],
    ["SELECT AVG(x) FROM y", "Metrics Insights"],
    ["m +", "the expression ends too early"],
    ["m § n", 'unexpected character "§" at position 2'],
    ["m n", 'unexpected "n" at position 2'],
    ["x * 2", "there is no query with the id x"],
    ["e + 1", "it refers to itself: e → e"],
    ["SORT(METRICS(), MEDIAN, ASC)", "not by MEDIAN"],
    ["[m] + [m]", "Unsupported operand types"],
    ["FILL(m)", "FILL needs"],
  ])("%s", (expression, message) => {
    expect(() => computed(expression, { m: [1] })).toThrow(message);
  });
});

describe("properties", () => {
  const points = fc.array(fc.option(fc.integer({ min: -50, max: 50 }), { nil: "-" as const }), {
    minLength: 4,
    maxLength: 4,
  });
  const expression: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom("m", "n", "2", "0.5", "[m, n]", "METRICS()"),
      fc
        .tuple(fc.constantFrom("+", "-", "*", "/", "^", "<", "==", "AND", "||"), tie("node"), tie("node"))
        .map(([operator, left, right]) => `(${left} ${operator} ${right})`),
      fc.tuple(fc.constantFrom(...functionNames), tie("node")).map(([name, argument]) => `${name}(${argument})`),
      fc.tuple(tie("node"), tie("node"), tie("node")).map((parts) => `IF(${parts.join(", ")})`),
      fc.tuple(tie("node"), fc.constantFrom("0", "REPEAT", "LINEAR", "n")).map((parts) => `FILL(${parts.join(", ")})`),
    ),
  })).node;

  test("any expression gives finite data points on the grid, or a MathError", () => {
    fc.assert(
      fc.property(expression, points, points, (text, m, n) => {
        try {
          for (const row of computed(text, { m, n }, 4))
            for (const value of row) expect(value === "-" || Number.isFinite(value)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(MathError);
        }
      }),
      { numRuns: 400 },
    );
  });

  test("any text is read or refused with a MathError, whatever its nesting", () => {
    const check = (text: string) => {
      try {
        parseExpression(text);
      } catch (error) {
        expect(error).toBeInstanceOf(MathError);
      }
    };
    fc.assert(fc.property(fc.string({ maxLength: 60 }), check), { numRuns: 300 });
    for (const opening of ["(", "[", "-", "IF(", "2^"]) check(opening.repeat(2_000 / opening.length));
  });

  test("sums add up: SUM of an array is the sum of its filled members", () => {
    fc.assert(
      fc.property(points, points, (m, n) => {
        const total = one("SUM([m, n])", { m, n }, 4) ?? [];
        const filled = one("FILL(m, 0) + FILL(n, 0)", { m, n }, 4) ?? [];
        expect(total.map((value) => (value === "-" ? 0 : value))).toEqual(filled);
      }),
    );
  });
});

describe("SEARCH", () => {
  const metric = {
    namespace: "AWS/ECS",
    name: "CPUUtilization",
    dimensions: [
      { Name: "ClusterName", Value: "fleet-prod" },
      { Name: "ServiceName", Value: "alpha" },
    ],
  };
  test.each([
    ['{AWS/ECS,ClusterName,ServiceName} MetricName="CPUUtilization"', true],
    ['{AWS/ECS,ClusterName} MetricName="CPUUtilization"', false],
    ["alpha OR beta", true],
    ["beta", false],
    ["cpu prod", true],
    ["NOT alpha", false],
    ['ServiceName="alpha"', true],
    ["-beta (utilization AND fleet)", true],
    ['MetricName="CPU"', false],
  ])("%s: %s", (expression, expected) => expect(searchTest(expression)(metric)).toBe(expected));
});
