import type { GateResult } from "../gates/result.ts";
import type { Cause } from "./cause.ts";
import type { Evidence } from "./evidence.ts";

/** Rules over gates, hooks, alarms and ECS's own reasons. Each gives a cause or nothing. */
export const deploymentRules: readonly ((evidence: Evidence) => Cause | undefined)[] = [
  identityRefused,
  smokeRefused,
  targetHealthRefused,
  gateUnmeasured,
  hookTimedOut,
  alarmTriggered,
  rulesBroken,
  permissionMissing,
  firstDeploymentFailed,
  takenBack,
  tooLate,
];

const gateOf = ({ gates }: Evidence, name: string, outcome: GateResult["outcome"]): GateResult | undefined =>
  gates.find((result) => result.gate === name && result.outcome === outcome);

const gateEvidence = (result: GateResult): string[] => [result.summary, ...result.evidence];
const statusReason = ({ deployment }: Evidence): string =>
  [deployment?.statusReason, deployment?.rollback?.reason].filter(Boolean).join(" ");

function identityRefused(evidence: Evidence): Cause | undefined {
  const gate = gateOf(evidence, "identity", "fail");
  if (!gate) return undefined;
  const otherVersion = gate.evidence.some((line) => line.includes(" at commit "));
  if (!otherVersion)
    return {
      kind: "no-identity",
      title: "The new version does not say who it is.",
      evidence: gateEvidence(gate),
      fix: "Its health path must answer 200 with `agent` and `commit`; see the runtime's health shape.",
      weight: 86,
    };
  return {
    kind: "stale-image",
    title: `The image is not commit ${evidence.commit.slice(0, 12)}: it runs another version.`,
    evidence: gateEvidence(gate),
    fix: "Build and push this commit again without a cache, and deploy the digest that push-image outputs.",
    weight: 98,
  };
}

function smokeRefused(evidence: Evidence): Cause | undefined {
  const gate = gateOf(evidence, "smoke", "fail");
  if (!gate) return undefined;
  return {
    kind: "smoke-errors",
    title: "The new version is healthy but answers requests wrongly.",
    evidence: [...gateEvidence(gate), ...evidence.log.slice(-4).map((line) => `log: ${line.slice(0, 300)}`)],
    fix: "Repair the answer, or change rollout.gates.smoke in the manifest when the new answer is meant.",
    weight: 88,
  };
}

function targetHealthRefused(evidence: Evidence): Cause | undefined {
  const gate = gateOf(evidence, "target-health", "fail");
  if (!gate) return undefined;
  return {
    kind: "unhealthy",
    title: "Targets of the new version are not healthy.",
    evidence: gateEvidence(gate),
    fix: "The target's reason says what the load balancer saw at health.path of the agent's manifest.",
    weight: 82,
  };
}

function gateUnmeasured(evidence: Evidence): Cause | undefined {
  const gate = evidence.gates.find(({ outcome }) => outcome === "error" || outcome === "inconclusive");
  if (!gate) return undefined;
  return {
    kind: "gate-unmeasured",
    title: `Gate ${gate.gate} could not be measured, and what is not measured does not pass.`,
    evidence: [...gateEvidence(gate), ...(gate.url ? [`measured at ${gate.url}`] : [])],
    fix: "Check that this runner reaches the test listener (security group, DNS), or give `test-url`.",
    weight: 80,
  };
}

function hookTimedOut(evidence: Evidence): Cause | undefined {
  const timedOut = (evidence.deployment?.lifecycleHookDetails ?? []).some((hook) => hook.status === "TIMED_OUT");
  const reason = statusReason(evidence);
  if (!timedOut && !/pause hook timed out/i.test(reason)) return undefined;
  return {
    kind: "hook-timed-out",
    title: "Nobody answered the gate in time, so ECS rolled back by itself.",
    evidence: [reason || "A PAUSE hook is TIMED_OUT."],
    fix: "The job that drove this deployment was lost or too slow. Run it again; raise rollout.gateTimeoutMinutes if gates take longer.",
    weight: 89,
  };
}

function alarmTriggered(evidence: Evidence): Cause | undefined {
  const names = evidence.deployment?.alarms?.triggeredAlarmNames ?? [];
  if (names.length === 0) return undefined;
  return {
    kind: "alarm",
    title: `Alarm ${names.join(", ")} went off while the new version served.`,
    evidence: [statusReason(evidence) || "ECS lists the alarm as triggered."],
    fix: "Look at the alarm's metric for these minutes; the version made it worse.",
    weight: 91,
  };
}

function rulesBroken(evidence: Evidence): Cause | undefined {
  const reason = statusReason(evidence);
  if (!/listenerRule|listener rule|not associated with|rules not found/i.test(reason)) return undefined;
  return {
    kind: "routing",
    title: "The listener rules are not as ECS left them.",
    evidence: [reason],
    fix: "Point the production rule at exactly one group, the live revision's; then run again.",
    weight: 93,
  };
}

function permissionMissing(evidence: Evidence): Cause | undefined {
  const reason = [statusReason(evidence), ...evidence.events.map((event) => event.message ?? "")].find((text) =>
    /missing permissions|unable to assume|not authorized to perform/i.test(text),
  );
  if (!reason) return undefined;
  return {
    kind: "permission",
    title: "A role of the service lacks a permission.",
    evidence: [reason],
    fix: "Run deploy-infra; roles and their policies belong to it.",
    weight: 93,
  };
}

function firstDeploymentFailed(evidence: Evidence): Cause | undefined {
  if (!/No rollback candidate/i.test(statusReason(evidence))) return undefined;
  const events = evidence.events.flatMap(({ message }) => (message?.includes("deployment failed") ? [message] : []));
  return {
    kind: "first-deployment",
    title: "The service's first deployment failed, so there is nothing to go back to.",
    evidence: [statusReason(evidence), ...events.slice(0, 2)],
    fix: "Repair the cause and deploy again; nothing has served yet.",
    weight: 45,
  };
}

function takenBack({ deployment, verdict, gates }: Evidence): Cause | undefined {
  const asked = /StopServiceDeployment|requested|user/i.test(
    deployment?.rollback?.reason ?? deployment?.statusReason ?? "",
  );
  if (verdict !== "ROLLED_BACK" || !asked || gates.some((gate) => gate.outcome !== "pass")) return undefined;
  return {
    kind: "taken-back",
    title: "A person or another job asked ECS to roll back.",
    evidence: [deployment?.rollback?.reason ?? deployment?.statusReason ?? ""],
    fix: "Ask who did; CloudTrail names the caller of StopServiceDeployment or ContinueServiceDeployment.",
    weight: 50,
  };
}

function tooLate({ verdict, deployment }: Evidence): Cause | undefined {
  if (verdict !== "TIMED_OUT") return undefined;
  return {
    kind: "too-late",
    title: "ECS did not finish in the time this job allows.",
    evidence: [`last seen: ${deployment?.status ?? "no record"} at ${deployment?.lifecycleStage ?? "its start"}`],
    fix: "Raise `wait-minutes` above bake and gates together, or hand over with `wait-until: shifted`.",
    weight: 60,
  };
}
