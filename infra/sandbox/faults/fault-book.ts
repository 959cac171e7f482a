import type { Fault, FaultHit, FaultKind, FaultRequest, FaultScope } from "./fault.ts";

const KEPT_HITS = 1000;

export interface FaultBookOptions {
  readonly now: () => Date;
  readonly newId: () => string;
  /** A number from 0 up to 1, for probabilities. */
  readonly random: () => number;
}

/**
 * The faults of one sandbox: added, listed, cleared and recorded here; drawn by those who have to misbehave. State
 * (API calls, requests, probes) asks with `draw` at each moment; events (kill now, jump now) are heard with `on`.
 */
export class FaultBook {
  readonly #options: FaultBookOptions;
  readonly #faults: Fault[] = [];
  readonly #hits: FaultHit[] = [];
  readonly #listeners = new Map<FaultKind, Set<(fault: Fault) => void>>();

  constructor(options: FaultBookOptions) {
    this.#options = options;
  }

  add(request: FaultRequest): Fault {
    const { now, newId } = this.#options;
    const fault: Fault = {
      ...request,
      id: newId(),
      scope: request.scope ?? {},
      probability: request.probability ?? 1,
      createdAt: now(),
      hits: 0,
      isOver: false,
    };
    this.#faults.push(fault);
    for (const listener of this.#listeners.get(fault.kind) ?? []) listener(fault);
    return fault;
  }

  /** Every fault there was, oldest first. */
  list(): readonly Fault[] {
    return this.#faults;
  }

  /** The newest hits, oldest first. */
  hits(): readonly FaultHit[] {
    return this.#hits;
  }

  /** Ends one fault, or all. @returns how many it ended. */
  clear(id?: string): number {
    const ending = this.#faults.filter((fault) => !fault.isOver && (id === undefined || fault.id === id));
    for (const fault of ending) fault.isOver = true;
    return ending.length;
  }

  /** The fault of that kind that acts here and now, with its hit recorded; `undefined` is the normal case. */
  draw(kind: FaultKind, where: FaultScope): Fault | undefined {
    return this.#faults.find((fault) => fault.kind === kind && this.hit(fault, where));
  }

  /** Whether a fault that somebody heard of acts here: scope, probability and count are asked, the hit is recorded. */
  hit(fault: Fault, where: FaultScope): boolean {
    if (fault.isOver || !matches(fault.scope, where)) return false;
    if (fault.probability < 1 && this.#options.random() >= fault.probability) return false;
    fault.hits++;
    if (fault.count !== undefined && fault.hits >= fault.count) fault.isOver = true;
    this.#hits.push({ at: this.#options.now(), faultId: fault.id, kind: fault.kind, where });
    if (this.#hits.length > KEPT_HITS) this.#hits.shift();
    return true;
  }

  /** Hears of new faults of a kind. @returns how to stop. */
  on(kind: FaultKind, listener: (fault: Fault) => void): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners.add(listener));
    return () => listeners.delete(listener);
  }
}

const matches = (scope: FaultScope, where: FaultScope): boolean =>
  Object.entries(scope).every(([member, wanted]) => wanted === undefined || Reflect.get(where, member) === wanted);
