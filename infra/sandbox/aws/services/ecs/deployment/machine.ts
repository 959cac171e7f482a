import type { ServiceDeploymentRollbackMonitorsStatus, ServiceDeploymentStatus } from "@aws-sdk/client-ecs";
import type { DeploymentRecord } from "../model.ts";
import {
  closeHooks,
  expireHooks,
  type HookIds,
  hookFailure,
  hooksHere,
  isOpen,
  missingHooks,
  stageStart,
} from "./hooks.ts";
import { backwardPlan, neededCount, type Step } from "./plan.ts";

/**
 * The deployment state machine, without effects: one observation in, the changed record out. Whoever drives it makes
 * tasks and rules match `currentStep(record)` and calls the functions of due hooks between two calls, so a restart
 * continues where it stopped.
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
  /** Why the deployment cannot go on, in the words that follow "rolled back because". */
  readonly problem?: string;
  /** Names of its alarms that are in ALARM; `undefined` when CloudWatch could not be asked this time. */
  readonly alarming?: readonly string[];
}

export interface Presence {
  readonly present: number;
  readonly healthy: number;
}

const DAY_SECONDS = 24 * 3600; // longest time of one stage
const LONGEST_DAYS = 30; // of a whole deployment
export const IMAGE_ATTEMPTS = 3; // look-ups of image digests that fail before the circuit breaker acts
const PREFIX = "Service deployment rolled back because";
const NO_CANDIDATE = "No rollback candidate was found to run the rollback.";

export const currentStep = (record: DeploymentRecord): Step | undefined => record.plan[record.index];

const secondsSince = (start: Date, now: Date): number => (now.getTime() - start.getTime()) / 1000;

function enter(record: DeploymentRecord, index: number, now: Date): DeploymentRecord {
  return { ...record, index, enteredAt: now, updatedAt: now };
}

const settled = (status: ServiceDeploymentRollbackMonitorsStatus): ServiceDeploymentRollbackMonitorsStatus =>
  status === "MONITORING" ? "MONITORING_COMPLETE" : status;

function finish(record: DeploymentRecord, status: ServiceDeploymentStatus, now: Date): DeploymentRecord {
  const stopped = status === "STOPPED" ? { stoppedAt: now } : {};
  const breaker = settled(record.breaker);
  const alarms = { ...record.alarms, status: settled(record.alarms.status) };
  const hooks = closeHooks(record, now);
  return { ...record, ...stopped, status, breaker, alarms, hooks, finishedAt: now, updatedAt: now };
}

/** Turns a deployment back; the reason is kept as ECS words it. */
export function rollBack(record: DeploymentRecord, because: string, now: Date): DeploymentRecord {
  const reason = `${PREFIX} ${because}`;
  const canReturn = record.candidateArn !== undefined && !record.isRefused;
  return {
    ...record,
    status: "ROLLBACK_IN_PROGRESS",
    statusReason: reason,
    direction: "back",
    plan: canReturn ? backwardPlan(currentStep(record), record.configuration) : [],
    index: 0,
    enteredAt: now,
    updatedAt: now,
    hooks: closeHooks(record, now),
    rollback: { reason, startedAt: now, serviceRevisionArn: record.candidateArn },
  };
}

/** A failure with rollback switched off: everything stays where it is. ECS's words for it are not published. */
function halt(record: DeploymentRecord, because: string, now: Date): DeploymentRecord {
  const statusReason = `Service deployment stopped because ${because}`;
  return { ...record, status: "STOP_REQUESTED", statusReason, hooks: closeHooks(record, now), updatedAt: now };
}

interface Failure {
  readonly because: string;
  readonly mayRollBack: boolean;
}

const fail = (record: DeploymentRecord, { because, mayRollBack }: Failure, now: Date): DeploymentRecord =>
  mayRollBack ? rollBack(record, because, now) : halt(record, because, now);

