import type { DeploymentLifecycleHook } from "@aws-sdk/client-ecs";
import type { DeploymentRecord, HookRecord } from "../model.ts";
import type { Stage, Step } from "./plan.ts";

/** Lifecycle hooks of a deployment: which are open, what their answers mean. Pure. */

/** Fresh ids; every opening of a hook gets its own. */
export interface HookIds {
  /** @returns `ecs-<type>-<43 characters>`. */
  readonly hook: (type: "pause" | "lambda") => string;
  readonly execution: () => string;
}

const DEFAULT_MINUTES = 1440;
const DEFAULT_DELAY_SECONDS = 30;

/** The only stages that a rollback runs again; PAUSE hooks are not allowed there for that reason. */
const REPEATED: readonly Stage[] = ["TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"];

const stepOf = (record: DeploymentRecord): Step | undefined => record.plan[record.index];

export const isOpen = ({ status }: HookRecord): boolean => status === "AWAITING_ACTION" || status === "IN_PROGRESS";

/** Hooks of the step that the deployment is in. */
export const hooksHere = (record: DeploymentRecord): HookRecord[] =>
  record.hooks.filter((hook) => hook.step === record.index && hook.direction === record.direction);

/** Hooks that the current step still has to open: all of a stage start together. */
export function missingHooks(record: DeploymentRecord, now: Date, ids: HookIds): HookRecord[] {
  const step = stepOf(record);
  if (!step || step.isSettling || hooksHere(record).length > 0) return [];
  if (record.direction === "back" && !REPEATED.includes(step.stage)) return [];
  return (record.configuration.lifecycleHooks ?? []).flatMap((hook, position) =>
    hook.lifecycleStages?.some((stage) => stage === step.stage)
      ? [{ ...opened(hook, now, ids), position, stage: step.stage, step: record.index, direction: record.direction }]
      : [],
  );
}

function opened(hook: DeploymentLifecycleHook, now: Date, ids: HookIds) {
  const { timeoutInMinutes = DEFAULT_MINUTES, action = "ROLLBACK" } = hook.timeoutConfiguration ?? {};
  const shared = {
    openedAt: now,
    expiresAt: new Date(now.getTime() + timeoutInMinutes * 60_000),
    timeoutAction: action,
  };
  if (hook.targetType === "PAUSE")
    return { ...shared, hookId: ids.hook("pause"), targetType: "PAUSE", status: "AWAITING_ACTION" } as const;
  return {
    ...shared,
    hookId: ids.hook("lambda"),
    targetType: "AWS_LAMBDA",
    status: "IN_PROGRESS",
    targetArn: hook.hookTargetArn,
    executionId: ids.execution(),
    nextCallAt: now,
  } as const;
}

/** Words of a Lambda hook's failure; the first half is ECS's. */
const failed = ({ stage }: HookRecord, detail: string): string => `${stage} lifecycle hook(s) failed. ${detail}`;

/** The guide has words for the time-out of a PAUSE hook only; those of a Lambda hook are made in their likeness. */
function timeoutText(hook: HookRecord): string {
  if (hook.targetType === "PAUSE") return `${hook.stage} pause hook timed out.`;
  return failed(hook, `Lifecycle hook target ${hook.targetArn} timed out.`);
}

function replaced(record: DeploymentRecord, next: readonly HookRecord[]): HookRecord[] {
  return record.hooks.map((hook) => next.find((one) => one.hookId === hook.hookId) ?? hook);
}

/** Hooks whose time is up: CONTINUE lets the stage go on, ROLLBACK is a failure. */
export function expireHooks(record: DeploymentRecord, now: Date): DeploymentRecord | undefined {
  const expired = hooksHere(record)
    .filter((hook) => isOpen(hook) && hook.expiresAt <= now)
    .map((hook): HookRecord => {
      const failure = hook.timeoutAction === "ROLLBACK" ? timeoutText(hook) : undefined;
      return { ...hook, status: "TIMED_OUT", closedAt: now, nextCallAt: undefined, failure };
    });
  return expired.length > 0 ? { ...record, hooks: replaced(record, expired), updatedAt: now } : undefined;
}

