/** How many tasks the old and the new revision should have now in a rolling replacement. Pure. */
export interface RollingInput {
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** Tasks of the revision that comes, and how many of them are healthy. */
  readonly comingPresent: number;
  readonly comingHealthy: number;
  readonly goingPresent: number;
  readonly goingHealthy: number;
}

export function rollingCounts(input: RollingInput): { coming: number; going: number } {
  const { desiredCount, comingPresent, comingHealthy, goingPresent, goingHealthy } = input;
  const least = Math.ceil((input.minimumHealthyPercent / 100) * desiredCount);
  const most = Math.floor((input.maximumPercent / 100) * desiredCount);
  // New tasks may come only as far as all tasks together stay within the maximum.
  const room = Math.max(0, most - goingPresent - comingPresent);
  const coming = Math.min(desiredCount, comingPresent + room);
  // Old ones may go only as far as the healthy ones left still reach the minimum…
  const spare = Math.max(0, comingHealthy + goingHealthy - least);
  const fewest = Math.max(0, goingHealthy - spare);
  // …and go that far only to make room; otherwise one leaves for each new one that is healthy.
  const replaced = Math.min(goingPresent, Math.max(0, desiredCount - comingHealthy));
  const isStuck = room === 0 && comingPresent < desiredCount;
  return { coming, going: isStuck ? fewest : Math.max(fewest, replaced) };
}
