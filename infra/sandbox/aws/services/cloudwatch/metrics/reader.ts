import type { MetricStat } from "../math/queries.ts";
import { searchTest } from "../math/search.ts";
import type { TimeSeries } from "../math/values.ts";
import { periodsOf } from "./periods.ts";
import type { MetricStore, Series } from "./series.ts";
import { statisticOf } from "./statistics.ts";

/** Reads metrics as metric math sees them. */
export interface Range {
  readonly start: Date;
  readonly end: Date;
  /** Second at which periods begin; see `periodsOf`. */
  readonly anchor?: number;
}

interface Read extends Range {
  readonly stat: string;
  readonly period: number;
  readonly unit?: string;
  readonly label: string;
}

function seriesFrom(series: Series | undefined, { start, end, anchor, stat, period, unit, label }: Read): TimeSeries {
  const statistic = statisticOf(stat);
  const points = periodsOf(series, { start, end, period }, { unit, anchor }).flatMap(([at, bucket]) => {
    const value = statistic(bucket);
    return value === undefined ? [] : [[at.getTime() / 1000, value] as const];
  });
  return { label, period, points: new Map(points) };
}

export function readStat(
  store: MetricStore,
  { Metric, Period = 60, Stat = "", Unit }: MetricStat,
  range: Range,
): TimeSeries {
  const name = Metric?.MetricName ?? "";
  const series = store.get(Metric?.Namespace ?? "", name, Metric?.Dimensions ?? []);
  return seriesFrom(series, { ...range, stat: Stat, period: Period, unit: Unit, label: name });
}

/** AWS's limit of a search: 100 time series. */
const FOUND = 100;

/** The metrics that a SEARCH finds, named by the values of their dimensions. */
export function search(
  store: MetricStore,
  expression: string,
  read: { stat: string; period: number } & Range,
): TimeSeries[] {
  const matches = searchTest(expression);
  return store
    .all()
    .filter(matches)
    .slice(0, FOUND)
    .map((series) => {
      const values = series.dimensions.map(({ Value }) => Value).join(" ");
      return seriesFrom(series, { ...read, label: `${values} ${series.name}`.trim() });
    });
}
