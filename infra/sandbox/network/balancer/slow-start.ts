import type { Target } from "./targets.ts";

/** A target that has just begun gets something, or it would never warm up. */
const LEAST_SHARE = 0.02;

/**
 * The share of a full target's requests that one gets that is warming up: it grows linearly, in sandbox time, until
 * the duration is over. Source: AWS, "Edit target group attributes", slow start mode.
 */
export function warmth({ slowSince }: Target, now: number, durationSeconds: number): number {
  if (slowSince === undefined || durationSeconds <= 0) return 1;
  return Math.min(1, Math.max(LEAST_SHARE, (now - slowSince) / (durationSeconds * 1000)));
}

/** Whose turn it is when shares differ: smooth weighted round robin, as between groups. */
export function weightedTurn(targets: readonly Target[], share: (target: Target) => number): Target | undefined {
  let [best] = targets;
  let total = 0;
  for (const target of targets) {
    const own = share(target);
    total += own;
    target.credit += own;
    if (best && target.credit > best.credit) best = target;
  }
  if (best) best.credit -= total;
  return best;
}
