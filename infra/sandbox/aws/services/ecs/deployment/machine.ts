import type { ServiceDeploymentStatus } from "@aws-sdk/client-ecs";
import type { DeploymentRecord, HookRecord } from "../model.ts";
import { backwardPlan, type Step } from "./plan.ts";

/**
 * The deployment state machine, without effects: one observation in, the changed record out. Whoever drives it makes
 * tasks and rules match `currentStep(record)` between two calls, so a restart continues where it stopped.
 */

/** What is true now, as far as a deployment cares. */
export interface Observation {
  readonly now: Date;
  readonly desiredCount: number;
  /** Tasks of the revision to deploy, and of the one to return to. */
  readonly target: Presence;
  readonly source: Presence;
  /** Tasks of any further revision. */
  readonly othersPresent: number;
  /** Both rules carry what the current step wants. */
  readonly isShifted: boolean;
  /** Why the load balancer cannot be managed, in the words that follow "rolled back because". */
  readonly problem?: string;
}

export interface Presence {
  readonly present: number;
  readonly healthy: number;
}

const DAY_SECONDS = 24 * 3600; // longest time of one stage
const PREFIX = "Service deployment rolled back because";
const NO_CANDIDATE = "No rollback candidate was found to run the rollback.";
const DEFAULT_HOOK_MINUTES = 1440;

export const currentStep = (record: DeploymentRecord): Step | undefined => record.plan[record.index];

const secondsSince = (start: Date, now: Date): number => (now.getTime() - start.getTime()) / 1000;

function enter(record: DeploymentRecord, index: number, now: Date): DeploymentRecord {
  return { ...record, index, enteredAt: now, updatedAt: now };
}

function finish(record: DeploymentRecord, status: ServiceDeploymentStatus, now: Date): DeploymentRecord {
  const breaker = record.breaker === "MONITORING" ? "MONITORING_COMPLETE" : record.breaker;
  const stopped = status === "STOPPED" ? { stoppedAt: now } : {};
  return { ...record, ...stopped, status, breaker, finishedAt: now, updatedAt: now };
}

/** Turns a deployment back; the reason is kept as ECS words it. */
export function rollBack(record: DeploymentRecord, because: string, now: Date): DeploymentRecord {
  const reason = `${PREFIX} ${because}`;
  const plan = record.candidateArn ? backwardPlan(currentStep(record), record.configuration) : [];
  return {
    ...record,
    status: "ROLLBACK_IN_PROGRESS",
    statusReason: reason,
    direction: "back",
    plan,
    index: 0,
    enteredAt: now,
    updatedAt: now,
    hooks: record.hooks.map((hook) => (isOpen(hook) ? { ...hook, status: "FAILED" } : hook)),
    rollback: { reason, startedAt: now, serviceRevisionArn: record.candidateArn },
  };
}

/** A failure with rollback switched off: everything stays where it is. */
function halt(record: DeploymentRecord, because: string, now: Date): DeploymentRecord {
  return {
    ...record,
    status: "STOP_REQUESTED",
    statusReason: `Service deployment stopped because ${because}`,
    updatedAt: now,
  };
}

export const isOpen = (hook: HookRecord): boolean => hook.status === "AWAITING_ACTION";

const hooksHere = (record: DeploymentRecord): HookRecord[] => record.hooks.filter((hook) => hook.step === record.index);

/** PAUSE hooks that the current step still has to open. */
function missingHooks(record: DeploymentRecord, now: Date, newHookId: () => string): HookRecord[] {
  const stage = currentStep(record)?.stage;
  if (record.direction === "back" || !stage || hooksHere(record).length > 0) return [];
  const configured = (record.configuration.lifecycleHooks ?? []).filter(
    (hook) => hook.targetType === "PAUSE" && hook.lifecycleStages?.some((wanted) => wanted === stage),
  );
  return configured.map((hook) => ({
    hookId: newHookId(),
    stage,
    step: record.index,
    openedAt: now,
    expiresAt: new Date(now.getTime() + (hook.timeoutConfiguration?.timeoutInMinutes ?? DEFAULT_HOOK_MINUTES) * 60_000),
    timeoutAction: hook.timeoutConfiguration?.action ?? "ROLLBACK",
    status: "AWAITING_ACTION",
  }));
}

/** Hooks whose time is up: CONTINUE lets the stage go on, ROLLBACK turns the deployment. */
function expireHooks(record: DeploymentRecord, now: Date): DeploymentRecord | undefined {
  const expired = hooksHere(record).filter((hook) => isOpen(hook) && hook.expiresAt <= now);
  if (expired.length === 0) return undefined;
  const hooks = record.hooks.map(
    (hook): HookRecord => (expired.includes(hook) ? { ...hook, status: "TIMED_OUT" } : hook),
  );
  const closed = { ...record, hooks, updatedAt: now };
  const failing = expired.find((hook) => hook.timeoutAction === "ROLLBACK");
  return failing ? rollBack(closed, `${failing.stage} pause hook timed out.`, now) : closed;
}

function isConditionMet(step: Step, record: DeploymentRecord, seen: Observation): boolean {
  const arriving = record.direction === "forward" ? seen.target : seen.source;
  const leaving = record.direction === "forward" ? seen.source : seen.target;
  switch (step.condition) {
    case "none":
      return true;
    case "reconciled":
      return seen.othersPresent === 0;
    case "healthy":
      return arriving.healthy >= seen.desiredCount;
    case "shifted":
      return seen.isShifted;
    case "drained":
      return seen.isShifted && leaving.present + seen.othersPresent === 0 && arriving.healthy >= seen.desiredCount;
  }
}

