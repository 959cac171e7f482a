import { isAggregate, ofPoints } from "./aggregate.ts";
import { MathError } from "./tokens.ts";
import { array, itemsIn, scalar, single, type TimeSeries, type Value } from "./values.ts";

/** Functions that choose among the series of an array. */
export function sorted(items: readonly TimeSeries[], by: string, order: string, limit?: number): Value {
  if (!["AVG", "MIN", "MAX", "SUM"].includes(by) || !isAggregate(by))
    throw new MathError(`SORT sorts by AVG, MIN, MAX or SUM, not by ${by}`);
  if (order !== "ASC" && order !== "DESC") throw new MathError(`SORT sorts ASC or DESC, not ${order}`);
  // A series without data points has no rank: it comes last, whatever the order.
  const rank = (series: TimeSeries) =>
    series.points.size === 0 ? Number.POSITIVE_INFINITY : ofPoints(by, series) * (order === "ASC" ? 1 : -1);
  const ranked = items.map((series) => ({ series, rank: rank(series) }));
  // Two infinite ranks differ by NaN, which leaves the order as it is.
  ranked.sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank));
  return array(ranked.slice(0, limit).map(({ series }) => series));
}

function sliced(items: readonly TimeSeries[], [start, end]: readonly number[]): Value {
  if (start === undefined || start < 0 || (end !== undefined && end < start))
    throw new MathError(`SLICE needs a start of 0 or more and an end after it, got ${start} and ${end}`);
  const kept = items.slice(Math.trunc(start), end === undefined ? undefined : Math.trunc(end));
  const [only] = kept;
  return kept.length === 1 && end !== undefined && only ? single(only) : array(kept);
}

function end(name: "FIRST" | "LAST", items: readonly TimeSeries[]): Value {
  const item = name === "FIRST" ? items[0] : items.at(-1);
  return single(item ?? { label: name, period: 60, points: new Map() });
}

export const arrayFunctions = ["FIRST", "LAST", "REMOVE_EMPTY", "METRIC_COUNT", "SLICE"] as const;
export type ArrayFunction = (typeof arrayFunctions)[number];
export const isArrayFunction = (name: string): name is ArrayFunction =>
  (arrayFunctions as readonly string[]).includes(name);

export function arrayFunction(name: ArrayFunction, value: Value | undefined, numbers: readonly number[]): Value {
  const items = itemsIn(name, value);
  if (name === "FIRST" || name === "LAST") return end(name, items);
  if (name === "METRIC_COUNT") return scalar(items.length);
  if (name === "REMOVE_EMPTY") return array(items.filter(({ points }) => points.size > 0));
  return sliced(items, numbers);
}
