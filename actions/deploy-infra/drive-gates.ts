import type { AgentManifest } from "../../agents/manifest.ts";
import type { Cloud } from "../lib/aws/cloud.ts";
import type { Clock } from "../lib/clock.ts";
import type { Http } from "../lib/gates/http.ts";
import { openLedger } from "../lib/ledger/ledger.ts";
import { gatherService, placeOf } from "../lib/rollout/facts.ts";
import { gateLine, gateNow } from "../lib/rollout/gate-at-pause.ts";
import { groupOf } from "../lib/rollout/routing.ts";

export interface GateDriver {
  readonly stage: string;
  readonly cloud: Cloud;
  readonly http: Http;
  readonly clock: Clock;
  readonly line: (text: string) => void;
}

/**
 * ECS keeps the PAUSE hooks that `deploy-service` brought, so a stack update that changes a task definition stops at
 * them too. The image is still the proven one; its gates decide as they would in `deploy-service`, and a hook that
 * nobody answered would time out and fail the stack.
 */
export async function driveGates(manifest: AgentManifest, driver: GateDriver): Promise<void> {
  const { stage, cloud, line } = driver;
  const facts = await gatherService(placeOf({ stage, manifest }), driver);
  const { newest } = facts;
  const hooks = newest?.lifecycleHookDetails?.filter((hook) => hook.status === "AWAITING_ACTION") ?? [];
  const record = hooks.length > 0 ? await openLedger(cloud.parameters, stage, manifest.name).live() : undefined;
  if (!newest?.serviceDeploymentArn || !record) return;
  const gated = await gateNow(
    {
      side: "test",
      routing: facts.routing,
      group: groupOf(facts.newestTarget),
      desired: facts.service?.desiredCount ?? 0,
    },
    { manifest, commit: record.commit, allowEmpty: true },
    driver,
  );
  for (const result of gated.results) line(`${manifest.name}: ${gateLine(result)}`);
  line(
    `${manifest.name}: ${gated.decision.action === "CONTINUE" ? "continue" : "roll back"}: ${gated.decision.reason}`,
  );
  for (const { hookId } of hooks)
    if (hookId) await cloud.ecs.answer(newest.serviceDeploymentArn, hookId, gated.decision.action);
}
