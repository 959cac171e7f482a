import { AwsError } from "../../kernel.ts";
import { type Bucket, mergeInto, newBucket, type Series } from "./series.ts";

/** CloudWatch's statistics over what was put in one period. */
export type Statistic = (bucket: Bucket) => number | undefined;

const simple: Readonly<Record<string, Statistic>> = {
  Sum: ({ sum }) => sum,
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

const sorted = ({ values }: Bucket): [value: number, count: number][] => [...values].sort(([a], [b]) => a - b);
const total = (entries: readonly (readonly [number, number])[]): number =>
  entries.reduce((sum, [, count]) => sum + count, 0);

/** The smallest value that at least `percent` of the samples do not exceed. */
function percentile(bucket: Bucket, percent: number): number | undefined {
  const entries = sorted(bucket);
  const wanted = (percent / 100) * total(entries);
  let seen = 0;
  for (const [value, count] of entries) {
    seen += count;
    if (seen >= wanted - 1e-9) return value;
  }
  return undefined;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** `(0.1:0.5)` are values, `(10%:90%)` percentiles; an absent side is open. */
function rangeOf(bucket: Bucket, low: string, high: string): Range {
  const bound = (text: string, open: number) => {
    if (text === "") return open;
    return text.endsWith("%") ? (percentile(bucket, Number.parseFloat(text)) ?? open) : Number(text);
  };
  return { low: bound(low, Number.NEGATIVE_INFINITY), high: bound(high, Number.POSITIVE_INFINITY) };
}

/** The lower bound is exclusive, the upper one inclusive. */
const inside = (bucket: Bucket, { low, high }: Range) =>
  sorted(bucket).filter(([value]) => (value > low || low === Number.NEGATIVE_INFINITY) && value <= high);

const weighted = (entries: readonly (readonly [number, number])[]): number =>
  entries.reduce((sum, [value, count]) => sum + value * count, 0);

const trimmed: Readonly<Record<string, (bucket: Bucket, range: Range) => number | undefined>> = {
  PR: (bucket, range) => (100 * total(inside(bucket, range))) / total(sorted(bucket)),
  TC: (bucket, range) => total(inside(bucket, range)),
  TS: (bucket, range) => weighted(inside(bucket, range)),
  TM: (bucket, range) => {
    const entries = inside(bucket, range);
    return entries.length > 0 ? weighted(entries) / total(entries) : undefined;
  },
};

const invalid = (text: string): AwsError =>
  new AwsError(
    "InvalidParameterValue",
    `The value ${text} for parameter Stat is invalid: use ${Object.keys(simple).join(", ")}, pNN, tmNN, tcNN, tsNN, PR(l:u), TM(l:u), TC(l:u) or TS(l:u).`,
  );

/** @throws AwsError InvalidParameterValue for a statistic that the sandbox does not compute. */
export function statisticOf(text: string): Statistic {
  const known = simple[text];
  if (known) return known;
  const point = /^(p|tm|tc|ts)(\d+(?:\.\d+)?)$/.exec(text);
  if (point?.[1] === "p" && Number(point[2]) <= 100) return (bucket) => percentile(bucket, Number(point[2]));
  const range = point
    ? [point[0], point[1]?.toUpperCase(), "", `${point[2]}%`]
    : /^(PR|TM|TC|TS)\(([\d.]*%?):([\d.]*%?)\)$/.exec(text);
  const compute = trimmed[range?.[1] ?? ""];
  if (!range || !compute || (range[2] === "" && range[3] === "")) throw invalid(text);
  return (bucket) => compute(bucket, rangeOf(bucket, range[2] ?? "", range[3] ?? ""));
}

export interface Window {
  readonly start: Date;
  readonly end: Date;
  /** Seconds. */
  readonly period: number;
}

/** What was put in each period of the window that holds anything; periods are aligned to their own length. */
export function periodsOf(series: Series | undefined, { start, end, period }: Window): [at: Date, bucket: Bucket][] {
  const periods = new Map<number, Bucket>();
  const [from, to] = [start.getTime() / 1000, end.getTime() / 1000];
  const first = from - (from % period);
  for (const [second, bucket] of series?.buckets ?? []) {
    if (second < first || second >= to) continue;
    const at = second - (second % period);
    const merged = periods.get(at) ?? newBucket();
    periods.set(at, merged);
    mergeInto(merged, bucket);
  }
  return [...periods].sort(([a], [b]) => a - b).map(([at, bucket]) => [new Date(at * 1000), bucket]);
}

/** @throws AwsError InvalidParameterValue */
export function checkWindow({ start, end, period }: Window): void {
  const problems = [
    ...(start < end ? [] : [`StartTime must be before EndTime, got ${start.toISOString()} and ${end.toISOString()}`]),
    ...([1, 5, 10, 20, 30].includes(period) || (period > 0 && period % 60 === 0)
      ? []
      : [`Period must be 1, 5, 10, 20, 30 or a multiple of 60 seconds, got ${period}`]),
  ];
  if (problems.length > 0) throw new AwsError("InvalidParameterValue", `${problems.join("; ")}.`);
}
