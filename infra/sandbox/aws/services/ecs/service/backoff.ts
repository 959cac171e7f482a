import type { Backoff } from "../model.ts";

const LONGEST_SECONDS = 27 * 60; // ECS's longest delay between starts of a task that keeps failing
const FIRST_SECONDS = 5;

/** Seconds to wait before the next start after so many failed ones in a row. Pure. */
const startDelay = (failures: number): number =>
  failures === 0 ? 0 : Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (failures - 1));

export function afterFailure(backoff: Backoff | undefined, now: Date): Backoff {
  const failures = (backoff?.failures ?? 0) + 1;
  return { failures, notBefore: new Date(now.getTime() + startDelay(failures) * 1000) };
}
