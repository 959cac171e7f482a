import type { AgentManifest } from "../../../agents/manifest.ts";
import type { Cloud } from "../aws/cloud.ts";
import type { Clock } from "../clock.ts";
import type { Http } from "../gates/http.ts";
import type { DigestReference } from "../images/reference.ts";

/** How a commit stands to the one that is live. */
export type Ancestry = "same" | "newer" | "older" | "diverged" | "unknown";

/** What the caller wants deployed, and under which rules. */
export interface RolloutRequest {
  readonly stage: string;
  readonly manifest: AgentManifest;
  readonly image: DigestReference;
  /** Full git sha that the image was built from. */
  readonly commit: string;
  /** `rollback` goes to an older commit on purpose, so age does not matter. */
  readonly mode: "deploy" | "rollback";
  /** Deploys an older commit or a digest that a rollback refused. */
  readonly force: boolean;
  readonly allowEmpty: boolean;
  /** Where to hand over: at the first pause, after traffic moved, or not at all. */
  readonly waitUntil: "paused" | "shifted" | "finished";
  readonly waitMinutes: number;
  readonly pollSeconds: number;
  readonly onCancel: "rollback" | "leave";
  /** Overrides the manifest's bake. */
  readonly bakeMinutes?: number;
  /** Base URLs that replace those read from the listeners; the agent's route is still added. */
  readonly testUrl?: string;
  readonly productionUrl?: string;
  /** Who and what asks, for the ledger. */
  readonly actor: string;
  readonly run: string;
  /** For a rollback: the digest that is left behind. */
  readonly rollbackOf?: string;
}

/** The world outside. */
export interface RolloutPorts {
  readonly cloud: Cloud;
  readonly http: Http;
  readonly clock: Clock;
  /** How `commit` stands to `live`; `unknown` when neither git nor GitHub can tell. */
  readonly ancestry: (commit: string, live: string) => Promise<Ancestry>;
  readonly line: (text: string) => void;
  /** Aborted when the job is cancelled. */
  readonly cancel: AbortSignal;
}
