import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { decoded, encoded } from "./entry.ts";
import { lineOf, parsedLine } from "./line.ts";
import type { Saved } from "./snapshot.ts";
import type { Change } from "./tracked.ts";

/** What one commit changed, of all services together: it is on disk whole or not at all. */
export type Commit = readonly { readonly service: string; readonly collection: string; readonly change: Change }[];

/** On disk: service, collection, key and, unless the entry is gone, its value. */
type Row = readonly [string, string, string] | readonly [string, string, string, unknown];

const rowOf = ({ service, collection, change }: Commit[number]): Row =>
  "value" in change ? [service, collection, change.key, encoded(change.value)] : [service, collection, change.key];

/**
 * A file that commits are appended to, a line each. Nothing waits for the disk (no fsync): what the kernel was given
 * survives the death of this process at any moment, which is what is promised; a power cut is not survived.
 */
export class Journal {
  readonly #file: string;
  #descriptor: number | undefined;
  #bytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws Error of the file system; then nothing of the commit is in the file. */
  append(commit: Commit): void {
    const line = Buffer.from(lineOf(commit.map(rowOf)));
    this.#descriptor ??= this.#open();
    try {
      for (let sent = 0; sent < line.length; )
        sent += writeSync(this.#descriptor, line, sent, line.length - sent, this.#bytes + sent);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#bytes);
      throw error;
    }
    this.#bytes += line.length;
  }

  #open(): number {
    const descriptor = openSync(this.#file, existsSync(this.#file) ? "r+" : "w", 0o600);
    this.#bytes = fstatSync(descriptor).size;
    return descriptor;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function apply(rows: readonly Row[], saved: Saved, isUsable: (service: string) => boolean): void {
  for (const [service, collection, key, ...value] of rows) {
    if (!isUsable(service)) continue;
    const collections = saved.get(service) ?? new Map<string, Map<string, unknown>>();
    saved.set(service, collections);
    const items = collections.get(collection) ?? new Map<string, unknown>();
    collections.set(collection, items);
    if (value.length > 0) items.set(key, decoded(value[0]));
    else items.delete(key);
  }
}

/**
 * Adds what the journal says to `saved`. A last line that was cut off was never acknowledged: it is taken off.
 * @returns why the journal is damaged elsewhere; what comes after that place is not applied.
 */
export function replay(file: string, saved: Saved, isUsable: (service: string) => boolean): string | undefined {
  const bytes = readFileSync(file);
  let start = 0;
  let number = 0;
  for (let end = bytes.indexOf(10, start); end >= 0; end = bytes.indexOf(10, start)) {
    number++;
    const rows = parsedLine(bytes.toString("utf8", start, end)) as readonly Row[] | undefined;
    if (rows === undefined) return `line ${number} does not match its checksum: it was cut off or edited`;
    apply(rows, saved, isUsable);
    start = end + 1;
  }
  if (start < bytes.length) truncateSync(file, start);
  return undefined;
}