/** What ends a stage the same: enough healthy tasks, weights written, or everything that leaves gone. */
function isConditionMet(step: Step, record: DeploymentRecord, seen: Observation): boolean {
  const isForward = record.direction === "forward";
  const arriving = isForward ? seen.target : seen.source;
  const leaving = isForward ? seen.source : seen.target;
  const needed = isForward ? neededCount(record.configuration, seen.desiredCount) : seen.desiredCount;
  switch (step.condition) {
    case "none":
      return true;
    case "reconciled":
      return seen.othersPresent === 0 && seen.isShifted;
    case "healthy":
      return arriving.healthy >= needed;
    case "shifted":
      return seen.isShifted;
    case "drained":
      return seen.isShifted && leaving.present + seen.othersPresent === 0 && arriving.healthy >= needed;
  }
}

/**
 * The circuit breaker. The guide's prose grants it to rolling deployments only; the console's page, AWS's own samples
 * and deployments that people watched show it with every strategy, so it acts with every strategy here.
 */
function breakerFailure(record: DeploymentRecord, now: Date): DeploymentRecord | undefined {
  if (record.breaker !== "MONITORING") return undefined;
  const isTooMany = record.failureCount > 0 && record.failureCount >= record.threshold;
  const isWithoutImage = record.imageAttempts >= IMAGE_ATTEMPTS;
  if (!isTooMany && !isWithoutImage) return undefined;
  const because = isTooMany
    ? "the circuit breaker threshold was exceeded."
    : `the digest of a container image could not be resolved ${IMAGE_ATTEMPTS} times.`; // words of the sandbox
  const mayRollBack = record.configuration.deploymentCircuitBreaker?.rollback ?? false;
  return fail({ ...record, breaker: "TRIGGERED" }, { because, mayRollBack }, now);
}

/** Alarms that are in ALARM at the first look are left out for the whole deployment. */
function alarmFailure(record: DeploymentRecord, { alarming, now }: Observation): DeploymentRecord | undefined {
  const { alarms } = record;
  if (alarms.status !== "MONITORING" || !alarming) return undefined;
  if (!alarms.ignored) return { ...record, alarms: { ...alarms, ignored: [...alarming] } };
  const triggered = alarming.filter((name) => !alarms.ignored?.includes(name));
  if (triggered.length === 0) return undefined;
  const noted: DeploymentRecord = { ...record, alarms: { ...alarms, status: "TRIGGERED", triggered } };
  // The service event says "alarm detected."; the status reason is made in its likeness.
  return fail(noted, { because: "alarm detected.", mayRollBack: record.configuration.alarms?.rollback ?? false }, now);
}

/** Time limits; asked only after the stage's own end, so that a bake of exactly 24 hours succeeds. */
function overdue(record: DeploymentRecord, now: Date): string | undefined {
  if (secondsSince(stageStart(record, now), now) >= DAY_SECONDS)
    return `the ${currentStep(record)?.stage} stage took longer than 24 hours.`;
  const start = record.startedAt ?? record.createdAt;
  return secondsSince(start, now) >= LONGEST_DAYS * DAY_SECONDS
    ? `it took longer than ${LONGEST_DAYS} days.`
    : undefined;
}

/** What must not wait for the stage's own condition: a broken load balancer, the breaker, alarms, a hook's verdict. */
function failure(record: DeploymentRecord, seen: Observation): DeploymentRecord | undefined {
  if (seen.problem) return rollBack(record, seen.problem, seen.now);
  const noted = breakerFailure(record, seen.now) ?? alarmFailure(record, seen);
  if (noted) return noted;
  const verdict = hookFailure(record);
  return verdict === undefined ? undefined : rollBack(record, verdict, seen.now);
}

/** Opens the step's hooks, or closes those whose time is up; `undefined`: nothing to do. */
function changeHooks(record: DeploymentRecord, now: Date, ids: HookIds): DeploymentRecord | undefined {
  const opened = missingHooks(record, now, ids);
  if (opened.length > 0) return { ...record, hooks: [...record.hooks, ...opened], updatedAt: now };
  return expireHooks(record, now);
}

const isStepOver = (step: Step, record: DeploymentRecord, seen: Observation): boolean =>
  !hooksHere(record).some(isOpen) &&
  isConditionMet(step, record, seen) &&
  secondsSince(record.enteredAt, seen.now) >= step.seconds;

