import { shortDigest } from "../images/reference.ts";
import type { ServiceFacts } from "./facts.ts";
import { groupName, groupOf } from "./routing.ts";
import { isRunning } from "./status.ts";

/** Which version serves production, as far as the load balancer, ECS and the targets agree. */
export type Proof =
  | { readonly kind: "serves"; readonly digest: string; readonly revision: string; readonly desired: number }
  | { readonly kind: "unproven"; readonly why: string };

const unproven = (why: string): Proof => ({ kind: "unproven", why });

/**
 * Pure: a version serves when ECS lists one revision, the production rule sends everything to that revision's group,
 * and the group has a healthy target (or no task is wanted). Anything else proves nothing.
 */
export function prove(facts: ServiceFacts): Proof {
  const { service, live, liveDigest, production, targets, newest } = facts;
  if (!service) return unproven("The service does not exist.");
  if (isRunning(newest?.status)) return unproven(`A service deployment is ${newest?.status}.`);
  if (!live || !liveDigest) return unproven("ECS does not list exactly one current revision with its image digest.");
  const desired = service.desiredCount ?? 0;
  if (production) {
    const group = groupOf(live);
    if (production.groups.length !== 1)
      return unproven(`The production rule gives traffic to ${production.groups.length} groups.`);
    if (group && production.groups[0] !== group)
      return unproven(
        `Production goes to ${groupName(production.groups[0])}, the live revision is in ${groupName(group)}.`,
      );
    if (desired > 0 && !targets.some((target) => target.state === "healthy"))
      return unproven(`${groupName(production.groups[0])} has no healthy target.`);
  }
  return { kind: "serves", digest: liveDigest, revision: live.serviceRevisionArn ?? "", desired };
}

export const describeProof = (proof: Proof): string =>
  proof.kind === "serves" ? `${shortDigest(proof.digest)} serves production.` : proof.why;
