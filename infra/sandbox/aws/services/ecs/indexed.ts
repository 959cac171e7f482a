import type { Collection } from "../../kernel.ts";

/**
 * A collection whose entries are also found by what they belong to, without a walk over all of them: a fleet has
 * hundreds of services, and each turn of one looks at its own tasks and deployments only. What entries belong to
 * never changes.
 */
export class Indexed<T> implements Collection<T> {
  readonly #items: Collection<T>;
  readonly #ownerOf: (item: T) => string | undefined;
  readonly #keys = new Map<string, Set<string>>();

  constructor(items: Collection<T>, ownerOf: (item: T) => string | undefined) {
    this.#items = items;
    this.#ownerOf = ownerOf;
    for (const [key, item] of items.entries()) this.#add(key, item);
  }

  /** What belongs to the owner, oldest first. */
  of(owner: string): T[] {
    return [...(this.#keys.get(owner) ?? [])].flatMap((key) => this.#items.get(key) ?? []);
  }

  get(key: string): T | undefined {
    return this.#items.get(key);
  }

  set(key: string, item: T): Map<string, T> {
    this.#add(key, item);
    return this.#items.set(key, item);
  }

  has(key: string): boolean {
    return this.#items.has(key);
  }

  delete(key: string): boolean {
    const item = this.#items.get(key);
    const owner = item === undefined ? undefined : this.#ownerOf(item);
    if (owner !== undefined) {
      const keys = this.#keys.get(owner);
      keys?.delete(key);
      if (keys?.size === 0) this.#keys.delete(owner);
    }
    return this.#items.delete(key);
  }

  clear(): void {
    this.#keys.clear();
    this.#items.clear();
  }

  values() {
    return this.#items.values();
  }

  keys() {
    return this.#items.keys();
  }

  entries() {
    return this.#items.entries();
  }

  get size(): number {
    return this.#items.size;
  }

  #add(key: string, item: T): void {
    const owner = this.#ownerOf(item);
    if (owner === undefined) return;
    const keys = this.#keys.get(owner) ?? new Set<string>();
    this.#keys.set(owner, keys.add(key));
  }
}
