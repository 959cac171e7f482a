import type { InputLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import type { ServiceContext } from "../../../kernel.ts";
import type { Output } from "./environment.ts";

const FLUSH_MS = 200; // real time: how long a line of a running function may wait for others
const BATCH_BYTES = 900_000; // below PutLogEvents' limit of 1 MiB
const BATCH_LINES = 5000;
const EVENT_OVERHEAD = 26;

export type LogFormat = "Text" | "JSON";

/** Where the lines of one execution environment go. */
export interface LogPlace {
  readonly group: string;
  readonly stream: string;
  readonly format: LogFormat;
}

/** A line of the platform itself: `START …` in text, `{ time, type: "platform.start", record }` in JSON. */
export interface PlatformLine {
  readonly type: string;
  readonly text: string;
  readonly record: Readonly<Record<string, unknown>>;
}

const isExisting = (error: unknown): boolean =>
  error instanceof Error && error.name === "ResourceAlreadyExistsException";

/** Batches the lines of one log stream into PutLogEvents calls, in order. Both are created with the first line. */
export class FunctionLog {
  readonly #context: ServiceContext;
  readonly #place: LogPlace;
  #lines: InputLogEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(context: ServiceContext, place: LogPlace) {
    this.#context = context;
    this.#place = place;
  }

  /** @returns the line as it is logged. */
  output({ text, level, requestId }: Output): string {
    const time = this.#context.clock.now().toISOString();
    if (level === undefined) return this.#write(text);
    if (this.#place.format === "JSON")
      return this.#write(JSON.stringify({ timestamp: time, level, requestId, message: text }));
    return this.#write(`${time}\t${requestId}\t${level}\t${text}`);
  }

  platform({ type, text, record }: PlatformLine): string {
    const time = this.#context.clock.now().toISOString();
    return this.#write(
      this.#place.format === "JSON" ? JSON.stringify({ time, type: `platform.${type}`, record }) : text,
    );
  }

  /** Until every line is in CloudWatch Logs. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length === 0) return this.#sending;
    this.#sending = (this.#sending ?? this.#open()).then(() => this.#send(lines));
    await this.#sending;
  }

  #write(message: string): string {
    if (message === "") return message; // CloudWatch Logs takes no empty messages
    this.#lines.push({ timestamp: this.#context.clock.now().getTime(), message });
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
    return message;
  }

  async #open(): Promise<void> {
    const { logs } = this.#context.aws;
    const { group: logGroupName, stream: logStreamName } = this.#place;
    try {
      await logs.createLogGroup({ logGroupName }).catch((error) => {
        if (!isExisting(error)) throw error;
      });
      await logs.createLogStream({ logGroupName, logStreamName });
    } catch (error) {
      if (!isExisting(error)) this.#context.log(`lambda: ${logGroupName} cannot be written: ${error}`);
    }
  }

  async #send(lines: readonly InputLogEvent[]): Promise<void> {
    const { group: logGroupName, stream: logStreamName } = this.#place;
    for (const logEvents of batches(lines)) {
      try {
        await this.#context.aws.logs.putLogEvents({ logGroupName, logStreamName, logEvents });
      } catch (error) {
        this.#context.log(`lambda: ${logEvents.length} log lines of ${logGroupName} were lost: ${error}`);
      }
    }
  }
}

function batches(lines: readonly InputLogEvent[]): InputLogEvent[][] {
  const all: InputLogEvent[][] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line.message ?? "") + EVENT_OVERHEAD;
    const last = all.at(-1);
    if (last && bytes + size <= BATCH_BYTES && last.length < BATCH_LINES) {
      last.push(line);
      bytes += size;
    } else {
      all.push([line]);
      bytes = size;
    }
  }
  return all;
}