/** Why a hook of this step wants the deployment to fail; one such verdict outweighs all others. */
export const hookFailure = (record: DeploymentRecord): string | undefined =>
  hooksHere(record).find((hook) => hook.failure !== undefined)?.failure;

/** Hooks that nobody may answer any more: the deployment leaves its way. */
export const closeHooks = (record: DeploymentRecord, now: Date): HookRecord[] =>
  record.hooks.map((hook) =>
    isOpen(hook) ? { ...hook, status: "FAILED", closedAt: now, nextCallAt: undefined } : hook,
  );

export interface HookAnswer {
  readonly hookId: string;
  readonly action: "CONTINUE" | "ROLLBACK";
  readonly now: Date;
}

/** ContinueServiceDeployment on an open PAUSE hook; the next turn draws the conclusion. */
export function answerHook(record: DeploymentRecord, { hookId, action, now }: HookAnswer): DeploymentRecord {
  const answered = record.hooks
    .filter((hook) => hook.hookId === hookId && isOpen(hook))
    .map((hook): HookRecord => {
      if (action === "CONTINUE") return { ...hook, status: "SUCCEEDED", closedAt: now };
      // ECS's words for this case are not published.
      return {
        ...hook,
        status: "FAILED",
        closedAt: now,
        failure: `${hook.stage} pause hook was answered with ROLLBACK.`,
      };
    });
  return { ...record, hooks: replaced(record, answered), updatedAt: now };
}

/** What came of calling a hook's function once. */
export type HookVerdict =
  | { readonly status: "SUCCEEDED"; readonly details?: Record<string, unknown> }
  | { readonly status: "IN_PROGRESS"; readonly delaySeconds?: number; readonly details?: Record<string, unknown> }
  /** `detail`: the sentence that follows "lifecycle hook(s) failed." */
  | { readonly status: "FAILED"; readonly detail: string; readonly details?: Record<string, unknown> };

/** The answer of a Lambda hook. One that comes too late (time-out, superseded) changes nothing. */
export function takeVerdict(
  record: DeploymentRecord,
  { hookId, verdict, now }: { hookId: string; verdict: HookVerdict; now: Date },
): DeploymentRecord {
  const hook = record.hooks.find((one) => one.hookId === hookId && isOpen(one));
  if (!hook) return record;
  const kept = { ...record.hookDetails[hook.position], ...verdict.details };
  return {
    ...record,
    hooks: replaced(record, [afterVerdict(hook, verdict, now)]),
    hookDetails: verdict.details ? { ...record.hookDetails, [hook.position]: kept } : record.hookDetails,
    updatedAt: now,
  };
}

function afterVerdict(hook: HookRecord, verdict: HookVerdict, now: Date): HookRecord {
  if (verdict.status === "IN_PROGRESS") {
    const delay = verdict.delaySeconds ?? DEFAULT_DELAY_SECONDS;
    return { ...hook, nextCallAt: new Date(now.getTime() + delay * 1000) };
  }
  const failure = verdict.status === "FAILED" ? failed(hook, verdict.detail) : undefined;
  return { ...hook, status: verdict.status, closedAt: now, nextCallAt: undefined, failure };
}

/** Lambda hooks whose function is to be called now. */
export const dueHooks = (record: DeploymentRecord, now: Date): HookRecord[] =>
  record.hooks.filter((hook) => isOpen(hook) && hook.nextCallAt !== undefined && hook.nextCallAt <= now);

/** Waiting for a person does not count towards the time limit of a stage: a pause may last 14 days. */
export function stageStart(record: DeploymentRecord, now: Date): Date {
  const pauses = hooksHere(record).filter((hook) => hook.targetType === "PAUSE");
  if (pauses.some(isOpen)) return now;
  return pauses.reduce((latest, { closedAt }) => (closedAt && closedAt > latest ? closedAt : latest), record.enteredAt);
}
