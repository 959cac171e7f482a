import { isRecord } from "../../../wire/values.ts";
import type { LogEvent } from "../events.ts";
import type { Row, Value } from "./values.ts";

/** The fields of one log line: AWS's own, and those that are found in JSON. */
const MOST_FIELDS = 200;

export interface Origin {
  /** `<account>:<group>` */
  readonly log: string;
  readonly stream: string;
  readonly pointer: string;
}

function flatten(value: unknown, path: string, into: Map<string, Value>): void {
  if (into.size >= MOST_FIELDS || value === null) return;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    if (path && !into.has(path)) into.set(path, value);
    return;
  }
  const entries = Array.isArray(value) ? [...value.entries()] : isRecord(value) ? Object.entries(value) : [];
  for (const [name, item] of entries) flatten(item, path ? `${path}.${name}` : String(name), into);
}

/** JSON may stand alone or after other text, as logging libraries write it. */
function jsonIn(message: string): unknown {
  const start = message.indexOf("{");
  if (start < 0 || message.trimEnd().at(-1) !== "}") return undefined;
  try {
    return JSON.parse(message.slice(start));
  } catch {
    return undefined;
  }
}

export function rowOf({ timestamp, ingestionTime, message }: LogEvent, { log, stream, pointer }: Origin): Row {
  const row = new Map<string, Value>([
    ["@timestamp", { ms: timestamp }],
    ["@message", message],
    ["@logStream", stream],
    ["@log", log],
    ["@ingestionTime", { ms: ingestionTime }],
    ["@ptr", pointer],
  ]);
  flatten(jsonIn(message), "", row);
  return row;
}
