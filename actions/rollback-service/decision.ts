import { shortDigest } from "../lib/images/reference.ts";
import { chooseRecord, type Destination, type Trail } from "../lib/ledger/choose.ts";
import type { LedgerRecord } from "../lib/ledger/record.ts";
import type { ServiceFacts } from "../lib/rollout/facts.ts";
import { digestOf } from "../lib/rollout/routing.ts";
import { canRollBack, isRunning } from "../lib/rollout/status.ts";

/** How to go back, decided before anything changes. */
export type RollbackPlan =
  | { readonly kind: "refuse"; readonly reason: string }
  /** A deployment or its bake is under way: the old version still runs, so ECS can go back at once. */
  | { readonly kind: "stop"; readonly deploymentArn: string; readonly revisionArn: string; readonly refused: string }
  /** The old version is gone: a new deployment of an earlier proven digest. */
  | { readonly kind: "deploy"; readonly record: LedgerRecord; readonly refused: string };

const refuse = (reason: string): RollbackPlan => ({ kind: "refuse", reason });

/** Pure. */
export function planRollback(to: Destination, facts: ServiceFacts, trail: Omit<Trail, "liveDigest">): RollbackPlan {
  const { service, newest, newestTarget, routing, liveDigest } = facts;
  if (!service) return refuse("The service does not exist, so there is nothing to roll back.");
  if (newest && isRunning(newest.status)) {
    if (to.kind !== "previous")
      return refuse("A deployment is running. End it first with `to: previous`; then choose another version.");
    if (!canRollBack(newest.lifecycleStage))
      return refuse("The running deployment is in CLEAN_UP: the old version is being stopped. Run again in a minute.");
    const deploymentArn = newest.serviceDeploymentArn ?? "";
    const refused = digestOf(newestTarget, routing.container) ?? "";
    return { kind: "stop", deploymentArn, revisionArn: newest.targetServiceRevision?.arn ?? "", refused };
  }
  if (!liveDigest) return refuse("ECS does not tell which digest is live, so there is nothing to go back from.");
  const choice = chooseRecord(to, { ...trail, liveDigest });
  return "refusal" in choice ? refuse(choice.refusal) : { kind: "deploy", record: choice.record, refused: liveDigest };
}

/** What the plan does, in one sentence. */
export function describePlan(plan: RollbackPlan): string {
  if (plan.kind === "refuse") return `Nothing: ${plan.reason}`;
  if (plan.kind === "stop")
    return `Stop the running deployment of ${shortDigest(plan.refused)}; the old version serves again at once.`;
  const { record, refused } = plan;
  return `Deploy ${shortDigest(record.digest)} of commit ${record.commit.slice(0, 12)}, proven ${record.at}, in place of ${shortDigest(refused)}, through the same gates.`;
}
