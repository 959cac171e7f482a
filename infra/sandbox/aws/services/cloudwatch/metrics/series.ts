import type { Dimension, MetricDatum } from "@aws-sdk/client-cloudwatch";
import { addDatum, type Bucket, mergeInto, newBucket } from "./bucket.ts";

/** One metric: a namespace, a name and a set of dimensions, with what was put, per unit. */
export interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  /** By unit, then by start in seconds since 1970. */
  readonly units: Map<string, Map<number, Bucket>>;
  /** Counts the puts, so that who watches the metric knows whether anything came. */
  version: number;
  /** Seconds since 1970 of the newest data point. */
  newest: number;
  /** A metric with data of one-second resolution; its buckets may begin at any second. */
  isFine: boolean;
}

/** Seconds: what a bucket of standard resolution spans. */
const STANDARD = 60;
/** Buckets kept per metric and unit: more than a day of minutes. Older ones leave, so that memory stays bounded. */
const KEPT = 1_500;
/** Buckets of all metrics together; beyond that, every metric keeps the newest `KEPT_WHEN_FULL`. */
const KEPT_IN_ALL = 250_000;
const KEPT_WHEN_FULL = 180;
/** AWS keeps points of less than a minute for three hours, then per minute. */
const FINE_SECONDS = 3 * 60 * 60;

export const seriesKey = (namespace: string, name: string, dimensions: readonly Dimension[]): string =>
  JSON.stringify([namespace, name, ...dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort()]);

const startOf = (second: number, span: number): number => second - (second % span);

function dropOldest(buckets: Map<number, Bucket>, keep: number): number {
  if (buckets.size <= keep) return 0;
  const starts = [...buckets.keys()].sort((a, b) => a - b).slice(0, buckets.size - keep);
  for (const start of starts) buckets.delete(start);
  return starts.length;
}

/** Moves what is older than three hours into buckets of a minute. @returns how many buckets that saved. */
function coarsen(buckets: Map<number, Bucket>, before: number): number {
  const size = buckets.size;
  for (const [start, bucket] of [...buckets]) {
    if (start >= before || start % STANDARD === 0) continue;
    const minute = buckets.get(startOf(start, STANDARD)) ?? newBucket();
    mergeInto(minute, bucket);
    buckets.set(startOf(start, STANDARD), minute);
    buckets.delete(start);
  }
  return size - buckets.size;
}

/** All metrics, in memory and bounded. */
export class MetricStore {
  readonly #series = new Map<string, Series>();
  #size = 0;
  /** Counts the puts of all metrics. */
  version = 0;

  put(namespace: string, datum: MetricDatum, now: Date): void {
    const span = datum.StorageResolution === 1 ? 1 : STANDARD;
    const second = Math.floor((datum.Timestamp ?? now).getTime() / 1000);
    const bucket = newBucket();
    addDatum(bucket, datum);
    const { MetricName: name = "", Dimensions: dimensions = [], Unit = "None" } = datum;
    this.merge({ namespace, name, dimensions, unit: Unit, start: startOf(second, span), bucket });
  }

  merge(at: {
    namespace: string;
    name: string;
    dimensions: readonly Dimension[];
    unit: string;
    start: number;
    bucket: Bucket;
  }): void {
    const series = this.#seriesOf(at.namespace, at.name, at.dimensions);
    const buckets = series.units.get(at.unit) ?? new Map<number, Bucket>();
    series.units.set(at.unit, buckets);
    const known = buckets.get(at.start);
    if (known) mergeInto(known, at.bucket);
    else buckets.set(at.start, at.bucket);
    this.#size += known ? 0 : 1;
    series.version++;
    this.version++;
    series.newest = Math.max(series.newest, at.start);
    if (at.start % STANDARD !== 0) series.isFine = true;
    this.#bound(series, buckets);
  }

  #seriesOf(namespace: string, name: string, dimensions: readonly Dimension[]): Series {
    const key = seriesKey(namespace, name, dimensions);
    const known = this.#series.get(key);
    if (known) return known;
    const series = { namespace, name, dimensions, units: new Map(), version: 0, newest: 0, isFine: false };
    this.#series.set(key, series);
    return series;
  }

  #bound(series: Series, buckets: Map<number, Bucket>): void {
    if (buckets.size > KEPT * 1.1) {
      if (series.isFine) this.#size -= coarsen(buckets, startOf(series.newest - FINE_SECONDS, STANDARD));
      this.#size -= dropOldest(buckets, KEPT);
    }
    if (this.#size > KEPT_IN_ALL)
      for (const { units } of this.#series.values())
        for (const each of units.values()) this.#size -= dropOldest(each, KEPT_WHEN_FULL);
  }

  get(namespace: string, name: string, dimensions: readonly Dimension[]): Series | undefined {
    return this.#series.get(seriesKey(namespace, name, dimensions));
  }

  all(): Series[] {
    return [...this.#series.values()];
  }
}
