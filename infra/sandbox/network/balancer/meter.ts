import type { Connections } from "./targets.ts";

/** Counts of one span of time. */
export interface Tally {
  requests: number;
  /** Answers of targets by hundreds: `2` counts 200-299. */
  readonly targetAnswers: Map<number, number>;
  /** Redirects and errors of the load balancer itself, by status. */
  readonly ownAnswers: Map<number, number>;
  /** Connections to targets that could not be made. */
  connectionErrors: number;
  /** Requests that went to unhealthy targets because too few are healthy. */
  failOpen: number;
  /** Answers that rules gave. */
  redirects: number;
  fixedResponses: number;
  /** Seconds until a target's headers arrived, rounded to 0.1 ms → how often. */
  readonly seconds: Map<number, number>;
}

/** The key of what concerns the load balancer and none of its groups. */
export const NO_GROUP = "";

const emptyTally = (): Tally => ({
  requests: 0,
  targetAnswers: new Map(),
  ownAnswers: new Map(),
  connectionErrors: 0,
  failOpen: 0,
  redirects: 0,
  fixedResponses: 0,
  seconds: new Map(),
});

/** Counts requests per load balancer and target group in memory, for a reporter to take now and then. */
export class Meter {
  #tallies = new Map<string, Map<string, Tally>>();
  readonly #connections = new Map<string, Connections>();

  /** From clients to the load balancer. */
  connections(loadBalancerArn: string): Connections {
    const known = this.#connections.get(loadBalancerArn) ?? { made: 0, open: 0 };
    this.#connections.set(loadBalancerArn, known);
    return known;
  }

  tally(loadBalancerArn: string, groupArn: string): Tally {
    let groups = this.#tallies.get(loadBalancerArn);
    if (!groups) {
      groups = new Map();
      this.#tallies.set(loadBalancerArn, groups);
    }
    let tally = groups.get(groupArn);
    if (!tally) {
      tally = emptyTally();
      groups.set(groupArn, tally);
    }
    return tally;
  }

  /** What was counted since the last call, by load balancer and group. */
  take(): ReadonlyMap<string, ReadonlyMap<string, Tally>> {
    const taken = this.#tallies;
    this.#tallies = new Map();
    return taken;
  }
}

export const increment = (counts: Map<number, number>, key: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

export function countAnswer(tally: Tally, status: number, seconds: number): void {
  tally.requests++;
  increment(tally.targetAnswers, Math.floor(status / 100));
  increment(tally.seconds, Math.round(seconds * 10_000) / 10_000);
}
