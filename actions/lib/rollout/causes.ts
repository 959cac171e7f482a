import type { Cause } from "./cause.ts";
import { deploymentRules } from "./deployment-causes.ts";
import type { Evidence } from "./evidence.ts";
import { taskRules } from "./task-causes.ts";
import type { Check } from "./verdict.ts";

/** Pure: every cause that the evidence supports, the likeliest first; of one kind only the strongest. */
export function rankCauses(evidence: Evidence): Cause[] {
  const found = [...deploymentRules, ...taskRules].flatMap((rule) => rule(evidence) ?? []);
  const sorted = [...checkCauses(evidence.checks), ...found].sort((a, b) => b.weight - a.weight);
  const unique = sorted.filter((cause, i) => sorted.findIndex((other) => other.kind === cause.kind) === i);
  return unique.length > 0 ? unique : [unknown(evidence)];
}

/** What preflight found is certain, so it comes before anything inferred. */
export const checkCauses = (checks: readonly Check[]): Cause[] =>
  checks.flatMap(({ name, status, detail, fix }) =>
    status === "problem"
      ? [
          {
            kind: `preflight: ${name}`,
            title: `${capital(name)}: ${detail}.`,
            evidence: [],
            fix: fix ?? "",
            weight: 100,
          },
        ]
      : [],
  );

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function unknown({ deployment, events }: Evidence): Cause {
  const reasons = [deployment?.statusReason, deployment?.rollback?.reason].filter((text) => text !== undefined);
  return {
    kind: "unknown",
    title: reasons[0] ?? "ECS gives no reason.",
    evidence: [...reasons.slice(1), ...events.slice(0, 5).flatMap(({ message }) => message ?? [])],
    fix: "The service's events and the task's logs are the next places to look.",
    weight: 1,
  };
}
