import type { Pool, RouteTable, Upstream } from "../../../../network/connect/routing.ts";
import type { DeploymentRecord, ServiceRecord, TaskRecord } from "../model.ts";
import { isOver, type Records } from "../records.ts";
import { type ConnectPoint, pointsOf } from "./configuration.ts";

/** Which revisions get how much of a service's Service Connect traffic now. */

const isServing = ({ task, isHealthy, ip }: TaskRecord): boolean =>
  task.desiredStatus === "RUNNING" && task.lastStatus === "RUNNING" && isHealthy && ip !== undefined;

/** The deployment whose weights count: the one that is worked on, or one that failed and was left where it was. */
function decisive(records: Records, service: ServiceRecord): DeploymentRecord | undefined {
  const active = records.activeDeployment(service.arn);
  if (active) return active;
  return service.held && service.deploymentArn ? records.deployments.get(service.deploymentArn) : undefined;
}

interface Shares {
  /** Weight by revision ARN; every other revision gets nothing. `undefined`: all healthy tasks alike. */
  readonly weights?: ReadonlyMap<string, number>;
  /** Revision of test traffic. */
  readonly test?: string;
}

/**
 * As with the load balancer's rules, the shares are those that the deployment has written; before it wrote any, the
 * source serves. A rolling deployment replaces task by task: all that are healthy serve alike.
 */
function sharesOf(records: Records, service: ServiceRecord): Shares {
  const deployment = decisive(records, service);
  if (!deployment) {
    const live = service.liveRevisionArn;
    return live ? { weights: new Map([[live, 100]]) } : {};
  }
  if ((deployment.configuration.strategy ?? "ROLLING") === "ROLLING") return {};
  const { candidateArn, targetRevisionArn, written } = deployment;
  const share = written.production ?? 0;
  const weights = new Map([[targetRevisionArn, share]]);
  if (candidateArn && candidateArn !== targetRevisionArn) weights.set(candidateArn, 100 - share);
  const isTested = (written.test ?? 0) > 0 && !isOver(deployment);
  return { weights, ...(isTested ? { test: targetRevisionArn } : {}) };
}

/** Port of a point in another revision of the service, whose task definition may have moved it. */
function portIn(records: Records, revisionArn: string, point: ConnectPoint): number | undefined {
  const revision = records.revisions.get(revisionArn)?.revision;
  if (!revision?.taskDefinition) return undefined;
  const configuration = revision.serviceConnectConfiguration;
  const points = pointsOf(configuration, records.definition(revision.taskDefinition), "");
  return points.find(({ portName }) => portName === point.portName)?.containerPort;
}

/** Every healthy task of a service with its address for a point, by revision. */
export function upstreamsOf(records: Records, service: ServiceRecord, point: ConnectPoint): Map<string, Served[]> {
  const pools = new Map<string, Served[]>();
  for (const record of records.tasksOf(service.arn).filter(isServing)) {
    const revision = record.revisionArn ?? "";
    const port = portIn(records, revision, point);
    if (port === undefined || record.ip === undefined) continue;
    pools.set(revision, [...(pools.get(revision) ?? []), { ip: record.ip, port, taskId: record.id }]);
  }
  return pools;
}

export interface Served extends Upstream {
  readonly taskId: string;
}

/** The route table of one point of a service. */
export function tableOf(records: Records, service: ServiceRecord, point: ConnectPoint): RouteTable {
  const found = upstreamsOf(records, service, point);
  const { weights, test } = sharesOf(records, service);
  if (!weights) return { pools: [{ id: "all", weight: 1, upstreams: [...found.values()].flat() }] };
  const pools = [...weights].map(([id, weight]): Pool => ({ id, weight, upstreams: found.get(id) ?? [] }));
  return { pools, ...(test ? { test: { header: point.header, pool: test } } : {}) };
}
