import type { GateResult } from "../gates/result.ts";
import type { Cause } from "./cause.ts";

/** The named outcomes of a deployment; design section 7. */
export const VERDICTS = [
  "DEPLOYED",
  "UNCHANGED",
  "STALE",
  "SUPERSEDED",
  "PAUSED",
  "ROLLED_BACK",
  "REFUSED",
  "EMPTY",
  "TIMED_OUT",
  "STOPPED",
  "ROLLBACK_FAILED",
] as const;
export type Verdict = (typeof VERDICTS)[number];

const GREEN: ReadonlySet<Verdict> = new Set(["DEPLOYED", "UNCHANGED", "STALE", "SUPERSEDED", "PAUSED"]);

/** Whether the step is green. `EMPTY` is green only when the caller allowed an empty service. */
export const isGreen = (verdict: Verdict, allowEmpty = false): boolean =>
  GREEN.has(verdict) || (verdict === "EMPTY" && allowEmpty);

/** A stage of the deployment with the moment it was first seen; the last one ends with the report. */
export interface TimelineEntry {
  readonly stage: string;
  readonly at: Date;
}

/** One preflight check. `skipped`: this role may not look, or what it needs is not readable. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "problem" | "skipped";
  readonly detail: string;
  /** What to do; present with a problem. */
  readonly fix?: string;
}

/** What a deployment came to, with everything that a report shows. */
export interface RolloutResult {
  readonly agent: string;
  readonly stage: string;
  readonly verdict: Verdict;
  readonly green: boolean;
  /** One sentence: why this verdict. */
  readonly reason: string;
  readonly image: string;
  readonly digest: string;
  readonly commit: string;
  /** Production URL of the agent; empty while it is not known. */
  readonly url: string;
  readonly deploymentArn?: string;
  readonly revisionArn?: string;
  /** What served before, from the ledger. */
  readonly previous?: { readonly digest: string; readonly commit: string };
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly checks: readonly Check[];
  readonly gates: readonly GateResult[];
  readonly timeline: readonly TimelineEntry[];
  /** Ranked, the likeliest first; empty for a green verdict. */
  readonly causes: readonly Cause[];
}
