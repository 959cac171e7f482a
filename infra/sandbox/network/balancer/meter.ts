/** Counts of one span of time. */
export interface Tally {
  requests: number;
  /** Answers of targets by hundreds: `2` counts 200-299. */
  readonly targetAnswers: Map<number, number>;
  /** Errors of the load balancer's own, by status. */
  readonly ownErrors: Map<number, number>;
  /** Connections to targets that could not be made. */
  connectionErrors: number;
  /** Seconds until a target's headers arrived, rounded to 0.1 ms → how often. */
  readonly seconds: Map<number, number>;
}

/** The key of what concerns the load balancer and none of its groups. */
export const NO_GROUP = "";

const emptyTally = (): Tally => ({
  requests: 0,
  targetAnswers: new Map(),
  ownErrors: new Map(),
  connectionErrors: 0,
  seconds: new Map(),
});

/** Counts requests per load balancer and target group in memory, for a reporter to take now and then. */
export class Meter {
  #tallies = new Map<string, Map<string, Tally>>();

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
