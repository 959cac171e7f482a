import { MathError } from "./tokens.ts";
import { type Grid, momentsOf, numberIn, pointsAt, scalar, single, type TimeSeries, type Value } from "./values.ts";

/** SUM, AVG, MIN, MAX, STDDEV and DATAPOINT_COUNT: of a series a number, of an array a series. */
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Of the whole population: AWS says "standard deviation of all data points". */
function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

export type Aggregate = "SUM" | "AVG" | "MIN" | "MAX" | "STDDEV" | "DATAPOINT_COUNT";

const ofSeries: Readonly<Record<Aggregate, (values: readonly number[]) => number>> = {
  SUM: sum,
  AVG: mean,
  MIN: least,
  MAX: most,
  STDDEV: deviation,
  DATAPOINT_COUNT: (values) => values.length,
};

/** Across series: the average counts a missing value as 0, as documented; the others leave it out. */
const across: Readonly<Record<Aggregate, (values: readonly number[], series: number) => number>> = {
  ...ofSeries,
  AVG: (values, series) => sum(values) / series,
};

export const isAggregate = (name: string): name is Aggregate => Object.hasOwn(ofSeries, name);

function acrossArray(name: Aggregate, items: readonly TimeSeries[]): TimeSeries {
  const points = pointsAt(momentsOf(items), (at) => {
    const values = items.flatMap((item) => item.points.get(at) ?? []);
    return across[name](values, items.length);
  });
  return { label: name, period: most(items.map(({ period }) => period)), points };
}

/** An empty series has no average, so what is computed with it has no data points: NaN is never one. */
export const ofPoints = (name: Aggregate, series: TimeSeries): number => ofSeries[name]([...series.points.values()]);

/** @param grid gives the period of the result when the array is empty. */
export function aggregated(name: Aggregate, value: Value | undefined, grid: Grid): Value {
  if (!value) throw new MathError(`${name} needs an argument`);
  if (value.kind === "scalar") return scalar(numberIn(name, value));
  if (value.kind === "series") return scalar(ofPoints(name, value.series));
  if (value.items.length === 0) return single({ label: name, period: grid.period, points: new Map() });
  return single(acrossArray(name, value.items));
}
