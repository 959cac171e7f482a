import type { AgentManifest } from "../../agents/manifest.ts";
import { shortDigest } from "../lib/images/reference.ts";
import type { LedgerRecord } from "../lib/ledger/record.ts";
import type { Proof } from "../lib/rollout/proof.ts";
import { filesOf } from "./sources.ts";

/** What is known of one agent before anything is built. */
export interface AgentState {
  readonly agent: AgentManifest;
  /** The last proven deployment. */
  readonly record?: LedgerRecord;
  /** What serves by ECS and the load balancer. */
  readonly proof: Proof;
  /** Files that differ from the live commit; undefined when git does not know it. */
  readonly changed?: readonly string[];
}

export interface Decision {
  readonly agent: string;
  readonly action: "deploy" | "unchanged";
  readonly reason: string;
}

/** Pure: unchanged only when the proven version serves and nothing that goes into it has changed since. */
export function decideAgent({ agent, record, proof, changed }: AgentState, forced: boolean): Decision {
  const deploy = (reason: string): Decision => ({ agent: agent.name, action: "deploy", reason });
  if (forced) return deploy("asked for");
  if (!record) return deploy("nothing is proven here yet");
  if (proof.kind !== "serves") return deploy(`the live version is not proven: ${proof.why}`);
  if (proof.digest !== record.digest)
    return deploy(`${shortDigest(proof.digest)} serves, but ${shortDigest(record.digest)} was proven last`);
  if (proof.desired === 0) return deploy("0 tasks are wanted, so nothing is proven");
  if (!changed) return deploy(`the live commit ${record.commit.slice(0, 12)} is not in this clone`);
  const files = filesOf(agent, changed);
  if (files.length > 0) return deploy(`changed: ${files[0]}${files.length > 1 ? ` and ${files.length - 1} more` : ""}`);
  return { agent: agent.name, action: "unchanged", reason: `nothing changed since ${record.commit.slice(0, 12)}` };
}
