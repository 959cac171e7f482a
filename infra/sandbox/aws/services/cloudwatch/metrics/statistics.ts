import { AwsError } from "../../../kernel.ts";
import type { Bucket } from "./bucket.ts";

/** CloudWatch's statistics over what was put in one period; `undefined` when the period's data cannot tell. */
export type Statistic = (bucket: Bucket) => number | undefined;

const simple: Readonly<Record<string, Statistic>> = {
  Sum: ({ sum }) => sum,
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => (count > 0 ? sum / count : undefined),
  Minimum: ({ min, count }) => (count > 0 ? min : undefined),
  Maximum: ({ max, count }) => (count > 0 ? max : undefined),
};

type Entries = readonly (readonly [value: number, count: number])[];

const sorted = ({ values }: Bucket): Entries => [...values].sort(([a], [b]) => a - b);
const total = (entries: Entries): number => entries.reduce((sum, [, count]) => sum + count, 0);
const weighted = (entries: Entries): number => entries.reduce((sum, [value, count]) => sum + value * count, 0);

/** The smallest value that at least `percent` of the samples do not exceed. */
function percentile(entries: Entries, percent: number): number | undefined {
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
function rangeOf(entries: Entries, low: string, high: string): Range {
  const bound = (text: string, open: number) => {
    if (text === "") return open;
    return text.endsWith("%") ? (percentile(entries, Number.parseFloat(text)) ?? open) : Number(text);
  };
  return { low: bound(low, Number.NEGATIVE_INFINITY), high: bound(high, Number.POSITIVE_INFINITY) };
}

/** The lower bound is exclusive, the upper one inclusive. */
const inside = (entries: Entries, { low, high }: Range): Entries =>
  entries.filter(([value]) => (value > low || low === Number.NEGATIVE_INFINITY) && value <= high);

/** What is outside counts as the nearest sample inside. */
function winsorized(entries: Entries, range: Range): number | undefined {
  const kept = inside(entries, range);
  const [least, most] = [kept[0]?.[0], kept.at(-1)?.[0]];
  if (least === undefined || most === undefined) return undefined;
  const clamped = entries.map(([value, count]) => [Math.min(most, Math.max(least, value)), count] as const);
  return weighted(clamped) / total(clamped);
}

const trimmed: Readonly<Record<string, (entries: Entries, range: Range) => number | undefined>> = {
  PR: (entries, range) => (100 * total(inside(entries, range))) / total(entries),
  TC: (entries, range) => total(inside(entries, range)),
  TS: (entries, range) => weighted(inside(entries, range)),
  TM: (entries, range) => {
    const kept = inside(entries, range);
    return kept.length > 0 ? weighted(kept) / total(kept) : undefined;
  },
  WM: winsorized,
};

const invalid = (text: string): AwsError =>
  new AwsError(
    "InvalidParameterValue",
    `The value ${text} for parameter Stat is invalid: use ${Object.keys(simple).join(", ")}, IQM, pNN, tmNN, tcNN, tsNN, wmNN, PR(l:u), TM(l:u), TC(l:u), TS(l:u) or WM(l:u).`,
  );

/** These need every sample, and AWS offers them for no metric with a negative one. */
const ofSamples =
  (compute: (entries: Entries) => number | undefined): Statistic =>
  (bucket) =>
    bucket.opaque > 0 || bucket.count === 0 || bucket.min < 0 ? undefined : compute(sorted(bucket));

/** `p99.9` → 99.9; `undefined` for any other statistic. */
export function percentOf(text: string): number | undefined {
  const percent = /^p(\d+(?:\.\d{1,10})?)$/.exec(text)?.[1];
  return percent !== undefined && Number(percent) <= 100 ? Number(percent) : undefined;
}

function parseRange(text: string): readonly [kind: string, low: string, high: string] | undefined {
  if (text === "IQM") return ["TM", "25%", "75%"];
  const short = /^(tm|tc|ts|wm)(\d+(?:\.\d{1,10})?)$/.exec(text);
  if (short) return [short[1]?.toUpperCase() ?? "", "", `${short[2]}%`];
  const long = /^(PR|TM|TC|TS|WM)\((-?[\d.]*%?):(-?[\d.]*%?)\)$/.exec(text);
  const [kind, low, high] = [long?.[1] ?? "", long?.[2] ?? "", long?.[3] ?? ""];
  const wrong = [low, high].some((bound) => bound !== "" && !/^-?\d+(\.\d+)?%?$/.test(bound));
  return !long || wrong || (low === "" && high === "") ? undefined : [kind, low, high];
}

/** @throws AwsError InvalidParameterValue for a statistic that does not exist. */
export function statisticOf(text: string): Statistic {
  const known = Object.hasOwn(simple, text) ? simple[text] : undefined;
  if (known) return known;
  const percent = percentOf(text);
  if (percent !== undefined) return ofSamples((entries) => percentile(entries, percent));
  const range = parseRange(text);
  const compute = trimmed[range?.[0] ?? ""];
  if (!range || !compute) throw invalid(text);
  return ofSamples((entries) => compute(entries, rangeOf(entries, range[1], range[2])));
}

export function isStatistic(text: string): boolean {
  return Object.hasOwn(simple, text) || percentOf(text) !== undefined || parseRange(text) !== undefined;
}
