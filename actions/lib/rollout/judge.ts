import { shortDigest } from "../images/reference.ts";
import type { Ending } from "./advance.ts";
import type { Proof } from "./proof.ts";
import type { Verdict } from "./verdict.ts";

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
}

export interface Finished {
  readonly ending: Ending;
  /** Taken after the ending. */
  readonly proof: Proof;
  /** The digest that was to be deployed, and the service revision that was to bring it. */
  readonly digest: string;
  readonly revision: string;
  /** What refused it, when one of our gates did. */
  readonly refusal?: string;
  readonly statusReason?: string;
}

/** Pure: the verdict. `DEPLOYED` needs ECS's own SUCCESSFUL and the proof that the new digest serves. */
export function judge(finished: Finished): Judgement {
  const { ending } = finished;
  if (ending.kind === "handed-over")
    return { verdict: "PAUSED", reason: `Handed over at ${ending.stage}; run deploy-service again to go on.` };
  if (ending.kind === "late") return { verdict: "TIMED_OUT", reason: "ECS did not finish in time." };
  if (ending.kind === "cancelled") return { verdict: "STOPPED", reason: cancelReason(ending.asked) };
  return judgeTerminal(finished, ending);
}

type Terminal = Extract<Ending, { kind: "terminal" }>;

function judgeTerminal(finished: Finished, ending: Terminal): Judgement {
  if (ending.status === "SUCCESSFUL") return judgeSuccess(finished, ending);
  if (ending.status === "ROLLBACK_SUCCESSFUL") return judgeRollback(finished, ending);
  if (ending.status === "STOPPED") return judgeStop(finished, ending);
  return { verdict: "ROLLBACK_FAILED", reason: finished.statusReason ?? "ECS could not roll back." };
}

function judgeSuccess({ proof, digest, revision }: Finished, { newer }: Terminal): Judgement {
  const serves = proof.kind === "serves" && proof.digest === digest && proof.revision === revision;
  if (serves && proof.desired === 0)
    return { verdict: "EMPTY", reason: "The new version is in place but 0 tasks are wanted, so nothing is proven." };
  if (serves) return { verdict: "DEPLOYED", reason: `${shortDigest(digest)} serves all production traffic.` };
  if (newer) return superseded(newer);
  const found = proof.kind === "serves" ? `${shortDigest(proof.digest)} serves instead.` : proof.why;
  const reason = `ECS reports SUCCESSFUL, but ${shortDigest(digest)} is not proven to serve: ${found}`;
  return { verdict: "ROLLBACK_FAILED", reason };
}

/** A rollback stays red whatever came after it: a newer deployment does not make the refused one good. */
function judgeRollback({ proof, revision, refusal, statusReason }: Finished, ending: Terminal): Judgement {
  const why = refusal ?? statusReason ?? "ECS rolled the deployment back.";
  if (ending.newer) return { verdict: "ROLLED_BACK", reason: `${why} A newer deployment has begun since.` };
  if (proof.kind !== "serves" || proof.revision === revision) {
    const found = proof.kind === "serves" ? "the refused revision still serves." : proof.why;
    return { verdict: "ROLLBACK_FAILED", reason: `${why} After the rollback no version is proven: ${found}` };
  }
  if (ending.stopped === "late")
    return { verdict: "TIMED_OUT", reason: `Not finished in time; ${shortDigest(proof.digest)} serves again.` };
  return { verdict: "ROLLED_BACK", reason: why };
}

function judgeStop({ refusal, statusReason }: Finished, { newer, stopped }: Terminal): Judgement {
  if (newer && !refusal) return superseded(newer);
  const reason = refusal ?? `The deployment was stopped without a rollback. ${statusReason ?? ""}`.trim();
  return { verdict: stopped === "late" ? "TIMED_OUT" : "STOPPED", reason };
}

const superseded = (newer: string): Judgement => ({
  verdict: "SUPERSEDED",
  reason: `A newer deployment took over: ${newer.split("/").at(-1)}.`,
});

const cancelReason = (asked: boolean): string =>
  asked
    ? "The job was cancelled; ECS was asked to roll back."
    : "The job was cancelled; the deployment was left to ECS.";