function advanceForward(record: DeploymentRecord, seen: Observation, ids: HookIds): DeploymentRecord {
  const step = currentStep(record);
  if (!step) return finish(record, "SUCCESSFUL", seen.now);
  const isEnding = step.stage === "CLEAN_UP"; // the old revision is leaving: there is nothing to return to
  const changed = (isEnding ? undefined : failure(record, seen)) ?? changeHooks(record, seen.now, ids);
  if (changed) return changed;
  if (isStepOver(step, record, seen)) return next(record, "SUCCESSFUL", seen.now);
  const late = isEnding ? undefined : overdue(record, seen.now);
  return late ? rollBack(record, late, seen.now) : record;
}

const next = (record: DeploymentRecord, end: ServiceDeploymentStatus, now: Date): DeploymentRecord =>
  record.index + 1 < record.plan.length ? enter(record, record.index + 1, now) : finish(record, end, now);

/**
 * What a hook that refuses a rollback does is not documented: here the rollback counts as failed, with all traffic
 * and tasks already where they were.
 */
function advanceBack(record: DeploymentRecord, seen: Observation, ids: HookIds): DeploymentRecord {
  const giveUp = (because: string) => ({
    ...finish(record, "ROLLBACK_FAILED", seen.now),
    statusReason: because,
  });
  if (!record.candidateArn) return giveUp(NO_CANDIDATE);
  const step = currentStep(record);
  if (!step) return finish(record, "ROLLBACK_SUCCESSFUL", seen.now);
  if (seen.problem && (step.production ?? step.test) !== undefined) return giveUp(`${PREFIX} ${seen.problem}`);
  const verdict = hookFailure(record);
  if (verdict) return giveUp(`${PREFIX} ${verdict}`);
  const changed = changeHooks(record, seen.now, ids);
  if (changed) return changed;
  if (isStepOver(step, record, seen)) return next(record, "ROLLBACK_SUCCESSFUL", seen.now);
  const late = secondsSince(record.enteredAt, seen.now) >= DAY_SECONDS;
  return late ? giveUp(`${PREFIX} the ${step.stage} stage took longer than 24 hours.`) : record;
}

/** One transition at most; the same record back when there is nothing to do. */
export function advance(record: DeploymentRecord, seen: Observation, ids: HookIds): DeploymentRecord {
  switch (record.status) {
    case "PENDING": {
      const alarms = seen.alarming ? { ...record.alarms, ignored: [...seen.alarming] } : record.alarms;
      return { ...enter(record, 0, seen.now), alarms, status: "IN_PROGRESS", startedAt: seen.now };
    }
    case "IN_PROGRESS":
      return advanceForward(record, seen, ids);
    case "STOP_REQUESTED":
      return finish(record, "STOPPED", seen.now);
    case "ROLLBACK_REQUESTED":
      // In CLEAN_UP the old revision is already leaving: the request has lost the race.
      return currentStep(record)?.stage === "CLEAN_UP"
        ? advanceForward(record, seen, ids)
        : rollBack(record, "a StopServiceDeployment request asked for it.", seen.now);
    case "ROLLBACK_IN_PROGRESS":
      return advanceBack(record, seen, ids);
    default:
      return record;
  }
}

/** StopServiceDeployment with type ROLLBACK; works with automatic rollback switched off as well. */
export const requestRollback = (record: DeploymentRecord, now: Date): DeploymentRecord => ({
  ...record,
  status: "ROLLBACK_REQUESTED",
  updatedAt: now,
});

/**
 * A newer deployment takes over: this one ends as STOPPED and its hooks can no longer be answered. One that is on its
 * way back, or was asked to turn, finishes that first: its transitions allow nothing else.
 */
export function supersede(record: DeploymentRecord, now: Date): DeploymentRecord {
  if (record.status !== "PENDING" && record.status !== "IN_PROGRESS") return record;
  return {
    ...record,
    status: "STOP_REQUESTED",
    statusReason: "Service deployment was stopped because a newer service deployment was started.",
    isSuperseded: true,
    hooks: closeHooks(record, now),
    updatedAt: now,
  };
}
