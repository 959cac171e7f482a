import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { decoded, encoded } from "./entry.ts";
import { lineOf, parsedLine } from "./line.ts";

/** What is on disk: entries by key, by collection, by service. */
export type Saved = Map<string, Map<string, Map<string, unknown>>>;

export type ReadonlySaved = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, unknown>>>;

/**
 * The whole state at one moment: a line with the format and the services' names, then a line per service, so that
 * damage to one service's line leaves the others readable.
 */
const format = 2;

interface ServiceLine {
  readonly service: string;
  readonly collections: Readonly<Record<string, readonly (readonly [string, unknown])[]>>;
}

interface Header {
  readonly format: unknown;
  readonly services: readonly string[];
}

function serviceLine(service: string, collections: ReadonlyMap<string, ReadonlyMap<string, unknown>>): string {
  const lists = [...collections].map(([name, items]) => [
    name,
    [...items].map(([key, value]) => [key, encoded(value)]),
  ]);
  return lineOf({ service, collections: Object.fromEntries(lists) });
}

/** The rename makes the new content appear whole or not at all; a crash before it leaves the old file. */
export function writeSnapshot(file: string, saved: ReadonlySaved): number {
  const lines = [...saved].map(([service, collections]) => serviceLine(service, collections));
  const text = lineOf({ format, services: [...saved.keys()] } satisfies Header) + lines.join("");
  const temporary = `${file}.tmp`;
  const descriptor = openSync(temporary, "w", 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
  return Buffer.byteLength(text);
}

function collectionsOf({ collections }: ServiceLine): Map<string, Map<string, unknown>> {
  const lists = Object.entries(collections);
  return new Map(lists.map(([name, items]) => [name, new Map(items.map(([key, value]) => [key, decoded(value)]))]));
}

export interface ReadSnapshot {
  readonly saved: Saved;
  /** Services whose line is missing or damaged; `undefined`: all, because the header is. */
  readonly lost: readonly string[] | undefined;
}

export function readSnapshot(file: string): ReadSnapshot {
  const [first = "", ...rest] = readFileSync(file, "utf8").split("\n");
  const header = parsedLine(first) as Header | undefined;
  if (header?.format !== format) return { saved: new Map(), lost: undefined };
  const lines = rest.flatMap((line) => (parsedLine(line) as ServiceLine | undefined) ?? []);
  const saved: Saved = new Map(lines.map((line) => [line.service, collectionsOf(line)]));
  return { saved, lost: header.services.filter((service) => !saved.has(service)) };
}
