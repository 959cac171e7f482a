import { QueryValues } from "../math/queries.ts";
import { MathError } from "../math/tokens.ts";
import { periodsOf } from "../metrics/periods.ts";
import { readStat } from "../metrics/reader.ts";
import type { MetricStore } from "../metrics/series.ts";
import { percentOf, statisticOf } from "../metrics/statistics.ts";
import { type Decision, decide, EXTRA_PERIODS, isLowSample, type MissingData, type Point } from "./evaluation.ts";
import type { StoredMetricAlarm } from "./model.ts";
import { type Explained, reasonData, reasonOf } from "./reasons.ts";

/** Compares a metric alarm with its data at one moment. */
const DEFAULT_PERIOD = 60;

export function periodOf({ Period, Metrics = [] }: StoredMetricAlarm): number {
  const longest = Metrics.reduce((most, query) => Math.max(most, query.MetricStat?.Period ?? query.Period ?? 0), 0);
  return Period ?? (longest > 0 ? longest : DEFAULT_PERIOD);
}

/**
 * The end of the newest period, in seconds since 1970: the last whole minute (or ten seconds, for periods below a
 * minute). Longer periods slide with it, as the times in AWS's events show: a 300 s period beginning at 16:59.
 */
export function endOf(alarm: StoredMetricAlarm, now: Date): number {
  const step = periodOf(alarm) < 60 ? 10 : 60;
  return Math.floor(now.getTime() / 1000 / step) * step;
}

/** Changes whenever data of one of the alarm's metrics came. */
export function versionOf(alarm: StoredMetricAlarm, store: MetricStore): number {
  const metrics = alarm.MetricName
    ? [alarm]
    : (alarm.Metrics ?? []).flatMap(({ MetricStat }) => (MetricStat?.Metric ? [MetricStat.Metric] : []));
  return metrics.reduce(
    (sum, { Namespace = "", MetricName = "", Dimensions = [] }) =>
      sum + (store.get(Namespace, MetricName, Dimensions)?.version ?? 0),
    0,
  );
}

export const conditionOf = (alarm: StoredMetricAlarm): Explained => ({
  periods: alarm.EvaluationPeriods ?? 1,
  toAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods ?? 1,
  threshold: alarm.Threshold ?? 0,
  operator: alarm.ComparisonOperator ?? "GreaterThanThreshold",
  missing: (alarm.TreatMissingData ?? "missing") as MissingData,
  isOutOf: alarm.DatapointsToAlarm !== undefined,
});

interface Range {
  readonly starts: readonly number[];
  readonly start: Date;
  readonly end: Date;
  readonly anchor: number;
}

function rangeOf(alarm: StoredMetricAlarm, end: number): Range {
  const period = periodOf(alarm);
  const count = (alarm.EvaluationPeriods ?? 1) + EXTRA_PERIODS;
  const start = end - count * period;
  const starts = Array.from({ length: count }, (_, index) => start + index * period);
  return { starts, start: new Date(start * 1000), end: new Date(end * 1000), anchor: end };
}

function ofMetric(alarm: StoredMetricAlarm, store: MetricStore, range: Range): Point[] {
  const { Namespace = "", MetricName = "", Dimensions = [], Unit: unit } = alarm;
  const statistic = statisticOf(alarm.Statistic ?? alarm.ExtendedStatistic ?? "");
  const window = { start: range.start, end: range.end, period: periodOf(alarm) };
  const buckets = new Map(
    periodsOf(store.get(Namespace, MetricName, Dimensions), window, { unit, anchor: range.anchor }).map(
      ([at, bucket]) => [at.getTime() / 1000, bucket] as const,
    ),
  );
  return range.starts.map((at) => {
    const bucket = buckets.get(at);
    return { at, value: bucket && statistic(bucket), samples: bucket?.count };
  });
}

function ofExpression(alarm: StoredMetricAlarm, store: MetricStore, range: Range): Point[] {
  const queries = alarm.Metrics ?? [];
  const values = new QueryValues(queries, {
    read: (stat) => readStat(store, stat, range),
    search: () => {
      throw new MathError("an alarm cannot be based on a SEARCH expression");
    },
    start: range.start.getTime() / 1000,
    end: range.end.getTime() / 1000,
    anchor: range.anchor,
  });
  const shown = queries.find(({ ReturnData }) => ReturnData !== false);
  const [series] = values.seriesOf(shown?.Id ?? "");
  return range.starts.map((at) => ({ at, value: series?.points.get(at) }));
}

/** Percentiles of few samples keep the state when the alarm says `ignore`. */
function isTooFew(alarm: StoredMetricAlarm, { evaluated }: Decision): boolean {
  const percent = percentOf(alarm.ExtendedStatistic ?? "");
  if (percent === undefined || alarm.EvaluateLowSampleCountPercentile !== "ignore") return false;
  return isLowSample(
    percent,
    evaluated.reduce((sum, { samples = 0 }) => sum + samples, 0),
  );
}

export interface Compared {
  readonly state: Decision["state"];
  readonly reason: string;
  readonly reasonData: string;
}

/** @throws MathError when the alarm's expression cannot be computed. */
export function compare(alarm: StoredMetricAlarm, store: MetricStore, now: Date): Compared {
  const range = rangeOf(alarm, endOf(alarm, now));
  const points = alarm.MetricName ? ofMetric(alarm, store, range) : ofExpression(alarm, store, range);
  const condition = conditionOf(alarm);
  const decision = decide(points, condition);
  if (decision.state === "retain" || isTooFew(alarm, decision)) return { state: "retain", reason: "", reasonData: "" };
  const facts = {
    now,
    period: periodOf(alarm),
    statistic: alarm.Statistic ?? alarm.ExtendedStatistic,
    unit: alarm.Unit,
  };
  return {
    state: decision.state,
    reason: reasonOf(decision, { from: alarm.StateValue, to: decision.state }, condition),
    reasonData: reasonData(decision, condition, facts),
  };
}
