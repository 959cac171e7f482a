import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { addDatum, newBucket } from "./bucket.ts";
import { MetricJournal } from "./journal.ts";
import { labelOf } from "./labels.ts";
import { periodsOf } from "./periods.ts";
import { MetricStore } from "./series.ts";
import { statisticOf } from "./statistics.ts";

const now = new Date("2026-01-01T12:00:00Z");

describe("statistics", () => {
  const bucketOf = (Values: readonly number[]) => {
    const bucket = newBucket();
    addDatum(bucket, { MetricName: "m", Values: [...Values] });
    return bucket;
  };
  const hundred = bucketOf(Array.from({ length: 100 }, (_, index) => index + 1));
  test.each([
    ["Sum", 5050],
    ["Average", 50.5],
    ["Minimum", 1],
    ["Maximum", 100],
    ["SampleCount", 100],
    ["p50", 50],
    ["p99.9", 100],
    ["p0", 1],
    ["tm90", 45.5],
    ["TM(10%:90%)", 50.5],
    ["TM(10:20)", 15.5],
    ["tc90", 90],
    ["ts90", 4095],
    ["TC(80:)", 20],
    ["PR(:40)", 40],
    ["PR(90:95)", 5],
    ["IQM", 50.5],
    ["wm90", (4095 + 10 * 90) / 100],
    ["WM(10%:90%)", 50.55],
  ])("%s", (stat, expected) => expect(statisticOf(stat)(hundred)).toBeCloseTo(expected, 1));

  test.each(["Median", "p101", "PR(:)", "TM()", "PR(a:b)", "p", "tm"])("%s is refused", (stat) => {
    expect(() => statisticOf(stat)).toThrow(/Stat is invalid/);
  });

  test("percentiles need every sample, and none below zero", () => {
    const opaque = newBucket();
    addDatum(opaque, { MetricName: "m", StatisticValues: { SampleCount: 3, Sum: 9, Minimum: 1, Maximum: 5 } });
    expect([statisticOf("Average")(opaque), statisticOf("p90")(opaque)]).toEqual([3, undefined]);
    const equal = newBucket();
    addDatum(equal, { MetricName: "m", StatisticValues: { SampleCount: 3, Sum: 9, Minimum: 3, Maximum: 3 } });
    expect(statisticOf("p90")(equal)).toBe(3);
    expect(statisticOf("p90")(bucketOf([-1, 2]))).toBeUndefined();
  });

  test("properties: percentiles are samples in order, shares add up", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 150 }),
        fc.nat(1000),
        (values, at) => {
          const bucket = bucketOf(values);
          const [low, high] = [statisticOf("p10")(bucket) ?? 0, statisticOf("p90")(bucket) ?? 0];
          expect(values).toEqual(expect.arrayContaining([low, high]));
          expect(low).toBeLessThanOrEqual(high);
          const below = statisticOf(`PR(:${at})`)(bucket) ?? 0;
          expect(below + (statisticOf(`PR(${at}:)`)(bucket) ?? 0)).toBeCloseTo(100, 8);
        },
      ),
    );
  });
});

describe("periods", () => {
  test("fine data is read by the second, and slides with an anchor", () => {
    const store = new MetricStore();
    for (let second = 0; second < 120; second++) {
      const Timestamp = new Date(now.getTime() + second * 1000);
      store.put("N", { MetricName: "m", Value: 1, StorageResolution: 1, Timestamp }, now);
    }
    const series = store.get("N", "m", []);
    const window = { start: now, end: new Date(now.getTime() + 120_000), period: 10 };
    expect(periodsOf(series, window).map(([, { sum }]) => sum)).toEqual(Array.from({ length: 12 }, () => 10));
    const anchor = now.getTime() / 1000 + 5;
    expect(periodsOf(series, window, { anchor }).map(([, { sum }]) => sum)[0]).toBe(5);
  });

  test("units are kept apart and can be asked for", () => {
    const store = new MetricStore();
    store.put("N", { MetricName: "m", Value: 1, Unit: "Seconds" }, now);
    store.put("N", { MetricName: "m", Value: 5, Unit: "Count" }, now);
    const window = { start: new Date(now.getTime() - 60_000), end: new Date(now.getTime() + 60_000), period: 60 };
    const sums = (unit?: string) => periodsOf(store.get("N", "m", []), window, { unit }).map(([, { sum }]) => sum);
    expect([sums(), sums("Seconds"), sums("Bytes")]).toEqual([[6], [1], []]);
  });

  test("memory is bounded: old minutes leave", () => {
    const store = new MetricStore();
    for (let minute = 0; minute < 5_000; minute++)
      store.put("N", { MetricName: "m", Value: 1, Timestamp: new Date(now.getTime() + minute * 60_000) }, now);
    expect(store.get("N", "m", [])?.units.get("None")?.size).toBeLessThanOrEqual(1_650);
  });
});

describe("the journal", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "journal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = () => join(folder, "metrics.jsonl");
  const opened = (longest?: number) => {
    const store = new MetricStore();
    return { store, journal: new MetricJournal(file(), store, longest) };
  };
  const put = ({ store, journal }: ReturnType<typeof opened>, Value: number, at = now) => {
    const datum = { MetricName: "m", Value, Timestamp: at };
    store.put("N", datum, now);
    journal.append("N", [datum], now);
  };
  const sums = (store: MetricStore) =>
    [...(store.get("N", "m", [])?.units.get("None")?.values() ?? [])].map(({ sum, count }) => [sum, count]);

  test("brings every put back, but not a line that was cut off", () => {
    const first = opened();
    put(first, 1);
    put(first, 2);
    appendFileSync(file(), readFileSync(file(), "utf8").split("\n")[0]?.slice(0, 30) ?? "");
    const second = opened();
    expect(sums(second.store)).toEqual([[3, 2]]);
    put(second, 4);
    expect(sums(opened().store)).toEqual([[7, 3]]);
  });

  test("a file that grows is rewritten with what is in memory", () => {
    const one = opened(2_000);
    for (let index = 0; index < 200; index++) put(one, 1);
    expect(statSync(file()).size).toBeLessThan(4_000);
    expect(sums(opened().store)).toEqual([[200, 200]]);
  });
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudWatch's own syntax
const DYNAMIC = "${PROP('Dim.Agent')}: max ${MAX} at ${MAX_TIME}, avg ${AVG}, last ${LAST}, ${UNKNOWN}";

test("dynamic labels", () => {
  const points = new Map([
    [1_767_225_600, 4],
    [1_767_225_660, 2],
  ]);
  const MetricStat = { Metric: { Dimensions: [{ Name: "Agent", Value: "alpha" }] }, Period: 60, Stat: "Sum" };
  const of = { query: { Id: "m", MetricStat }, region: "us-east-1", options: { Timezone: "+0130" } };
  expect(labelOf(DYNAMIC, { label: "m", period: 60, points }, of)).toBe(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what is unknown stays
    "alpha: max 4 at 2026-01-01T01:30:00+01:30, avg 3, last 2, ${UNKNOWN}",
  );
});
