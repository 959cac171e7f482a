import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

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

function parsedLine(line: string): LogEvent | undefined {
  try {
    const event = JSON.parse(line) as LogEvent;
    return typeof event.timestamp === "number" && typeof event.message === "string" ? event : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The events of all streams: in memory, and appended to one file per stream (its own random id, never its name).
 * A line that a crash cut off is dropped when the file is read again.
 */
export class EventStore {
  readonly #folder: string;
  readonly #events = new Map<string, LogEvent[]>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  #file(stream: string): string {
    return join(this.#folder, `${stream}.jsonl`);
  }

  of(stream: string): LogEvent[] {
    const known = this.#events.get(stream);
    if (known) return known;
    const text = existsSync(this.#file(stream)) ? readFileSync(this.#file(stream), "utf8") : "";
    const events = text
      .split("\n")
      .flatMap((line) => parsedLine(line) ?? [])
      .slice(-kept);
    this.#events.set(stream, events);
    return events;
  }

  append(stream: string, given: readonly Omit<LogEvent, "sequence">[]): void {
    const events = this.of(stream);
    const last = events.at(-1)?.timestamp ?? 0;
    const next = events.reduce((highest, { sequence }) => Math.max(highest, sequence), -1) + 1;
    const added = given.map((event, index) => ({ ...event, sequence: next + index }));
    events.push(...added);
    if ((added[0]?.timestamp ?? 0) < last) events.sort((a, b) => a.timestamp - b.timestamp);
    if (events.length > kept * 1.1) events.splice(0, events.length - kept);
    mkdirSync(this.#folder, { recursive: true });
    appendFileSync(this.#file(stream), added.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }

  remove(stream: string): void {
    this.#events.delete(stream);
    rmSync(this.#file(stream), { force: true });
  }
}
