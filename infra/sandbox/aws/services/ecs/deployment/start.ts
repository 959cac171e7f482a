import type { LoadBalancer } from "@aws-sdk/client-ecs";
import type { DeploymentRecord, RevisionRecord, Route, ServiceRecord } from "../model.ts";
import type { Records } from "../records.ts";
import { resolveImages } from "./images.ts";
import { supersede } from "./machine.ts";
import { forwardPlan } from "./plan.ts";
import { readRoute } from "./routing.ts";
import { findRule, undoSplit } from "./traffic.ts";

const CLASSIC_STARTED = "ECS deployment ecs-svc/{} in progress.";

/** Makes the revision that the service's settings describe now. */
function newRevision(records: Records, service: ServiceRecord): RevisionRecord {
  const { settings } = service;
  const arn = records.arns.newServiceRevision(service.clusterName, service.name);
  const strategy = settings.capacityProviderStrategy;
  const revision: RevisionRecord = {
    arn,
    serviceArn: service.arn,
    targets: [],
    revision: {
      serviceRevisionArn: arn,
      serviceArn: service.arn,
      clusterArn: service.clusterArn,
      taskDefinition: settings.taskDefinition,
      launchType: strategy?.length ? undefined : settings.launchType,
      capacityProviderStrategy: strategy,
      platformVersion: "1.4.0",
      platformFamily: "Linux",
      loadBalancers: settings.loadBalancers,
      serviceRegistries: settings.serviceRegistries,
      networkConfiguration: settings.networkConfiguration,
      serviceConnectConfiguration: settings.serviceConnectConfiguration,
      volumeConfigurations: settings.volumeConfigurations,
      vpcLatticeConfigurations: settings.vpcLatticeConfigurations,
      guardDutyEnabled: false,
      createdAt: records.now(),
    },
  };
  records.revisions.set(arn, revision);
  return revision;
}

/** Starts a service deployment of what the settings say; one that still runs is superseded. */
export function startDeployment(records: Records, service: ServiceRecord): DeploymentRecord {
  const now = records.now();
  for (const other of records.deploymentsOf(service.arn)) Object.assign(other, supersede(other, now));
  const revision = newRevision(records, service);
  const rolloutId = `ecs-svc/${records.arns.newNumber()}`;
  const { deploymentConfiguration } = service.settings;
  const deployment: DeploymentRecord = {
    arn: records.arns.newServiceDeployment(service.clusterName, service.name),
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    rolloutId,
    targetRevisionArn: revision.arn,
    configuration: structuredClone(deploymentConfiguration),
    createdAt: now,
    sourceRevisionArns: [],
    candidateArn: service.liveRevisionArn,
    routes: [],
    status: "PENDING",
    direction: "forward",
    plan: [],
    index: 0,
    enteredAt: now,
    hooks: [],
    written: {},
    failureCount: 0,
    threshold: 0,
    breaker: deploymentConfiguration.deploymentCircuitBreaker?.enable ? "MONITORING" : "DISABLED",
    updatedAt: now,
  };
  records.deployments.set(deployment.arn, deployment);
  service.deploymentArn = deployment.arn;
  service.isSteady = false;
  for (const rollout of service.rollouts) rollout.status = "ACTIVE";
  service.rollouts.unshift({
    id: rolloutId,
    revisionArn: revision.arn,
    status: "PRIMARY",
    state: "IN_PROGRESS",
    reason: CLASSIC_STARTED.replace("ecs-svc/{}", rolloutId),
    failedTasks: 0,
    createdAt: now,
    updatedAt: now,
  });
  return deployment;
}

async function readRoutes(records: Records, balancers: readonly LoadBalancer[]): Promise<Route[] | string> {
  const { aws } = records.context;
  const routes: Route[] = [];
  for (const balancer of balancers) {
    const { productionListenerRule, testListenerRule } = balancer.advancedConfiguration ?? {};
    const [production, test] = await Promise.all([
      findRule(aws, productionListenerRule),
      findRule(aws, testListenerRule),
    ]);
    const found = readRoute(balancer, { production, test });
    if ("problem" in found) return found.problem;
    routes.push(found.route);
  }
  return routes;
}

/**
 * A canary that is superseded leaves its weights split. Which moment of ECS puts them together again is not documented
 * (specification, open question 5); here it is this one, before the successor reads which group is live. A deployment
 * that failed with rollback off had ended before: its split stays, and the successor is refused for it.
 */
async function reconcileWeights(records: Records, deployment: DeploymentRecord): Promise<void> {
  const superseded = records
    .deploymentsOf(deployment.serviceArn)
    .filter(({ status, finishedAt }) => status === "STOPPED" && (finishedAt ?? 0) >= deployment.createdAt);
  for (const predecessor of superseded) await undoSplit(records.context.aws, predecessor);
}

/** The revision whose group production traffic goes to now. */
function servingRevision(records: Records, arns: readonly string[], routes: readonly Route[]): string | undefined {
  const source = routes[0]?.sourceGroup;
  return arns.find((arn) => records.revisions.get(arn)?.targets[0]?.groupArn === source && source !== undefined);
}

/** Writes down which group each load balancer entry of the revision resolved to. */
function resolveGroups(revision: RevisionRecord, balancers: readonly LoadBalancer[], routes: readonly Route[]): void {
  const groupOf = (index: number) => routes[index]?.targetGroup ?? balancers[index]?.targetGroupArn ?? "";
  revision.targets = balancers.map((balancer, index) => ({
    groupArn: groupOf(index),
    containerName: balancer.containerName ?? "",
    containerPort: balancer.containerPort ?? 0,
  }));
  revision.revision.resolvedConfiguration = {
    loadBalancers: balancers.map((balancer, index) => ({
      targetGroupArn: groupOf(index),
      productionListenerRule: balancer.advancedConfiguration?.productionListenerRule,
    })),
  };
}

/**
 * What a deployment finds out before its first stage: images, live group, source revisions, its plan.
 * @returns why it cannot start, worded as what follows "Service deployment rolled back because".
 */
export async function prepareDeployment(
  records: Records,
  service: ServiceRecord,
  deployment: DeploymentRecord,
): Promise<string | undefined> {
  const revision = records.revision(deployment.targetRevisionArn);
  const balancers = revision.revision.loadBalancers ?? [];
  const { containerDefinitions = [] } = records.definition(revision.revision.taskDefinition ?? "");
  revision.revision.containerImages = await resolveImages(records.context, containerDefinitions);
  const shifts = deployment.configuration.strategy !== "ROLLING";
  if (shifts) await reconcileWeights(records, deployment);
  const routes = shifts ? await readRoutes(records, balancers) : [];
  const running = records.tasksOf(service.arn).filter(({ task }) => task.lastStatus !== "STOPPED");
  const found = [...new Set(running.map((record) => record.revisionArn ?? ""))];
  const sources = [...new Set([...found, ...(service.liveRevisionArn ? [service.liveRevisionArn] : [])])];
  const serving = typeof routes === "string" ? undefined : servingRevision(records, sources, routes);
  deployment.candidateArn = serving ?? service.liveRevisionArn;
  deployment.sourceRevisionArns = sources;
  const mustReconcile = found.length > 1 || found.some((arn) => arn !== deployment.candidateArn);
  deployment.plan = forwardPlan({ configuration: deployment.configuration, mustReconcile });
  if (typeof routes === "string") return routes;
  deployment.routes = routes;
  resolveGroups(revision, balancers, routes);
  return undefined;
}
