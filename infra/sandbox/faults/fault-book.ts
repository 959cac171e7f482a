import type { Fault, FaultHit, FaultKind, FaultPlace, FaultRequest } from "./fault.ts";
import { checkedFault } from "./fault-request.ts";

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
  #active: readonly Fault[] = [];

  constructor(options: FaultBookOptions) {
    this.#options = options;
  }

  /** No fault can act: the one question that a hot path asks. */
  get isQuiet(): boolean {
    return this.#active.length === 0;
  }

  /** @throws {FaultError} naming everything that is wrong with the request. */
  add(request: FaultRequest): Fault {
    const { now, newId } = this.#options;
    const checked = checkedFault(request);
    const fault: Fault = {
      ...checked,
      id: newId(),
      scope: checked.scope ?? {},
      probability: checked.probability ?? 1,
      createdAt: now(),
      hits: 0,
      isOver: false,
    };
    this.#faults.push(fault);
    this.#refresh();
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
    this.#refresh();
    return ending.length;
  }

  /**
   * The fault of that kind that acts here and now, with its hit recorded; `undefined` is the normal case.
   * @param acts a last question to a fault that is about to act; a no is no hit.
   */
  draw(kind: FaultKind, where: FaultPlace, acts?: (fault: Fault) => boolean): Fault | undefined {
    if (this.isQuiet) return undefined;
    return this.#active.find((fault) => fault.kind === kind && this.hit(fault, where, acts));
  }

  /** Whether a fault that somebody heard of acts here: scope, probability and count are asked, the hit is recorded. */
  hit(fault: Fault, where: FaultPlace, acts?: (fault: Fault) => boolean): boolean {
    if (fault.isOver || !matches(fault, where)) return false;
    if (fault.probability < 1 && this.#options.random() >= fault.probability) return false;
    if (acts && !acts(fault)) return false;
    fault.hits++;
    if (fault.count !== undefined && fault.hits >= fault.count) {
      fault.isOver = true;
      this.#refresh();
    }
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

  #refresh(): void {
    this.#active = this.#faults.filter((fault) => !fault.isOver);
  }
}

function matches({ scope }: Fault, where: FaultPlace): boolean {
  const { revision, agent, service, operation } = scope;
  if (service !== undefined && service !== where.service) return false;
  if (operation !== undefined && operation !== where.operation) return false;
  if (revision !== undefined && revision !== where.revision && revision !== where.taskDefinition) return false;
  return agent === undefined || isOf(agent, where.agent);
}

const isOf = (agent: string, name = ""): boolean =>
  name === agent || name.endsWith(`-${agent}`) || name.endsWith(`/${agent}`);