/** What must not wait for the stage's own condition: a broken load balancer, the breaker, the stage's time limit. */
function failure(record: DeploymentRecord, seen: Observation): DeploymentRecord | undefined {
  if (seen.problem) return rollBack(record, seen.problem, seen.now);
  if (record.breaker === "MONITORING" && record.failureCount >= record.threshold) {
    const because = "the circuit breaker threshold was exceeded.";
    const tripped: DeploymentRecord = { ...record, breaker: "TRIGGERED" };
    const mayRollBack = record.configuration.deploymentCircuitBreaker?.rollback;
    return mayRollBack ? rollBack(tripped, because, seen.now) : halt(tripped, because, seen.now);
  }
  if (secondsSince(record.enteredAt, seen.now) >= DAY_SECONDS)
    return rollBack(record, `the ${currentStep(record)?.stage} stage took longer than 24 hours.`, seen.now);
  return undefined;
}

function advanceForward(record: DeploymentRecord, seen: Observation, newHookId: () => string): DeploymentRecord {
  const step = currentStep(record);
  if (!step) return finish(record, "SUCCESSFUL", seen.now);
  const failed = step.stage === "CLEAN_UP" ? undefined : failure(record, seen);
  if (failed) return failed;
  const opened = missingHooks(record, seen.now, newHookId);
  if (opened.length > 0) return { ...record, hooks: [...record.hooks, ...opened], updatedAt: seen.now };
  const expired = expireHooks(record, seen.now);
  if (expired) return expired;
  const isWaiting =
    hooksHere(record).some(isOpen) ||
    !isConditionMet(step, record, seen) ||
    secondsSince(record.enteredAt, seen.now) < step.seconds;
  if (isWaiting) return record;
  if (record.index + 1 < record.plan.length) return enter(record, record.index + 1, seen.now);
  return finish(record, "SUCCESSFUL", seen.now);
}

function advanceBack(record: DeploymentRecord, seen: Observation): DeploymentRecord {
  if (!record.candidateArn) return { ...finish(record, "ROLLBACK_FAILED", seen.now), statusReason: NO_CANDIDATE };
  const step = currentStep(record);
  if (!step) return finish(record, "ROLLBACK_SUCCESSFUL", seen.now);
  if (seen.problem && step.production !== undefined)
    return { ...finish(record, "ROLLBACK_FAILED", seen.now), statusReason: `${PREFIX} ${seen.problem}` };
  if (!isConditionMet(step, record, seen)) return record;
  if (record.index + 1 < record.plan.length) return enter(record, record.index + 1, seen.now);
  return finish(record, "ROLLBACK_SUCCESSFUL", seen.now);
}

/** One transition at most; the same record back when there is nothing to do. */
export function advance(record: DeploymentRecord, seen: Observation, newHookId: () => string): DeploymentRecord {
  switch (record.status) {
    case "PENDING":
      return { ...enter(record, 0, seen.now), status: "IN_PROGRESS", startedAt: seen.now };
    case "IN_PROGRESS":
      return advanceForward(record, seen, newHookId);
    case "STOP_REQUESTED":
      return finish(record, "STOPPED", seen.now);
    case "ROLLBACK_REQUESTED":
      // In CLEAN_UP the old revision is already leaving: the request has lost the race.
      return currentStep(record)?.stage === "CLEAN_UP"
        ? advanceForward({ ...record, status: "IN_PROGRESS" }, seen, newHookId)
        : rollBack(record, "a StopServiceDeployment request asked for it.", seen.now);
    case "ROLLBACK_IN_PROGRESS":
      return advanceBack(record, seen);
    default:
      return record;
  }
}

/** StopServiceDeployment with type ROLLBACK. */
export const requestRollback = (record: DeploymentRecord, now: Date): DeploymentRecord => ({
  ...record,
  status: "ROLLBACK_REQUESTED",
  updatedAt: now,
});

/** A newer deployment takes over: this one ends as STOPPED and its hooks can no longer be answered. */
export function supersede(record: DeploymentRecord, now: Date): DeploymentRecord {
  if (record.status !== "PENDING" && record.status !== "IN_PROGRESS" && record.status !== "ROLLBACK_REQUESTED")
    return record;
  return {
    ...record,
    status: "STOP_REQUESTED",
    statusReason: "Service deployment was stopped because a newer service deployment was started.",
    hooks: record.hooks.map((hook) => (isOpen(hook) ? { ...hook, status: "FAILED" } : hook)),
    updatedAt: now,
  };
}

export interface HookAnswer {
  readonly hookId: string;
  readonly action: "CONTINUE" | "ROLLBACK";
  readonly now: Date;
}

/** ContinueServiceDeployment on an open hook. */
export function answerHook(record: DeploymentRecord, { hookId, action, now }: HookAnswer): DeploymentRecord {
  const status = action === "CONTINUE" ? "SUCCEEDED" : "FAILED";
  const answered = record.hooks.find((hook) => hook.hookId === hookId);
  const hooks = record.hooks.map((hook): HookRecord => (hook === answered ? { ...hook, status } : hook));
  const next = { ...record, hooks, updatedAt: now };
  return action === "CONTINUE"
    ? next
    : rollBack(next, `${answered?.stage} pause hook was answered with ROLLBACK.`, now);
}
