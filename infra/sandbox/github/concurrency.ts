/** GitHub keeps up to this many waiting in a group with `queue: max`. */
const MAX_PENDING = 100;

export interface GroupRequest {
  readonly group: string;
  /** Path of the run and its jobs, e.g. `17/fleet/agent`: a job inside a holder would wait for ever. */
  readonly owner: string;
  readonly cancelInProgress: boolean;
  readonly queue: "single" | "max";
}

export interface GroupListener {
  readonly acquired: () => void;
  readonly cancelled: (reason: string) => void;
}

interface Member {
  readonly request: GroupRequest;
  readonly listener: GroupListener;
}

/**
 * Concurrency groups: one member runs, the others wait. A newcomer replaces the one that waits (`queue: single`) or
 * lines up (`queue: max`), and cancels the running one where `cancel-in-progress` says so.
 */
export class ConcurrencyGroups {
  readonly #groups = new Map<string, { running?: Member; pending: Member[] }>();

  /** @returns a function that leaves the group, in whatever state; call it once. */
  enter(request: GroupRequest, listener: GroupListener): () => void {
    // Group names are case-insensitive on GitHub.
    const key = request.group.toLowerCase();
    const group = this.#groups.get(key) ?? { pending: [] };
    this.#groups.set(key, group);
    const member: Member = { request, listener };
    const holder = group.running?.request.owner;
    if (holder !== undefined && `${request.owner}/`.startsWith(`${holder}/`)) {
      listener.cancelled(`a deadlock: ${holder} holds concurrency group '${request.group}' and waits for this job`);
      return () => {};
    }
    if (request.cancelInProgress) this.#replace(group, request.group);
    else if (request.queue === "single") this.#dropPending(group, request.group);
    if (group.pending.length >= MAX_PENDING) {
      listener.cancelled(`concurrency group '${request.group}' already has ${MAX_PENDING} waiting`);
      return () => {};
    }
    group.pending.push(member);
    this.#advance(key);
    return () => this.#leave(key, member);
  }

  #replace(group: { running?: Member; pending: Member[] }, name: string): void {
    this.#dropPending(group, name);
    group.running?.listener.cancelled(`a newer run took concurrency group '${name}'`);
  }

  #dropPending(group: { pending: Member[] }, name: string): void {
    for (const waiting of group.pending.splice(0))
      waiting.listener.cancelled(`a newer run waits in concurrency group '${name}'`);
  }

  #leave(key: string, member: Member): void {
    const group = this.#groups.get(key);
    if (!group) return;
    group.pending = group.pending.filter((other) => other !== member);
    if (group.running === member) delete group.running;
    this.#advance(key);
  }

  #advance(key: string): void {
    const group = this.#groups.get(key);
    if (!group || group.running) return;
    const next = group.pending.shift();
    if (!next) {
      this.#groups.delete(key);
      return;
    }
    group.running = next;
    next.listener.acquired();
  }
}
