import type { Dimension, MetricDatum } from "@aws-sdk/client-cloudwatch";

/** Values of one metric in one stretch of time: the sums that most statistics need, and how often each value came. */
export interface Bucket {
  sum: number;
  count: number;
  min: number;
  max: number;
  readonly values: Map<number, number>;
}

export interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  unit: string;
  /** By start in seconds since 1970, oldest first. */
  readonly buckets: Map<number, Bucket>;
}

/** Seconds: what a bucket spans, by the metric's storage resolution. */
const standard = 60;
/** Buckets kept per metric: more than a day of minutes. Older ones leave, so that memory stays bounded. */
const kept = 1_500;
/** Different values kept exactly in one bucket; beyond that, values are rounded to three digits. */
const exact = 2_000;

export const newBucket = (): Bucket => ({
  sum: 0,
  count: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  values: new Map(),
});

function addValue(bucket: Bucket, value: number, count: number): void {
  bucket.sum += value * count;
  bucket.count += count;
  bucket.min = Math.min(bucket.min, value);
  bucket.max = Math.max(bucket.max, value);
  const key = bucket.values.size < exact || bucket.values.has(value) ? value : Number(value.toPrecision(3));
  bucket.values.set(key, (bucket.values.get(key) ?? 0) + count);
}

export function mergeInto(target: Bucket, { sum, count, min, max, values }: Bucket): void {
  target.sum += sum;
  target.count += count;
  target.min = Math.min(target.min, min);
  target.max = Math.max(target.max, max);
  for (const [value, times] of values) target.values.set(value, (target.values.get(value) ?? 0) + times);
}

function addDatum(bucket: Bucket, { Value, Values, Counts, StatisticValues: set }: MetricDatum): void {
  if (Value !== undefined) addValue(bucket, Value, 1);
  (Values ?? []).forEach((value, index) => {
    addValue(bucket, value, Counts?.[index] ?? 1);
  });
  if (!set) return;
  // A statistic set keeps its sums; its values are unknown, so percentiles do not count them (as at AWS).
  bucket.sum += set.Sum ?? 0;
  bucket.count += set.SampleCount ?? 0;
  bucket.min = Math.min(bucket.min, set.Minimum ?? Number.POSITIVE_INFINITY);
  bucket.max = Math.max(bucket.max, set.Maximum ?? Number.NEGATIVE_INFINITY);
}

export const seriesKey = (namespace: string, name: string, dimensions: readonly Dimension[]): string =>
  JSON.stringify([namespace, name, ...dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort()]);

export class MetricStore {
  readonly #series = new Map<string, Series>();

  put(namespace: string, datum: MetricDatum, now: Date): void {
    const { MetricName: name = "", Dimensions: dimensions = [], Unit = "None" } = datum;
    const key = seriesKey(namespace, name, dimensions);
    const series = this.#series.get(key) ?? {
      namespace,
      name,
      dimensions,
      unit: Unit,
      buckets: new Map<number, Bucket>(),
    };
    this.#series.set(key, series);
    const span = datum.StorageResolution === 1 ? 1 : standard;
    const second = Math.floor((datum.Timestamp ?? now).getTime() / 1000);
    const start = second - (second % span);
    const bucket = series.buckets.get(start) ?? newBucket();
    series.buckets.set(start, bucket);
    addDatum(bucket, datum);
    for (const oldest of series.buckets.keys()) {
      if (series.buckets.size <= kept) break;
      series.buckets.delete(oldest);
    }
  }

  get(namespace: string, name: string, dimensions: readonly Dimension[]): Series | undefined {
    return this.#series.get(seriesKey(namespace, name, dimensions));
  }

  all(): Series[] {
    return [...this.#series.values()];
  }
}
