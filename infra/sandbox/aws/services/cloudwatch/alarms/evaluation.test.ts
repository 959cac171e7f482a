import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Condition, decide, isLowSample, type MissingData, type Point } from "./evaluation.ts";
import { double, reasonData, reasonOf } from "./reasons.ts";

/** `0 - X`: good, missing, breaching; the newest last, as in AWS's tables. */
const pointsOf = (text: string): Point[] =>
  text.split(" ").map((sign, index) => ({
    at: 1_767_225_600 + index * 60,
    value: { "0": 0, X: 10, "-": undefined }[sign],
  }));

const condition = (toAlarm: number, missing: MissingData): Condition => ({
  periods: 3,
  toAlarm,
  threshold: 5,
  operator: "GreaterThanThreshold",
  missing,
});

const TREATMENTS = ["missing", "ignore", "breaching", "notBreaching"] as const;
const NO_DATA = "INSUFFICIENT_DATA";

describe("AWS's tables of missing data", () => {
  test.each([
    [3, "0 - X - X", ["OK", "OK", "OK", "OK"]],
    [3, "0 - - - -", ["OK", "OK", "OK", "OK"]],
    [3, "- - - - -", [NO_DATA, "retain", "ALARM", "OK"]],
    [3, "0 X X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    [3, "- - X - -", ["ALARM", "retain", "ALARM", "OK"]],
    [2, "0 - X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    [2, "0 0 X 0 X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    [2, "0 - X - -", ["OK", "OK", "ALARM", "OK"]],
    [2, "- - - - 0", ["OK", "OK", "ALARM", "OK"]],
    [2, "- - - X -", ["ALARM", "retain", "ALARM", "OK"]],
    // "Avoiding premature transitions": one breach after silence waits for the next data point.
    [3, "- - - - X", ["retain", "retain", "ALARM", "OK"]],
    [3, "- - - X -", ["retain", "retain", "ALARM", "OK"]],
  ] as const)("%d of 3: %s", (toAlarm, text, expected) => {
    const found = TREATMENTS.map((missing) => decide(pointsOf(text), condition(toAlarm, missing)).state);
    expect(found).toEqual(expected);
  });

  test("properties: M is monotonous, filling counts, the order of states", () => {
    const sign = fc.constantFrom("0", "X", "-");
    fc.assert(
      fc.property(
        fc.array(sign, { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(...TREATMENTS),
        (signs, toAlarm, missing) => {
          const points = pointsOf(signs.join(" "));
          const decision = decide(points, condition(toAlarm, missing));
          expect(decision.evaluated.length + decision.filled).toBe(3);
          // A breaching filler never alarms less than a good one.
          const [bad, good] = (["breaching", "notBreaching"] as const).map((as) =>
            decide(points, condition(toAlarm, as)),
          );
          if (good?.state === "ALARM") expect(bad?.state).toBe("ALARM");
          // Needing more breaches never alarms more.
          if (decision.state !== "ALARM" && toAlarm < 3 && missing !== "missing" && missing !== "ignore")
            expect(decide(points, condition(toAlarm + 1, missing)).state).not.toBe("ALARM");
          if (decision.state === NO_DATA) expect(missing).toBe("missing");
        },
      ),
    );
  });
});

test.each([
  [99, 999, true],
  [99, 1_000, false],
  [50, 19, true],
  [50, 20, false],
  [10, 99, true],
  [10, 100, false],
  [100, 1, false],
])("p%d of %d samples is low: %s", (percent, samples, expected) =>
  expect(isLowSample(percent, samples)).toBe(expected),
);

describe("reasons in AWS's words", () => {
  const explained = { ...condition(3, "missing"), isOutOf: true };
  const decided = (text: string, missing: MissingData, toAlarm = 3) =>
    decide(pointsOf(text), { ...explained, missing, toAlarm });

  test("out of the last datapoints, newest first", () => {
    const one = { ...explained, periods: 1, toAlarm: 1, threshold: 50 };
    const point = { at: Date.UTC(2019, 9, 2, 16, 59) / 1000, value: 99.50160229693434 };
    const said = reasonOf({ evaluated: [point], filled: 0 }, { from: "OK", to: "ALARM" }, one);
    expect(said).toBe(
      "Threshold Crossed: 1 out of the last 1 datapoints [99.50160229693434 (02/10/19 16:59:00)] was greater than the threshold (50.0) (minimum 1 datapoint for OK -> ALARM transition).",
    );
    const good = reasonOf({ evaluated: [{ ...point, value: 0.5 }], filled: 0 }, { from: "ALARM", to: "OK" }, one);
    expect(good).toBe(
      "Threshold Crossed: 1 out of the last 1 datapoints [0.5 (02/10/19 16:59:00)] was not greater than the threshold (50.0) (minimum 1 datapoint for ALARM -> OK transition).",
    );
    expect(reasonOf(decided("X X X X X", "missing"), { from: "OK", to: "ALARM" }, explained)).toMatch(
      /^Threshold Crossed: 3 out of the last 3 datapoints \[10\.0 \(01\/01\/26 00:04:00\), .* were greater than the threshold \(5\.0\) \(minimum 3 datapoints for OK -> ALARM transition\)\.$/,
    );
  });

  test("missing data", () => {
    const none = decided("- - - - -", "breaching");
    expect(reasonOf(none, { from: "OK", to: "ALARM" }, { ...explained, missing: "breaching" })).toBe(
      "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].",
    );
    const single = { ...explained, periods: 1, toAlarm: 1, missing: "notBreaching" as const };
    expect(reasonOf({ evaluated: [], filled: 1 }, { from: "ALARM", to: "OK" }, single)).toBe(
      "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
    );
    expect(reasonOf({ evaluated: [], filled: 1 }, { from: "OK", to: "INSUFFICIENT_DATA" }, explained)).toBe(
      "Insufficient Data: 1 datapoint was unknown.",
    );
    const plain = { ...explained, isOutOf: false };
    expect(
      reasonOf(decided("- - - - X", "breaching"), { from: "OK", to: "ALARM" }, { ...plain, missing: "breaching" }),
    ).toBe(
      "Threshold Crossed: 1 datapoint [10.0 (01/01/26 00:04:00)] was greater than the threshold (5.0) and 2 missing datapoints were treated as [Breaching].",
    );
  });

  test("numbers as Java prints them, data as JSON", () => {
    expect([0, 1, 0.25, 12_345_678, 0.0001, -3].map(double)).toEqual([
      "0.0",
      "1.0",
      "0.25",
      "1.2345678E7",
      "1.0E-4",
      "-3.0",
    ]);
    const data = JSON.parse(
      reasonData(decided("0 - X - X", "missing"), explained, {
        now: new Date("2026-01-01T00:05:00.123Z"),
        period: 60,
        statistic: "Average",
        unit: undefined,
      }),
    ) as Record<string, unknown>;
    expect(data).toMatchObject({
      version: "1.0",
      queryDate: "2026-01-01T00:05:00.123+0000",
      startDate: "2026-01-01T00:00:00.000+0000",
      recentDatapoints: [0, 10, 10],
      threshold: 5,
    });
    expect(data.evaluatedDatapoints).toHaveLength(3);
  });
});
