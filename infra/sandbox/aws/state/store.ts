import type { State } from "../kernel.ts";
import { type Generation, newGeneration, openFolder } from "./folder.ts";
import type { Commit } from "./journal.ts";
import type { Saved } from "./snapshot.ts";
import { type Collected, Tracked } from "./tracked.ts";

/**
 * The state of all services: in memory and, when a folder is given, on disk before any answer leaves. What a killed
 * sandbox had answered is there after its next start; what it had not is there whole or not at all.
 */
export interface Store {
  /** The collections of one service. */
  readonly state: (service: string) => State;
  /**
   * A request begins. The function that is returned is called when its answer is ready and before it leaves: it writes
   * what changed, and throws when that fails.
   */
  readonly begin: () => Finish;
  /** Writes everything that changed. */
  readonly commit: () => void;
  /** Commits and lets go of the files. */
  readonly close: () => void;
}

/**
 * @param isRead the request was to change nothing: when no entry that it or anybody got by key has changed, what others
 *   may have changed meanwhile is left to the next write or the background, so that reads stay cheap in a large state.
 */
export type Finish = (isRead?: boolean) => void;

export interface StoreOptions {
  /** E.g. `<dataDir>/state`; `undefined` keeps everything in memory, at no cost. */
  readonly folder: string | undefined;
  readonly log: (line: string) => void;
  /**
   * Real milliseconds until what changed without a request is written; not sandbox time, because disks do not run
   * faster. Longer when the state is so large that comparing it would take more than a twentieth of the time.
   */
  readonly delay?: number;
}

/** Real milliseconds between two comparisons of everything: for values that were kept and changed without any use. */
const FULL_MS = 1000;
const SHARE = 20;
/**
 * Real milliseconds for which a used value is compared at every commit: work in the background gets a value, waits for
 * another service and then changes it. Requests have theirs compared for as long as they take.
 */
const KEPT_MS = 1000;
/** A journal longer than this, and than twice its snapshot, is replaced by a new snapshot. */
const JOURNAL_BYTES = 8 * 1024 * 1024;

function inMemory(): Store {
  const services = new Map<string, Map<string, Map<string, unknown>>>();
  const state = (service: string): State => {
    const collections = services.get(service) ?? new Map<string, Map<string, unknown>>();
    services.set(service, collections);
    return {
      collection: <T>(name: string) => {
        const known = collections.get(name) ?? new Map<string, unknown>();
        collections.set(name, known);
        return known as Map<string, T>;
      },
      afterCommit: (action) => action(),
    };
  };
  return { state, begin: () => () => {}, commit: () => {}, close: () => {} };
}

class DurableStore implements Store {
  readonly #folder: string;
  readonly #log: (line: string) => void;
  readonly #delay: number;
  readonly #services = new Map<string, Map<string, Tracked>>();
  readonly #loaded: Saved;
  #generation: Generation;
  readonly #requests = new Set<{ readonly since: number }>();
  #actions: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastFull = 0;
  #lastCost = 0;
  #isClosed = false;

  constructor(folder: string, { log, delay = 100 }: StoreOptions) {
    this.#folder = folder;
    this.#log = log;
    this.#delay = delay;
    const { saved, generation } = openFolder(folder, log);
    this.#loaded = saved;
    this.#generation = generation;
  }

  readonly state = (service: string): State => {
    const tracked = this.#services.get(service) ?? new Map<string, Tracked>();
    this.#services.set(service, tracked);
    // Collections that no code asks for any more stay as they are on disk.
    for (const [name, items] of this.#loaded.get(service) ?? []) tracked.set(name, new Tracked(items, this.#used));
    this.#loaded.delete(service);
    return {
      collection: <T>(name: string) => {
        const known = tracked.get(name) ?? new Tracked(new Map(), this.#used);
        tracked.set(name, known);
        return (known as Tracked<T>).collection;
      },
      afterCommit: (action) => {
        this.#used();
        this.#actions.push(action);
      },
    };
  };

  readonly begin = (): Finish => {
    const request = { since: performance.now() };
    this.#requests.add(request);
    return (isRead = false) => {
      this.#requests.delete(request);
      if (!isRead || this.#hasChanged()) this.commit();
    };
  };

  readonly commit = (): void => this.#write(false);

  readonly close = (): void => {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#write(true);
    this.#generation.journal.close();
  };

  readonly #used = (): number => {
    this.#plan(this.#wait());
    return performance.now();
  };

  #wait(): number {
    return Math.max(this.#delay, this.#lastCost * SHARE);
  }

  #plan(ms: number): void {
    if (this.#timer || this.#isClosed) return;
    this.#timer = setTimeout(() => this.#background(), ms);
    this.#timer.unref();
  }

  #background(): void {
    this.#timer = undefined;
    const started = performance.now();
    const isFull = started - this.#lastFull >= FULL_MS;
    try {
      this.#write(isFull);
      if (this.#isLong()) this.#compact();
    } catch (error) {
      this.#log(`state in ${this.#folder} could not be written: ${error instanceof Error ? error.message : error}`);
    }
    const ended = performance.now();
    this.#lastCost = ended - started;
    if (isFull) this.#lastFull = ended;
    else this.#plan(Math.max(this.#wait(), FULL_MS));
  }

  #write(all: boolean): void {
    const keepFrom = Math.min(performance.now() - KEPT_MS, ...[...this.#requests].map(({ since }) => since));
    const collected: Collected[] = [];
    const commit: Commit[number][] = [];
    for (const [service, collections] of this.#services)
      for (const [collection, tracked] of collections) {
        if (!all && !tracked.isMarked) continue;
        const found = tracked.collect(all, keepFrom);
        collected.push(found);
        for (const change of found.changes) commit.push({ service, collection, change });
      }
    if (commit.length > 0) this.#generation.journal.append(commit);
    for (const { accept } of collected) accept();
    this.#act();
  }

  #hasChanged(): boolean {
    for (const collections of this.#services.values())
      for (const tracked of collections.values()) if (tracked.hasChanged) return true;
    return false;
  }

  #act(): void {
    const actions = this.#actions;
    this.#actions = [];
    for (const action of actions) action();
  }

  #isLong(): boolean {
    return this.#generation.journal.bytes > Math.max(JOURNAL_BYTES, 2 * this.#generation.snapshotBytes);
  }

  #compact(): void {
    const { number, journal } = this.#generation;
    const saved = new Map<string, ReadonlyMap<string, ReadonlyMap<string, unknown>>>(this.#loaded); // services that this sandbox was started without
    for (const [service, collections] of this.#services)
      saved.set(service, new Map([...collections].map(([name, tracked]) => [name, tracked.saved])));
    this.#generation = newGeneration(this.#folder, number + 1, saved);
    journal.close();
  }
}

export const openStore = (options: StoreOptions): Store =>
  options.folder === undefined ? inMemory() : new DurableStore(options.folder, options);
