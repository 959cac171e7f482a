import type { ServiceDeployment, ServiceEvent } from "@aws-sdk/client-ecs";
import { changeLines, type Seen, seenOf } from "./changes.ts";
import { canRollBack, isGoingBack, isShifted, isTerminal } from "./status.ts";
import type { TimelineEntry } from "./verdict.ts";

/** One look at our deployment. */
export interface Observation {
  readonly at: Date;
  readonly deployment: ServiceDeployment;
  /** Events of the service since the deployment began, newest first. */
  readonly events: readonly ServiceEvent[];
  /** A service deployment that started after ours, when there is one. */
  readonly newer?: string;
  readonly cancelled: boolean;
}

export interface FollowRules {
  readonly waitUntil: "paused" | "shifted" | "finished";
  readonly onCancel: "rollback" | "leave";
  /** Past this moment the deployment is asked to roll back. */
  readonly deadline: Date;
  /** Past this one following ends, whatever ECS does. */
  readonly giveUpAt: Date;
}

export interface FollowState {
  readonly startedAt: Date;
  readonly seen: Seen;
  readonly timeline: readonly TimelineEntry[];
  /** Hooks that we have answered; each pause has an id of its own. */
  readonly answered: readonly string[];
  /** Why we asked ECS to roll back. */
  readonly stopped?: "cancelled" | "late";
}

export type Ending =
  | {
      readonly kind: "terminal";
      readonly status: string;
      readonly newer?: string;
      readonly stopped?: FollowState["stopped"];
    }
  | { readonly kind: "handed-over"; readonly stage: string }
  | { readonly kind: "late" }
  | { readonly kind: "cancelled"; readonly asked: boolean };

export type Action =
  | { readonly kind: "wait" }
  | { readonly kind: "gate"; readonly hookId: string; readonly stage: string }
  | { readonly kind: "stop"; readonly leave: boolean }
  | { readonly kind: "end"; readonly ending: Ending };

export interface Step {
  readonly state: FollowState;
  readonly lines: readonly string[];
  readonly action: Action;
}

export const startFollowing = (at: Date): FollowState => ({
  startedAt: at,
  seen: { hooks: {}, events: [], failures: 0 },
  timeline: [],
  answered: [],
});

/** Pure: what one observation means. Never ends with `terminal` while ECS's status can still change. */
export function advance(before: FollowState, observation: Observation, rules: FollowRules): Step {
  const lines = changeLines(before.seen, observation, before.startedAt);
  const stage = stageOf(observation.deployment);
  const fresh = stage !== before.timeline.at(-1)?.stage && !isTerminal(observation.deployment.status);
  const state: FollowState = {
    ...before,
    seen: seenOf(before.seen, observation),
    timeline: fresh ? [...before.timeline, { stage, at: observation.at }] : before.timeline,
  };
  const action = decideAction(state, observation, rules);
  return { state: afterAction(state, action, observation), lines, action };
}

/** What the timeline calls this moment: ECS shows no stage of its own while it goes back. */
function stageOf({ status, lifecycleStage }: ServiceDeployment): string {
  if (isGoingBack(status)) return "ROLLBACK";
  return lifecycleStage ?? status ?? "PENDING";
}

function decideAction(state: FollowState, observation: Observation, rules: FollowRules): Action {
  const { deployment, at, newer } = observation;
  const { status } = deployment;
  if (status && isTerminal(status))
    return { kind: "end", ending: { kind: "terminal", status, newer, stopped: state.stopped } };
  if (observation.cancelled) return onCancel(deployment, rules);
  if (at >= rules.giveUpAt) return { kind: "end", ending: { kind: "late" } };
  if (isGoingBack(status)) return { kind: "wait" };
  if (at >= rules.deadline && !state.stopped && canRollBack(deployment.lifecycleStage))
    return { kind: "stop", leave: false };
  return atPause(state, deployment, rules);
}

function onCancel(deployment: ServiceDeployment, { onCancel: wish }: FollowRules): Action {
  const asked = wish === "rollback" && !isGoingBack(deployment.status) && canRollBack(deployment.lifecycleStage);
  return asked ? { kind: "stop", leave: true } : { kind: "end", ending: { kind: "cancelled", asked: false } };
}

function atPause(state: FollowState, deployment: ServiceDeployment, rules: FollowRules): Action {
  const stage = deployment.lifecycleStage ?? "PENDING";
  if (rules.waitUntil === "shifted" && isShifted(stage)) return { kind: "end", ending: { kind: "handed-over", stage } };
  const waiting = (deployment.lifecycleHookDetails ?? []).find(
    (hook) => hook.status === "AWAITING_ACTION" && hook.hookId && !state.answered.includes(hook.hookId),
  );
  if (!waiting?.hookId) return { kind: "wait" };
  if (rules.waitUntil === "paused") return { kind: "end", ending: { kind: "handed-over", stage } };
  return { kind: "gate", hookId: waiting.hookId, stage };
}

function afterAction(state: FollowState, action: Action, { cancelled }: Observation): FollowState {
  if (action.kind === "gate") return { ...state, answered: [...state.answered, action.hookId] };
  if (action.kind === "stop") return { ...state, stopped: cancelled ? "cancelled" : "late" };
  return state;
}
