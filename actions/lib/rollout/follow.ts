import type { ServiceDeployment, ServiceEvent } from "@aws-sdk/client-ecs";
import type { TargetState } from "../aws/balancer.ts";
import type { GateResult } from "../gates/result.ts";
import { type Action, advance, type Ending, type FollowRules, type FollowState, startFollowing } from "./advance.ts";
import { placeOf } from "./facts.ts";
import { type Gated, gateLine, gateNow } from "./gate-at-pause.ts";
import { observe, troubledTargets, type Watched } from "./observe.ts";
import type { RolloutPorts, RolloutRequest } from "./request.ts";
import { groupOf, type Routing } from "./routing.ts";
import type { TimelineEntry } from "./verdict.ts";

/** Which deployment to follow, and what is known of its service. */
export interface Followable {
  readonly deploymentArn: string;
  readonly revisionArn: string;
  readonly routing: Routing;
}

/** What following one deployment to its end has seen. */
export interface Followed {
  readonly ending: Ending;
  readonly deployment?: ServiceDeployment;
  readonly events: readonly ServiceEvent[];
  readonly timeline: readonly TimelineEntry[];
  readonly gates: readonly GateResult[];
  readonly refusal?: string;
  /** Targets that were unhealthy at some look. */
  readonly troubled: readonly TargetState[];
}

/** ECS shows a new record within seconds; after a minute it will not come. */
const MISSING_LOOKS = 12;
/** Once late, ECS is given this long to finish its rollback before we stop looking. */
const GRACE_MINUTES = 10;

type Notes = Omit<Followed, "ending" | "timeline">;

/** Follows our deployment to a terminal state, answers its pauses by the gates, prints every change. */
export async function follow(target: Followable, request: RolloutRequest, ports: RolloutPorts): Promise<Followed> {
  const [revision] = await ports.cloud.ecs.revisions([target.revisionArn]);
  let watched: Watched = { place: placeOf(request), deploymentArn: target.deploymentArn, group: groupOf(revision) };
  let state: FollowState = startFollowing(ports.clock.now());
  let notes: Notes = { events: [], gates: [], troubled: [] };
  const rules = rulesOf(request, state.startedAt);
  for (let missing = 0; ; ) {
    const observation = await observe(watched, ports);
    if (!observation) {
      if (++missing > MISSING_LOOKS) return { ...notes, ending: { kind: "late" }, timeline: state.timeline };
      await pause(request, ports);
      continue;
    }
    watched = await withGroup(watched, target, ports);
    const step = advance(state, observation, rules);
    state = step.state;
    for (const line of step.lines) ports.line(line);
    notes = await note(notes, observation, watched, ports);
    const ending = await act(step.action, { target, watched, request, ports });
    if (ending && "kind" in ending) return { ...notes, ending, timeline: state.timeline };
    if (ending) notes = withGates(notes, ending);
    else await pause(request, ports);
  }
}

function rulesOf({ waitUntil, onCancel, waitMinutes }: RolloutRequest, from: Date): FollowRules {
  const after = (minutes: number) => new Date(from.getTime() + minutes * 60_000);
  return { waitUntil, onCancel, deadline: after(waitMinutes), giveUpAt: after(waitMinutes + GRACE_MINUTES) };
}

/** ECS resolves a revision's target group when its tasks start, so it may not be known at first. */
async function withGroup(watched: Watched, { revisionArn }: Followable, { cloud }: RolloutPorts): Promise<Watched> {
  if (watched.group) return watched;
  const [revision] = await cloud.ecs.revisions([revisionArn]);
  return { ...watched, group: groupOf(revision) };
}

interface Seeing {
  readonly deployment: ServiceDeployment;
  readonly events: readonly ServiceEvent[];
}

async function note(
  notes: Notes,
  { deployment, events }: Seeing,
  watched: Watched,
  ports: RolloutPorts,
): Promise<Notes> {
  const starting = deployment.lifecycleStage === "SCALE_UP" || deployment.lifecycleStage === "BAKE_TIME";
  const troubled = starting ? await troubledTargets(watched, ports) : [];
  return { ...notes, deployment, events, troubled: troubled.length ? troubled : notes.troubled };
}

interface Acting {
  readonly target: Followable;
  readonly watched: Watched;
  readonly request: RolloutRequest;
  readonly ports: RolloutPorts;
}

/** Does what one step asks. @returns the ending, or the gates that were measured, or nothing. */
async function act(action: Action, acting: Acting): Promise<Ending | Gated | undefined> {
  const { ports, target } = acting;
  if (action.kind === "end") return action.ending;
  if (action.kind === "gate") return answerGate(action.hookId, acting);
  if (action.kind === "stop") {
    const asked = await ports.cloud.ecs.stop(target.deploymentArn);
    ports.line(asked ? "asked ECS to roll back" : "ECS has nothing to stop any more");
    if (action.leave) return { kind: "cancelled", asked };
  }
  return undefined;
}

async function answerGate(hookId: string, { target, watched, request, ports }: Acting): Promise<Gated | undefined> {
  const deployment = await ports.cloud.ecs.deployment(target.deploymentArn);
  const desired = deployment?.targetServiceRevision?.requestedTaskCount ?? 1;
  const input = { side: "test", routing: target.routing, group: watched.group, desired } as const;
  const gated = await unlessCancelled(gateNow(input, request, ports), ports.cancel);
  if (!gated) return undefined;
  for (const result of gated.results) ports.line(gateLine(result));
  const { action, reason } = gated.decision;
  ports.line(`${action === "CONTINUE" ? "continue" : "roll back"}: ${reason}`);
  if (!(await ports.cloud.ecs.answer(target.deploymentArn, hookId, action)))
    ports.line("somebody else has answered this pause, or it timed out");
  return gated;
}

const withGates = (notes: Notes, { results, decision }: Gated): Notes => ({
  ...notes,
  gates: [...notes.gates, ...results],
  refusal: decision.action === "ROLLBACK" ? decision.reason : notes.refusal,
});

/** GitHub leaves a cancelled job about ten seconds: a gate must not use them up. */
async function unlessCancelled<T>(work: Promise<T>, cancel: AbortSignal): Promise<T | undefined> {
  if (cancel.aborted) return undefined;
  let abort = () => {};
  const cancelled = new Promise<undefined>((resolve) => {
    abort = () => resolve(undefined);
    cancel.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    cancel.removeEventListener("abort", abort);
  }
}

/** Waits one polling interval; a cancelled job wakes up at once. */
export async function pause({ pollSeconds }: Pick<RolloutRequest, "pollSeconds">, { clock, cancel }: RolloutPorts) {
  try {
    await clock.sleep(pollSeconds, cancel);
  } catch (error) {
    if (!cancel.aborted) throw error;
  }
}
