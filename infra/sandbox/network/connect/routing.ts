/**
 * Where a Service Connect endpoint leads: revisions with weights, and for test traffic the one being deployed. A proxy
 * asks it for every request; ECS replaces the table whenever tasks or weights change.
 */

/** One address of a task. */
export interface Upstream {
  readonly ip: string;
  readonly port: number;
}

/** Healthy tasks of one service revision. */
export interface Pool {
  /** The revision's ARN, or any name that stays the same from table to table. */
  readonly id: string;
  /** Share of the traffic that is no test traffic; 0 gets none. */
  readonly weight: number;
  readonly upstreams: readonly Upstream[];
}

/** Requests with this header are test traffic; without `exact` any value is. */
export interface HeaderRule {
  readonly name: string;
  readonly exact?: string;
}

export interface RouteTable {
  readonly pools: readonly Pool[];
  /** Set while test traffic goes to a revision of its own. */
  readonly test?: { readonly header: HeaderRule; readonly pool: string };
}

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const EMPTY: RouteTable = { pools: [] };

export function matchesHeader({ name, exact }: HeaderRule, headers: Headers): boolean {
  const value = headers[name.toLowerCase()];
  if (value === undefined) return false;
  return exact === undefined || (typeof value === "string" ? value : value.join(", ")) === exact;
}

/** Chooses among the tasks of a table. Without chance: shares are exact, and the same requests get the same tasks. */
export class Routing {
  #table: RouteTable = EMPTY;
  /** Smooth weighted round robin: what each pool is owed. */
  readonly #owed = new Map<string, number>();
  readonly #turns = new Map<string, number>();

  get table(): RouteTable {
    return this.#table;
  }

  set table(table: RouteTable) {
    this.#table = table;
    const ids = new Set(table.pools.map(({ id }) => id));
    for (const id of this.#owed.keys()) if (!ids.has(id)) this.#owed.delete(id);
    for (const id of this.#turns.keys()) if (!ids.has(id)) this.#turns.delete(id);
  }

  /**
   * The pool of a request, decided once per request. As with the load balancer's weighted groups, a pool that is chosen
   * is not left for another when it has no healthy task.
   */
  pool(headers: Headers): Pool | undefined {
    const { pools, test } = this.#table;
    if (test && matchesHeader(test.header, headers)) return pools.find(({ id }) => id === test.pool);
    return this.#weighted(pools.filter(({ weight }) => weight > 0));
  }

  /** The next task of a pool. @param tried addresses that this request found closed. */
  upstream(pool: Pool, tried: ReadonlySet<Upstream>): Upstream | undefined {
    const { length } = pool.upstreams;
    const turn = this.#turns.get(pool.id) ?? 0;
    for (let step = 0; step < length; step++) {
      const upstream = pool.upstreams[(turn + step) % length];
      if (!upstream || tried.has(upstream)) continue;
      this.#turns.set(pool.id, (turn + step + 1) % length);
      return upstream;
    }
    return undefined;
  }

  #weighted(pools: readonly Pool[]): Pool | undefined {
    if (pools.length < 2) return pools[0];
    let total = 0;
    let best: { pool: Pool; owed: number } | undefined;
    for (const pool of pools) {
      total += pool.weight;
      const owed = (this.#owed.get(pool.id) ?? 0) + pool.weight;
      this.#owed.set(pool.id, owed);
      if (!best || owed > best.owed) best = { pool, owed };
    }
    if (best) this.#owed.set(best.pool.id, best.owed - total);
    return best?.pool;
  }
}
