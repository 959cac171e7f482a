import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { lineOf, parsedLine } from "../../state/line.ts";

/** One log line. Times are milliseconds since 1970, as the API has them. */
export interface LogEvent {
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
  /** Position in the stream since its beginning: tells equal lines of the same millisecond apart. */
  readonly sequence: number;
}

/** How many events of one stream are kept; older ones leave first, so that a chatty task cannot fill the memory. */
const kept = 20_000;

interface Stream {
  readonly events: LogEvent[];
  next: number;
  /** Events in the file, of which the oldest may no longer be kept. */
  written: number;
}

const byTime = (a: LogEvent, b: LogEvent): number => a.timestamp - b.timestamp || a.sequence - b.sequence;

/**
 * The events of all streams: in memory, and appended to one file per stream (its own random id, never its name).
 * A batch is one line with a checksum: a crash leaves all of it or nothing.
 */
export class EventStore {
  readonly #folder: string;
  readonly #afterCommit: (action: () => void) => void;
  readonly #streams = new Map<string, Stream>();

  /** @param afterCommit as `afterCommit` of State: events go when the state no longer names their stream. */
  constructor(folder: string, afterCommit: (action: () => void) => void) {
    this.#folder = folder;
    this.#afterCommit = afterCommit;
  }

  #file(stream: string): string {
    return join(this.#folder, `${stream}.jsonl`);
  }

  of(stream: string): LogEvent[] {
    return this.#open(stream).events;
  }

  #open(id: string): Stream {
    const known = this.#streams.get(id);
    if (known) return known;
    const file = this.#file(id);
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    const events = lines.flatMap((line) => (parsedLine(line) as LogEvent[] | undefined) ?? []);
    const next = events.reduce((highest, { sequence }) => Math.max(highest, sequence), -1) + 1;
    const stream = { events: events.sort(byTime).slice(-kept), next, written: events.length };
    this.#streams.set(id, stream);
    if (lines.length > 0 && lines.at(-1) !== "") this.#rewrite(id, stream); // the next line must not join a torn one
    return stream;
  }

  /** @returns what was added, each with its place in the stream. */
  append(id: string, given: readonly Omit<LogEvent, "sequence">[]): LogEvent[] {
    if (given.length === 0) return [];
    const stream = this.#open(id);
    const { events } = stream;
    const last = events.at(-1)?.timestamp ?? 0;
    const added = given.map((event, index) => ({ ...event, sequence: stream.next + index }));
    mkdirSync(this.#folder, { recursive: true });
    appendFileSync(this.#file(id), lineOf(added));
    stream.next += added.length;
    stream.written += added.length;
    events.push(...added);
    if ((added[0]?.timestamp ?? 0) < last) events.sort(byTime);
    if (events.length > kept * 1.1) events.splice(0, events.length - kept);
    if (stream.written > kept * 2) this.#rewrite(id, stream);
    return added;
  }

  #rewrite(id: string, stream: Stream): void {
    const temporary = `${this.#file(id)}.tmp`;
    writeFileSync(temporary, stream.events.length > 0 ? lineOf(stream.events) : "");
    renameSync(temporary, this.#file(id));
    stream.written = stream.events.length;
  }

  remove(id: string): void {
    this.#streams.delete(id);
    this.#afterCommit(() => rmSync(this.#file(id), { force: true }));
  }

  /** At the start: files of streams that a killed sandbox was just making or removing. */
  keepOnly(ids: Iterable<string>): void {
    if (!existsSync(this.#folder)) return;
    const known = new Set([...ids].map((id) => `${id}.jsonl`));
    for (const name of readdirSync(this.#folder))
      if (/^[0-9a-f]+\.jsonl(\.tmp)?$/.test(name) && !known.has(name))
        rmSync(join(this.#folder, name), { force: true });
  }
}
