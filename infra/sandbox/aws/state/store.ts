import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Collection, State } from "../kernel.ts";
import { type Collections, parseSnapshot, snapshotText } from "./snapshot.ts";

/** The state of one service: in memory, and written to one file shortly after it was used. */
export interface Store {
  readonly state: State;
  /** Writes now what is not yet on disk. */
  readonly flush: () => void;
}

export interface StoreOptions {
  /** The service's file, e.g. `<dataDir>/state/ecs.json`; `undefined` keeps everything in memory. */
  readonly file: string | undefined;
  readonly log: (line: string) => void;
  /** Real milliseconds between a use and the write; not sandbox time, because disks do not run faster. */
  readonly delay?: number;
}

function setAside(file: string, reason: string, log: (line: string) => void): void {
  let n = 1;
  while (existsSync(`${file}.corrupt-${n}`)) n++;
  renameSync(file, `${file}.corrupt-${n}`);
  log(`state ${file} is not usable (${reason}); it was set aside as ${file}.corrupt-${n} and the service starts empty`);
}

function load(file: string, log: (line: string) => void): { collections: Collections; text: string } {
  if (!existsSync(file)) return { collections: new Map(), text: "" };
  const text = readFileSync(file, "utf8");
  try {
    return { collections: parseSnapshot(text), text };
  } catch (error) {
    setAside(file, error instanceof Error ? error.message : String(error), log);
    return { collections: new Map(), text: "" };
  }
}

/** The rename makes the new content appear whole or not at all; a crash before it leaves the old file. */
function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.tmp`;
  const descriptor = openSync(temporary, "w");
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}

/** A map that says when it was used: objects in it may be changed in place, so reading is a use too. */
function watched<T>(items: Map<string, T>, used: () => void): Collection<T> {
  const noting = <A extends unknown[], R>(method: (...given: A) => R) => {
    return (...given: A): R => {
      used();
      return method.apply(items, given);
    };
  };
  const collection: Collection<T> = {
    get: noting(items.get),
    set: (key, value) => {
      used();
      items.set(key, value);
      return items;
    },
    has: (key) => items.has(key),
    delete: noting(items.delete),
    values: noting(items.values),
    keys: () => items.keys(),
    entries: noting(items.entries),
    clear: noting(items.clear),
    get size() {
      return items.size;
    },
  };
  return collection;
}

export function openStore({ file, log, delay = 500 }: StoreOptions): Store {
  const { collections, text } = file ? load(file, log) : { collections: new Map(), text: "" };
  let written = text;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (!file || collections.size === 0) return;
    const next = snapshotText(collections);
    if (next === written) return;
    writeWhole(file, next);
    written = next;
  };
  const used = () => {
    if (!file || timer) return;
    timer = setTimeout(() => {
      try {
        flush();
      } catch (error) {
        log(`state ${file} could not be written: ${error instanceof Error ? error.message : error}`);
      }
    }, delay);
    timer.unref();
  };
  const collection = <T>(name: string): Collection<T> => {
    const known = collections.get(name) ?? new Map<string, unknown>();
    collections.set(name, known);
    return watched(known as Map<string, T>, used);
  };
  return { state: { collection }, flush };
}
