import { MathError } from "./tokens.ts";

/** What metric math computes with: numbers, time series, arrays of time series. */
export interface TimeSeries {
  readonly label: string;
  /** Seconds between data points. */
  readonly period: number;
  /** By seconds since 1970, oldest first. */
  readonly points: ReadonlyMap<number, number>;
}

export type Value =
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "series"; readonly series: TimeSeries }
  | { readonly kind: "array"; readonly items: readonly TimeSeries[] };

/** The moments at which a series without gaps has data points. */
export interface Grid {
  /** Seconds since 1970; the end is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly period: number;
}

export const scalar = (value: number): Value => ({ kind: "scalar", value });
export const single = (series: TimeSeries): Value => ({ kind: "series", series });
export const array = (items: readonly TimeSeries[]): Value => ({ kind: "array", items });

const KINDS = { scalar: "a scalar", series: "a time series", array: "an array of time series" } as const;
export const kindOf = (value: Value): string => KINDS[value.kind];

export const moments = ({ start, end, period }: Grid): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((end - start) / period)) }, (_, index) => start + index * period);

/** All moments at which one of the series has a data point, in order. */
export const momentsOf = (items: readonly TimeSeries[]): number[] =>
  [...new Set(items.flatMap(({ points }) => [...points.keys()]))].sort((a, b) => a - b);

/** A series made from another, data point by data point; a result that is no finite number is no data point. */
export function mapped(series: TimeSeries, compute: (value: number, at: number) => number | undefined): TimeSeries {
  return { ...series, points: pointsAt([...series.points.keys()], (at) => compute(series.points.get(at) ?? 0, at)) };
}

export function pointsAt(at: readonly number[], compute: (at: number) => number | undefined): Map<number, number> {
  const points = new Map<number, number>();
  for (const moment of at) {
    const value = compute(moment);
    if (value !== undefined && Number.isFinite(value)) points.set(moment, value);
  }
  return points;
}

/** Applies a function of one series to a series or to each of an array. */
export function perSeries(name: string, value: Value, compute: (series: TimeSeries) => TimeSeries): Value {
  if (value.kind === "series") return single(compute(value.series));
  if (value.kind === "array") return array(value.items.map(compute));
  throw new MathError(`${name} needs a time series or an array of time series, got ${kindOf(value)}`);
}

export function seriesIn(name: string, value: Value | undefined): TimeSeries {
  if (value?.kind === "series") return value.series;
  throw new MathError(`${name} needs a time series, got ${value ? kindOf(value) : "nothing"}`);
}

/** An array; a single series counts as an array of one. */
export function itemsIn(name: string, value: Value | undefined): readonly TimeSeries[] {
  if (value?.kind === "array") return value.items;
  if (value?.kind === "series") return [value.series];
  throw new MathError(`${name} needs an array of time series, got ${value ? kindOf(value) : "nothing"}`);
}

export function numberIn(name: string, value: Value | undefined): number {
  if (value?.kind === "scalar") return value.value;
  throw new MathError(`${name} needs a scalar, got ${value ? kindOf(value) : "nothing"}`);
}
