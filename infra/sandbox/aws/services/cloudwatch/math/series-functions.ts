import { MathError } from "./tokens.ts";
import { type Grid, mapped, moments, perSeries, pointsAt, type TimeSeries, type Value } from "./values.ts";

/** Functions of the data points of one series. */
const entriesOf = ({ points }: TimeSeries): [at: number, value: number][] => [...points].sort(([a], [b]) => a - b);

/** From each data point and the one before it; the first one has no result. */
function pairwise(
  series: TimeSeries,
  compute: (now: [at: number, value: number], before: [at: number, value: number]) => number,
): TimeSeries {
  const entries = entriesOf(series);
  const points = new Map<number, number>();
  entries.forEach((entry, index) => {
    const before = entries[index - 1];
    const value = before ? compute(entry, before) : Number.NaN;
    if (Number.isFinite(value)) points.set(entry[0], value);
  });
  return { ...series, points };
}

function runningSum(series: TimeSeries): TimeSeries {
  let total = 0;
  return {
    ...series,
    points: new Map(
      entriesOf(series).map(([at, value]) => {
        total += value;
        return [at, total];
      }),
    ),
  };
}

const part =
  (read: (at: Date) => number) =>
  (series: TimeSeries, grid: Grid): TimeSeries => ({
    ...series,
    points: pointsAt(moments(grid), (at) => read(new Date(at * 1000))),
  });

/** Calendar functions give a series without gaps whose values say when each data point is, in UTC. */
const CALENDAR: Readonly<Record<string, (series: TimeSeries, grid: Grid) => TimeSeries>> = {
  EPOCH: part((at) => at.getTime() / 1000),
  MINUTE: part((at) => at.getUTCMinutes()),
  HOUR: part((at) => at.getUTCHours()),
  /** 1 is Monday: AWS's example selects weekdays with DAY(m1) < 6. */
  DAY: part((at) => at.getUTCDay() || 7),
  DATE: part((at) => at.getUTCDate()),
  MONTH: part((at) => at.getUTCMonth() + 1),
  YEAR: part((at) => at.getUTCFullYear()),
};

const SIMPLE: Readonly<Record<string, (series: TimeSeries) => TimeSeries>> = {
  ABS: (series) => mapped(series, Math.abs),
  CEIL: (series) => mapped(series, Math.ceil),
  FLOOR: (series) => mapped(series, Math.floor),
  LOG: (series) => mapped(series, Math.log),
  LOG10: (series) => mapped(series, Math.log10),
  RATE: (series) => pairwise(series, ([at, value], [earlier, last]) => (value - last) / (at - earlier)),
  DIFF: (series) => pairwise(series, ([, value], [, last]) => value - last),
  DIFF_TIME: (series) => pairwise(series, ([at], [earlier]) => at - earlier),
  RUNNING_SUM: runningSum,
};

export const seriesFunctions: readonly string[] = [...Object.keys(SIMPLE), ...Object.keys(CALENDAR)];

/** @returns undefined when no function of one series has this name. */
export function seriesFunction(name: string, value: Value | undefined, grid: Grid): Value | undefined {
  const [simple, calendar] = [SIMPLE[name], CALENDAR[name]];
  if (!simple && !calendar) return undefined;
  if (!value) throw new MathError(`${name} needs an argument`);
  return perSeries(name, value, (series) => simple?.(series) ?? calendar?.(series, grid) ?? series);
}

/** The straight line between the ends of each gap; nothing before the first and after the last data point. */
function interpolated(series: TimeSeries, at: number): number | undefined {
  const entries = entriesOf(series);
  const after = entries.find(([moment]) => moment > at);
  const before = entries.findLast(([moment]) => moment < at);
  if (!after || !before) return undefined;
  return before[1] + ((after[1] - before[1]) * (at - before[0])) / (after[0] - before[0]);
}

const repeated = (series: TimeSeries, at: number): number | undefined =>
  entriesOf(series).findLast(([moment]) => moment < at)?.[1];

/** FILL: what a missing data point becomes. */
export type Filler = { readonly word: "REPEAT" | "LINEAR" } | { readonly value: Value };

function fillerOf(series: TimeSeries, filler: Filler): (at: number) => number | undefined {
  if ("word" in filler) return (at) => (filler.word === "REPEAT" ? repeated(series, at) : interpolated(series, at));
  const { value } = filler;
  if (value.kind === "scalar") return () => value.value;
  if (value.kind === "series") return (at) => value.series.points.get(at);
  throw new MathError("FILL fills with a scalar, a time series, REPEAT or LINEAR, not with an array");
}

export function filled(series: TimeSeries, filler: Filler, grid: Grid): TimeSeries {
  const fill = fillerOf(series, filler);
  const at = [...new Set([...moments({ ...grid, period: series.period }), ...series.points.keys()])];
  return {
    ...series,
    points: pointsAt(
      at.sort((a, b) => a - b),
      (moment) => series.points.get(moment) ?? fill(moment),
    ),
  };
}
