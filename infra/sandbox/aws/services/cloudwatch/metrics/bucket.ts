import type { MetricDatum } from "@aws-sdk/client-cloudwatch";

/** Values of one metric in one stretch of time: the sums that most statistics need, and how often each value came. */
export interface Bucket {
  sum: number;
  count: number;
  min: number;
  max: number;
  /** Samples that came in a statistic set, whose single values nobody knows. */
  opaque: number;
  readonly values: Map<number, number>;
}

/** Different values kept exactly in one bucket; beyond that, values are rounded to three digits. */
const EXACT = 2_000;

export const newBucket = (): Bucket => ({
  sum: 0,
  count: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  opaque: 0,
  values: new Map(),
});

function addValue(bucket: Bucket, value: number, count: number): void {
  bucket.sum += value * count;
  bucket.count += count;
  bucket.min = Math.min(bucket.min, value);
  bucket.max = Math.max(bucket.max, value);
  const key = bucket.values.size < EXACT || bucket.values.has(value) ? value : Number(value.toPrecision(3));
  bucket.values.set(key, (bucket.values.get(key) ?? 0) + count);
}

export function mergeInto(target: Bucket, { sum, count, min, max, opaque, values }: Bucket): void {
  target.sum += sum;
  target.count += count;
  target.min = Math.min(target.min, min);
  target.max = Math.max(target.max, max);
  target.opaque += opaque;
  for (const [value, times] of values) target.values.set(value, (target.values.get(value) ?? 0) + times);
}

/**
 * A statistic set keeps its sums. Its values are known only when they are all equal (AWS documents the same rule for
 * percentiles); otherwise percentiles of the bucket cannot be computed.
 */
function addSet(bucket: Bucket, set: NonNullable<MetricDatum["StatisticValues"]>): void {
  const { Sum = 0, SampleCount = 0, Minimum = 0, Maximum = 0 } = set;
  if (Minimum === Maximum && Sum === Minimum * SampleCount) {
    addValue(bucket, Minimum, SampleCount);
    return;
  }
  bucket.sum += Sum;
  bucket.count += SampleCount;
  bucket.min = Math.min(bucket.min, Minimum);
  bucket.max = Math.max(bucket.max, Maximum);
  bucket.opaque += SampleCount;
}

export function addDatum(bucket: Bucket, { Value, Values, Counts, StatisticValues }: MetricDatum): void {
  if (Value !== undefined) addValue(bucket, Value, 1);
  (Values ?? []).forEach((value, index) => {
    addValue(bucket, value, Counts?.[index] ?? 1);
  });
  if (StatisticValues) addSet(bucket, StatisticValues);
}
