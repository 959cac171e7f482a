import type { Collection } from "../kernel.ts";
import { copied, isSame } from "./entry.ts";

/** What became of a key: its new value (a copy), or that it is gone. */
export interface Change {
  readonly key: string;
  readonly value?: unknown;
}

/** `changes` are to be written; `accept` is called when they are. */
export interface Collected {
  readonly changes: readonly Change[];
  readonly accept: () => void;
}

/**
 * A collection that knows which of its entries may differ from what is on disk. Values are changed in place, so a
 * `get` marks its key and a walk over the values marks all; whether a marked value really changed is found out by
 * comparing it with a copy of what was written last.
 */
export class Tracked<T = unknown> {
  readonly items: Map<string, T>;
  readonly #saved: Map<string, unknown>;
  /** By key, when it was marked last. */
  readonly #marked = new Map<string, number>();
  readonly #gone = new Set<string>();
  #walked = -1;
  readonly #used: () => number;

  /** @param saved what is on disk. @param used called at every use; returns the present time in real milliseconds. */
  constructor(saved: Map<string, unknown>, used: () => number) {
    this.#saved = saved;
    this.items = new Map([...saved].map(([key, value]) => [key, copied(value) as T]));
    this.#used = used;
  }

  get collection(): Collection<T> {
    const { items } = this;
    const collection: Collection<T> = {
      get: (key) => {
        if (items.has(key)) this.#marked.set(key, this.#used());
        return items.get(key);
      },
      set: (key, value) => {
        if (!items.has(key)) this.#marked.delete(key); // a new key comes last, on disk as in memory
        this.#marked.set(key, this.#used());
        items.set(key, value);
        return items;
      },
      has: (key) => items.has(key),
      delete: (key) => this.#delete(key),
      clear: () => {
        for (const key of [...items.keys()]) this.#delete(key);
      },
      values: () => {
        this.#walked = this.#used();
        return items.values();
      },
      entries: () => {
        this.#walked = this.#used();
        return items.entries();
      },
      keys: () => items.keys(),
      get size() {
        return items.size;
      },
    };
    return collection;
  }

  #delete(key: string): boolean {
    this.#used();
    this.#marked.delete(key);
    if (this.#saved.has(key)) this.#gone.add(key);
    return this.items.delete(key);
  }

  /**
   * @param all compares every entry, not only the marked ones.
   * @param keepFrom marks of that time and later stay: who made them may still be about to change the value.
   */
  collect(all: boolean, keepFrom: number): Collected {
    const changes: Change[] = [...this.#gone].map((key) => ({ key }));
    const keys = all || this.#walked >= 0 ? this.items.keys() : this.#marked.keys();
    for (const key of keys) {
      if (!this.items.has(key)) continue;
      const value = this.items.get(key);
      const isNew = this.#gone.has(key) || !this.#saved.has(key);
      if (isNew || !isSame(value, this.#saved.get(key))) changes.push({ key, value: copied(value) });
    }
    return { changes, accept: () => this.#accept(changes, keepFrom) };
  }

  #accept(changes: readonly Change[], keepFrom: number): void {
    for (const change of changes)
      if ("value" in change) this.#saved.set(change.key, change.value);
      else this.#saved.delete(change.key);
    this.#gone.clear();
    for (const [key, time] of this.#marked) if (time < keepFrom) this.#marked.delete(key);
    if (this.#walked < keepFrom) this.#walked = -1;
  }

  /** Whether an entry was made, deleted, or got by its key and changed; what was only walked over is not looked at. */
  get hasChanged(): boolean {
    if (this.#gone.size > 0) return true;
    for (const key of this.#marked.keys())
      if (this.items.has(key) && !isSame(this.items.get(key), this.#saved.get(key))) return true;
    return false;
  }

  /** What is on disk. */
  get saved(): ReadonlyMap<string, unknown> {
    return this.#saved;
  }

  get isMarked(): boolean {
    return this.#walked >= 0 || this.#marked.size > 0 || this.#gone.size > 0;
  }
}
