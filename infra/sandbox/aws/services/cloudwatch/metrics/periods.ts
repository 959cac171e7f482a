import { AwsError } from "../../../kernel.ts";
import { type Bucket, mergeInto, newBucket } from "./bucket.ts";
import type { Series } from "./series.ts";

export interface Window {
  readonly start: Date;
  /** Exclusive. */
  readonly end: Date;
  /** Seconds. */
  readonly period: number;
}

/** The buckets from `first` to before `end`; by name when the stretch is short, else by looking at all. */
function* bucketsIn(buckets: ReadonlyMap<number, Bucket>, first: number, end: number, step: number) {
  if ((end - first) / step > buckets.size) {
    for (const [second, bucket] of buckets) if (second >= first && second < end) yield [second, bucket] as const;
    return;
  }
  for (let second = Math.ceil(first / step) * step; second < end; second += step) {
    const bucket = buckets.get(second);
    if (bucket) yield [second, bucket] as const;
  }
}

/**
 * What was put in each period that holds anything, oldest first.
 * @param unit only data with this unit; all data when absent.
 * @param anchor a second at which a period begins; periods are multiples of their length by default (inferred: AWS
 * documents only that the start is rounded down to a minute).
 */
export function periodsOf(
  series: Series | undefined,
  { start, end, period }: Window,
  { unit, anchor = 0 }: { unit?: string; anchor?: number } = {},
): [at: Date, bucket: Bucket][] {
  if (!series) return [];
  const offset = ((anchor % period) + period) % period;
  const beginOf = (second: number) => second - ((((second - offset) % period) + period) % period);
  const [first, to] = [beginOf(Math.floor(start.getTime() / 1000)), end.getTime() / 1000];
  const periods = new Map<number, Bucket>();
  for (const [name, buckets] of series.units) {
    if (unit !== undefined && unit !== name) continue;
    for (const [second, bucket] of bucketsIn(buckets, first, to, series.isFine ? 1 : 60)) {
      const at = beginOf(second);
      const merged = periods.get(at) ?? newBucket();
      periods.set(at, merged);
      mergeInto(merged, bucket);
    }
  }
  return [...periods].sort(([a], [b]) => a - b).map(([at, bucket]) => [new Date(at * 1000), bucket]);
}

const isPeriod = (period: number): boolean => [1, 5, 10, 20, 30].includes(period) || (period > 0 && period % 60 === 0);

export const periodProblem = (period: number, at = "Period"): string[] =>
  isPeriod(period) ? [] : [`${at} must be 1, 5, 10, 20, 30 or a multiple of 60 seconds, got ${period}`];

export const orderProblem = ({ start, end }: Pick<Window, "start" | "end">): string[] =>
  start < end ? [] : [`StartTime must be before EndTime, got ${start.toISOString()} and ${end.toISOString()}`];

/** @throws AwsError InvalidParameterValue that names every problem. */
export function checkWindow(window: Window): void {
  const problems = [...orderProblem(window), ...periodProblem(window.period)];
  if (problems.length > 0) throw new AwsError("InvalidParameterValue", `${problems.join("; ")}.`);
}
