import type { GateContext } from "./context.ts";
import { identityGate } from "./identity.ts";
import type { GateResult } from "./result.ts";
import { smokeGate } from "./smoke.ts";
import { targetHealthGate } from "./target-health.ts";

/** A gate by its name. Gates that judge measured counts against the old version join this list. */
type Gate = readonly [name: string, measure: (context: GateContext) => Promise<GateResult>];

const gates: readonly Gate[] = [
  ["target-health", targetHealthGate],
  ["identity", identityGate],
  ["smoke", smokeGate],
];

/** Measures all gates of one pause side by side. A gate that throws says `error`; it never passes. */
export function runGates(context: GateContext): Promise<GateResult[]> {
  const applicable = gates.filter(([gate]) => gate !== "smoke" || context.manifest.rollout.gates.smoke.length > 0);
  return Promise.all(
    applicable.map(async ([gate, measure]) => {
      try {
        return { ...(await measure(context)), ...(gate === "target-health" ? {} : { url: context.baseUrl }) };
      } catch (error) {
        return unmeasured(gate, error instanceof Error ? error.message : String(error));
      }
    }),
  );
}

export const unmeasured = (gate: string, problem: string): GateResult => ({
  gate,
  outcome: "error",
  summary: `Not measured: ${problem}`,
  numbers: {},
  evidence: [],
});
