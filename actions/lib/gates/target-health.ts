import type { TargetState } from "../aws/balancer.ts";
import type { GateContext } from "./context.ts";
import type { GateResult } from "./result.ts";

const LOOKS = 12;
const SECONDS_BETWEEN = 5;

/** The new version's target group holds as many healthy targets as tasks are wanted; looked at for up to a minute. */
export async function targetHealthGate(context: GateContext): Promise<GateResult> {
  let last: GateResult | undefined;
  for (let look = 0; look < LOOKS; look++) {
    if (look > 0) await context.clock.sleep(SECONDS_BETWEEN);
    last = judgeTargets(await context.targets(), context.desired);
    if (last.outcome === "pass") return last;
  }
  return last ?? judgeTargets([], context.desired);
}

/** Pure: one look at a target group. */
export function judgeTargets(targets: readonly TargetState[], desired: number): GateResult {
  const inService = targets.filter((target) => target.state !== "draining" && target.state !== "unused");
  const healthy = inService.filter((target) => target.state === "healthy").length;
  const unhealthy = inService.filter((target) => target.state.startsWith("unhealthy")).length;
  const enough = healthy >= Math.max(desired, 1) && unhealthy === 0;
  return {
    gate: "target-health",
    outcome: enough ? "pass" : "fail",
    summary: `${healthy} of ${desired} targets healthy${unhealthy ? `, ${unhealthy} unhealthy` : ""}.`,
    numbers: { healthy, unhealthy, desired },
    evidence: inService.filter((target) => target.state !== "healthy").map(describeTarget),
  };
}

export const describeTarget = ({ target, state, reason, description }: TargetState): string =>
  [`${target} ${state}`, reason, description].filter(Boolean).join(", ");
