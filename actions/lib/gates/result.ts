/**
 * What a gate may say. `inconclusive` means it measured and cannot tell; `error` that it could not measure.
 * Neither is ever a pass.
 */
export type GateOutcome = "pass" | "fail" | "inconclusive" | "error";

export interface GateResult {
  readonly gate: string;
  readonly outcome: GateOutcome;
  /** One sentence for people, with the numbers that decided. */
  readonly summary: string;
  readonly numbers: Readonly<Record<string, number>>;
  /** What was seen, at most a few lines; shown when the gate did not pass. */
  readonly evidence: readonly string[];
  /** Where it was measured. */
  readonly url?: string;
}

export interface GateDecision {
  readonly action: "CONTINUE" | "ROLLBACK";
  readonly reason: string;
}

/** Traffic moves only when every gate passed; a gate that could not tell counts against the new version. */
export function decide(results: readonly GateResult[]): GateDecision {
  if (results.length === 0) return { action: "ROLLBACK", reason: "No gate was measured." };
  const refused = results.filter((result) => result.outcome !== "pass").sort(bySeverity);
  const first = refused[0];
  if (!first) return { action: "CONTINUE", reason: `${results.length} of ${results.length} gates passed.` };
  return { action: "ROLLBACK", reason: `Gate ${first.gate}: ${first.outcome}. ${first.summary}` };
}

const SEVERITY: readonly GateOutcome[] = ["fail", "error", "inconclusive", "pass"];
const bySeverity = (a: GateResult, b: GateResult) => SEVERITY.indexOf(a.outcome) - SEVERITY.indexOf(b.outcome);
