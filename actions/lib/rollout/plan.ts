import type { RegisterTaskDefinitionCommandInput, UpdateServiceCommandInput } from "@aws-sdk/client-ecs";
import { shortDigest } from "../images/reference.ts";
import type { LedgerRecord } from "../ledger/record.ts";
import type { Facts } from "./facts.ts";
import { isOwnRunning } from "./preflight.ts";
import { isSameDefinition, withImage } from "./registration.ts";
import type { Ancestry, RolloutRequest } from "./request.ts";
import { deploymentConfiguration } from "./update.ts";
import type { Check, Verdict } from "./verdict.ts";

/** What to do, decided before anything is done. */
export type Plan =
  | { readonly kind: "end"; readonly verdict: Verdict; readonly reason: string }
  /** A deployment of this digest already runs: take over its gates. */
  | { readonly kind: "follow"; readonly deploymentArn: string; readonly revisionArn: string }
  /** The digest serves already but the ledger does not say it was proven (first creation): gates in production. */
  | { readonly kind: "prove" }
  | {
      readonly kind: "deploy";
      /** Absent when the family's newest revision already is what would be registered. */
      readonly register?: RegisterTaskDefinitionCommandInput;
      /** The revision to use when nothing is registered. */
      readonly taskDefinition?: string;
      readonly update: UpdateServiceCommandInput;
      /** The newest deployment before ours, to tell ours from it. */
      readonly baseline?: string;
    };

const end = (verdict: Verdict, reason: string): Plan => ({ kind: "end", verdict, reason });

/** Pure: the one place that decides. The order matters: never report a state green whose rules are broken. */
export function plan(request: RolloutRequest, facts: Facts, checks: readonly Check[]): Plan {
  const own = facts.service && isOwnRunning(request, facts) ? facts.newest : undefined;
  if (own?.serviceDeploymentArn && own.targetServiceRevision?.arn)
    return { kind: "follow", deploymentArn: own.serviceDeploymentArn, revisionArn: own.targetServiceRevision.arn };
  if (facts.service && isStale(request, facts)) return end("STALE", staleReason(request, facts));
  const problems = checks.filter((check) => check.status === "problem");
  if (problems.length > 0 || !facts.service || !facts.definition)
    return end("REFUSED", problems.map((check) => `${check.name}: ${check.detail}`).join("; "));
  const same = facts.liveDigest === request.image.digest;
  if (!facts.service.desiredCount && (same || !request.allowEmpty))
    return end("EMPTY", "The service wants 0 tasks, so no version can be proven to work.");
  if (same) return facts.record?.digest === request.image.digest ? unchanged(request) : { kind: "prove" };
  return deployPlan(request, facts, facts.definition);
}

const unchanged = ({ image }: RolloutRequest): Plan =>
  end("UNCHANGED", `${shortDigest(image.digest)} already serves and is proven.`);

function deployPlan(
  request: RolloutRequest,
  facts: Facts,
  { definition, tags }: NonNullable<Facts["definition"]>,
): Plan {
  const container = facts.routing.container ?? definition.containerDefinitions?.[0]?.name ?? "";
  const wanted = withImage(definition, tags, { container, image: request.image.uri, commit: request.commit });
  const reuse = facts.latest && isSameDefinition(wanted, facts.latest) ? facts.latest.taskDefinitionArn : undefined;
  return {
    kind: "deploy",
    ...(reuse ? { taskDefinition: reuse } : { register: wanted }),
    baseline: facts.newest?.serviceDeploymentArn,
    update: {
      ...facts.place,
      deploymentConfiguration: deploymentConfiguration(
        request.manifest.rollout,
        facts.service?.deploymentConfiguration,
        request.bakeMinutes,
      ),
    },
  };
}

function isStale(request: RolloutRequest, facts: Facts): boolean {
  if (request.mode === "rollback" || request.force) return false;
  if (facts.liveDigest === request.image.digest) return false;
  return standing(request.commit, facts) === "older";
}

/** Git's word first; where the clone is too shallow to tell, the order of the ledger. */
export function standing(commit: string, facts: Pick<Facts, "ancestry" | "history">): Ancestry {
  if (facts.ancestry !== "unknown") return facts.ancestry;
  const place = facts.history.findIndex((record) => record.commit === commit);
  if (place <= 0) return "unknown";
  return facts.history.slice(0, place).some((later) => wentBack(later, facts.history[place])) ? "unknown" : "older";
}

/** A rollback makes an older commit the later record, so the ledger's order says nothing about age there. */
const wentBack = (later: LedgerRecord, record: LedgerRecord | undefined): boolean =>
  later.rollbackOf === record?.digest;

const staleReason = ({ commit }: RolloutRequest, { record }: Facts): string =>
  `Commit ${commit.slice(0, 12)} is older than ${record?.commit.slice(0, 12)}, which is live.`;
