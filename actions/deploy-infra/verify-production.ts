import type { AgentManifest } from "../../agents/manifest.ts";
import type { Cloud } from "../lib/aws/cloud.ts";
import { gatherService, placeOf } from "../lib/rollout/facts.ts";
import { prove } from "../lib/rollout/proof.ts";
import { isRunning } from "../lib/rollout/status.ts";

/**
 * The guard's second look, after the change sets: each production rule must point at exactly one healthy target group,
 * the live revision's. An agent without a service, or in a deployment of its own, is judged by others.
 * @returns one sentence per agent whose production is not proven.
 */
export async function unprovenProduction(
  manifests: readonly AgentManifest[],
  { stage, cloud }: { readonly stage: string; readonly cloud: Cloud },
): Promise<string[]> {
  const looks = manifests.map(async (manifest) => {
    const facts = await gatherService(placeOf({ stage, manifest }), { cloud });
    if (!facts.service || isRunning(facts.newest?.status)) return [];
    const proof = prove(facts);
    return proof.kind === "serves" ? [] : [`${manifest.name}: ${proof.why}`];
  });
  return (await Promise.all(looks)).flat();
}
