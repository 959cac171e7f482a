import type { ServiceDeployment, ServiceEvent, Task } from "@aws-sdk/client-ecs";
import type { TargetState } from "../aws/balancer.ts";
import type { GateResult } from "../gates/result.ts";
import { placeOf } from "./facts.ts";
import type { Followed } from "./follow.ts";
import type { RolloutPorts, RolloutRequest } from "./request.ts";
import type { Check, Verdict } from "./verdict.ts";

/** Everything that the rules about causes look at. */
export interface Evidence {
  readonly verdict: Verdict;
  readonly agent: string;
  readonly commit: string;
  readonly container?: string;
  readonly checks: readonly Check[];
  readonly gates: readonly GateResult[];
  readonly deployment?: ServiceDeployment;
  readonly events: readonly ServiceEvent[];
  /** Stopped tasks of the refused version only, newest first. */
  readonly stopped: readonly Task[];
  readonly troubled: readonly TargetState[];
  /** Last log lines of the newest task of the refused version. */
  readonly log: readonly string[];
}

const LOG_LINES = 12;

/** Reads what explains a red verdict: stopped tasks with their codes, and the last lines they wrote. */
export async function gatherEvidence(
  followed: Pick<Followed, "deployment" | "events" | "gates" | "troubled">,
  known: { readonly verdict: Verdict; readonly revisionArn: string },
  request: RolloutRequest,
  { cloud }: Pick<RolloutPorts, "cloud">,
): Promise<Evidence> {
  const place = placeOf(request);
  const [[revision], stopped, running] = await Promise.all([
    cloud.ecs.revisions([known.revisionArn]),
    cloud.ecs.tasks(place, "STOPPED"),
    cloud.ecs.tasks(place, "RUNNING"),
  ]);
  const ours = (task: Task) => task.taskDefinitionArn === revision?.taskDefinition;
  const own = stopped.filter(ours);
  const witness = own.find(died) ?? own[0] ?? running.find(ours);
  return {
    verdict: known.verdict,
    agent: request.manifest.name,
    commit: request.commit,
    container: revision?.containerImages?.[0]?.containerName,
    checks: [],
    ...followed,
    stopped: own,
    log: witness ? await logOf(witness, { cloud }) : [],
  };
}

const died = (task: Task): boolean => task.stopCode === "EssentialContainerExited";

async function logOf(task: Task, { cloud }: Pick<RolloutPorts, "cloud">): Promise<string[]> {
  if (!task.taskDefinitionArn) return [];
  const definition = await cloud.ecs.taskDefinition(task.taskDefinitionArn);
  for (const container of definition?.definition.containerDefinitions ?? []) {
    const options = container.logConfiguration?.options;
    const group = options?.["awslogs-group"];
    const prefix = options?.["awslogs-stream-prefix"];
    if (!group || !prefix) continue;
    const id = task.taskArn?.split("/").at(-1);
    const lines = await cloud.logs.tail(group, `${prefix}/${container.name}/${id}`, LOG_LINES);
    if (lines.length > 0) return lines;
  }
  return [];
}
