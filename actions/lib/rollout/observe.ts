import type { Service, ServiceDeployment, ServiceEvent } from "@aws-sdk/client-ecs";
import type { TargetState } from "../aws/balancer.ts";
import type { Place } from "../aws/ecs.ts";
import type { Observation } from "./advance.ts";
import type { RolloutPorts } from "./request.ts";
import { isGoingBack, isTerminal } from "./status.ts";

/** What is watched, fixed for one deployment. */
export interface Watched {
  readonly place: Place;
  readonly deploymentArn: string;
  /** Group of the new version's tasks, once known. */
  readonly group?: string;
}

type Ports = Pick<RolloutPorts, "cloud" | "clock" | "cancel">;

/** One look: the deployment and the service's events side by side; undefined while ECS does not show it yet. */
export async function observe(watched: Watched, { cloud, clock, cancel }: Ports): Promise<Observation | undefined> {
  const [deployment, service] = await Promise.all([
    cloud.ecs.deployment(watched.deploymentArn),
    cloud.ecs.service(watched.place),
  ]);
  if (!deployment) return undefined;
  const ending = isTerminal(deployment.status) || isGoingBack(deployment.status);
  return {
    at: clock.now(),
    deployment,
    events: eventsSince(service, deployment),
    newer: ending ? await newerThan(watched, deployment, { cloud }) : undefined,
    cancelled: cancel.aborted,
  };
}

function eventsSince(service: Service | undefined, { createdAt }: ServiceDeployment): ServiceEvent[] {
  const from = createdAt?.getTime() ?? 0;
  return (service?.events ?? []).filter((event) => (event.createdAt?.getTime() ?? 0) >= from);
}

async function newerThan(watched: Watched, ours: ServiceDeployment, { cloud }: Pick<RolloutPorts, "cloud">) {
  const [newest] = await cloud.ecs.deployments(watched.place);
  if (!newest?.serviceDeploymentArn || newest.serviceDeploymentArn === watched.deploymentArn) return undefined;
  return (newest.createdAt?.getTime() ?? 0) >= (ours.createdAt?.getTime() ?? 0)
    ? newest.serviceDeploymentArn
    : undefined;
}

/** States that pass by themselves while a target starts or leaves; they explain nothing. */
const PASSING = ["Elb.RegistrationInProgress", "Elb.InitialHealthChecking", "Target.DeregistrationInProgress"];

/** Targets that are in trouble now: read while they exist, because a rollback takes them away. */
export async function troubledTargets(
  { group }: Watched,
  { cloud }: Pick<RolloutPorts, "cloud">,
): Promise<TargetState[]> {
  if (!group) return [];
  const targets = await cloud.balancer.targets(group);
  return targets.filter(({ state, reason }) => state.startsWith("unhealthy") && !PASSING.includes(reason ?? ""));
}
