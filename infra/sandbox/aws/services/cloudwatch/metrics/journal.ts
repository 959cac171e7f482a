import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Dimension, MetricDatum } from "@aws-sdk/client-cloudwatch";
import { lineOf, parsedLine } from "../../../state/line.ts";
import type { Bucket } from "./bucket.ts";
import type { MetricStore } from "./series.ts";

/**
 * Data points on disk, so that they survive a restart and a kill: every put is one line at the end of one file, and a
 * file that has grown too long is rewritten with what is in memory. A state snapshot per put would cost far more.
 */
export const LONGEST_BYTES = 16 * 1024 * 1024;

type PutLine = { readonly put: string; readonly now: number; readonly data: readonly JournalDatum[] };
type JournalDatum = Omit<MetricDatum, "Timestamp"> & { readonly at?: number };
type BucketLine = {
  readonly bucket: readonly [namespace: string, name: string, dimensions: readonly Dimension[], unit: string];
  readonly start: number;
  readonly sums: readonly [sum: number, count: number, min: number, max: number, opaque: number];
  readonly values: readonly [number, number][];
};

function replay(store: MetricStore, line: PutLine | BucketLine): void {
  if ("put" in line) {
    for (const { at, ...datum } of line.data)
      store.put(line.put, { ...datum, Timestamp: at === undefined ? undefined : new Date(at) }, new Date(line.now));
    return;
  }
  const [namespace, name, dimensions, unit] = line.bucket;
  const [sum, count, min, max, opaque] = line.sums;
  const bucket: Bucket = { sum, count, min, max, opaque, values: new Map(line.values) };
  store.merge({ namespace, name, dimensions, unit, start: line.start, bucket });
}

function* linesOf(store: MetricStore): Generator<string> {
  for (const { namespace, name, dimensions, units } of store.all())
    for (const [unit, buckets] of units)
      for (const [start, { sum, count, min, max, opaque, values }] of buckets) {
        const line: BucketLine = {
          bucket: [namespace, name, dimensions, unit],
          start,
          sums: [sum, count, min, max, opaque],
          values: [...values],
        };
        yield lineOf(line);
      }
}

export class MetricJournal {
  readonly #file: string;
  readonly #store: MetricStore;
  readonly #longest: number;
  #bytes = 0;
  /** Bytes at which the file is rewritten: grows when what is in memory is itself long. */
  #limit: number;

  constructor(file: string, store: MetricStore, longest: number = LONGEST_BYTES) {
    this.#file = file;
    this.#store = store;
    this.#longest = longest;
    this.#limit = longest;
    this.#load();
  }

  #load(): void {
    if (!existsSync(this.#file)) return;
    for (const text of readFileSync(this.#file, "utf8").split("\n")) {
      // A line that a crash cut off is dropped: nobody was told that it is there.
      const line = text === "" ? undefined : (parsedLine(text) as PutLine | BucketLine | undefined);
      if (line) replay(this.#store, line);
    }
    this.#rewrite();
  }

  /** Call it after the store has taken the data: a rewrite writes what the store holds. */
  append(namespace: string, data: readonly MetricDatum[], now: Date): void {
    const line: PutLine = {
      put: namespace,
      now: now.getTime(),
      data: data.map(({ Timestamp, ...datum }) => ({ ...datum, at: Timestamp?.getTime() })),
    };
    const text = lineOf(line);
    mkdirSync(dirname(this.#file), { recursive: true });
    appendFileSync(this.#file, text);
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > this.#limit) this.#rewrite();
  }

  #rewrite(): void {
    const next = `${this.#file}.next`;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(next, "");
    let chunk = "";
    for (const line of linesOf(this.#store)) {
      chunk += line;
      if (chunk.length < 1_000_000) continue;
      appendFileSync(next, chunk);
      chunk = "";
    }
    appendFileSync(next, chunk);
    renameSync(next, this.#file);
    this.#bytes = statSync(this.#file).size;
    this.#limit = Math.max(this.#longest, 2 * this.#bytes);
  }
}
