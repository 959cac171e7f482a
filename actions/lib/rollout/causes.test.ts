import type { ServiceDeployment, Task } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "@jest/globals";
import type { GateResult } from "../gates/result.ts";
import { rankCauses } from "./causes.ts";
import type { Evidence } from "./evidence.ts";

const none: Evidence = {
  ...{ verdict: "ROLLED_BACK", agent: "alpha", commit: "b".repeat(40), checks: [], gates: [], events: [] },
  ...{ stopped: [], troubled: [], log: [] },
};
const gate = (name: string, outcome: GateResult["outcome"], ...evidence: string[]): GateResult => ({
  ...{ gate: name, outcome, summary: "1 of 2.", numbers: {}, evidence },
});
const status = (statusReason: string, more: Partial<ServiceDeployment> = {}) => ({
  deployment: { statusReason, ...more },
});
const task = (stopCode: Task["stopCode"], stoppedReason: string, exitCode?: number): Task => ({
  stopCode,
  stoppedReason,
  containers: exitCode === undefined ? [] : [{ exitCode }],
});
const killed = task("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group x)", 143);
const breaker = status("Service deployment rolled back because the circuit breaker threshold was exceeded.");

const cases: readonly [kind: string, what: string, evidence: Partial<Evidence>][] = [
  ["crash", "exit code 1 at start", { ...breaker, stopped: [task("EssentialContainerExited", "exited", 1)] }],
  ["unhealthy", "killed by health checks: a signal's exit code is no crash", { ...breaker, stopped: [killed] }],
  [
    "unhealthy",
    "targets that answer 500",
    { ...breaker, troubled: [{ target: "t", state: "unhealthy", reason: "Target.ResponseCodeMismatch" }] },
  ],
  [
    "image-missing",
    "the pull failed",
    { ...breaker, stopped: [task("TaskFailedToStart", "CannotPullContainerError: manifest unknown")] },
  ],
  [
    "secret-missing",
    "a secret's key is absent",
    { stopped: [task("TaskFailedToStart", "ResourceInitializationError: unable to pull secrets: no key")] },
  ],
  [
    "task-setup",
    "no log group",
    { stopped: [task("TaskFailedToStart", "ResourceInitializationError: failed to create log stream")] },
  ],
  [
    "out-of-memory",
    "memory",
    { stopped: [task("EssentialContainerExited", "OutOfMemoryError: Container killed due to memory usage", 137)] },
  ],
  [
    "wrong-architecture",
    "another processor",
    { stopped: [task("EssentialContainerExited", "exited", 1)], log: ["exec /app: exec format error"] },
  ],
  [
    "no-capacity",
    "no room",
    { events: [{ message: "(service x) was unable to place a task. Reason: Capacity is unavailable" }] },
  ],
  ["spot-interruption", "Spot took it", { stopped: [task("SpotInterruption", "Spot")] }],
  [
    "stale-image",
    "another commit answers",
    { gates: [gate("smoke", "fail"), gate("identity", "fail", "9 × alpha at commit aaa")] },
  ],
  [
    "no-identity",
    "no commit in the body",
    { gates: [gate("identity", "fail", "9 × a body without agent and commit: {}")] },
  ],
  [
    "smoke-errors",
    "wrong answers",
    { gates: [gate("identity", "pass"), gate("smoke", "fail", "POST /ask answered 500")] },
  ],
  ["gate-unmeasured", "a gate without an answer", { gates: [gate("smoke", "error")] }],
  [
    "hook-timed-out",
    "a lost runner",
    status("Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT pause hook timed out."),
  ],
  ["alarm", "an alarm", status("rolled back", { alarms: { triggeredAlarmNames: ["errors"] } })],
  [
    "routing",
    "a reset rule",
    status("productionListenerRule x should have exactly one target group serving traffic but found 2"),
  ],
  [
    "permission",
    "a role",
    status("ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role 'x'."),
  ],
  ["taken-back", "a person", status("", { rollback: { reason: "Rollback requested by StopServiceDeployment" } })],
  ["too-late", "time", { verdict: "TIMED_OUT", ...status("") }],
  [
    "preflight: image",
    "preflight",
    { checks: [{ name: "image", status: "problem", detail: "gone", fix: "push" }], gates: [gate("smoke", "fail")] },
  ],
  ["unknown", "nothing at all", {}],
];

describe("the likeliest cause comes first", () => {
  test.each(cases)("%s: %s", (kind, _, evidence) => {
    const [first] = rankCauses({ ...none, ...evidence });
    expect(first?.kind).toBe(kind);
    expect(first?.fix).toBeTruthy();
    expect(first?.title).toBeTruthy();
  });

  test("a crash shows its last log lines", () => {
    const stopped = [task("EssentialContainerExited", "Essential container in task exited", 3)];
    const [first] = rankCauses({ ...none, stopped, log: ["starting", "Error: no price list"] });
    expect(first?.title).toBe("The container exited by itself with code 3.");
    expect(first?.evidence).toEqual([
      "1 task(s): Essential container in task exited",
      "log: starting",
      "log: Error: no price list",
    ]);
  });

  test("of one kind only the strongest is kept", () => {
    const both = { gates: [gate("target-health", "fail")], stopped: [killed] };
    expect(rankCauses({ ...none, ...both }).filter((cause) => cause.kind === "unhealthy")).toHaveLength(1);
  });
});
