import type { LoadBalancer } from "@aws-sdk/client-ecs";
import type { ServiceContext } from "../../../kernel.ts";
import { offersConnection } from "../connect/configuration.ts";
import type { DeploymentRecord, RevisionRecord, Route, ServiceRecord, TrafficWeights } from "../model.ts";
import type { Records } from "../records.ts";
import { readAlarms } from "./alarms.ts";
import { isUnresolved, resolveImages } from "./images.ts";
import { IMAGE_ATTEMPTS, supersede } from "./machine.ts";
import { forwardPlan } from "./plan.ts";
import { isAssumable, missingPermissions } from "./roles.ts";
import { readRoute, servingGroup, shareOf } from "./routing.ts";
import { findRule } from "./traffic.ts";

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
    hookDetails: {},
    alarms: { status: deploymentConfiguration.alarms?.enable ? "MONITORING" : "DISABLED", triggered: [] },
    imageAttempts: 0,
    announced: [],
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

type Found = { readonly routes: Route[] } | { readonly problem: string };

/** Reads both rules of each load balancer entry, and whether ECS may use the role that it would change them with. */
async function readRoutes(
  { aws }: ServiceContext,
  balancers: readonly LoadBalancer[],
  interrupted: readonly Route[],
): Promise<Found> {
  const routes: Route[] = [];
  for (const [index, balancer] of balancers.entries()) {
    const { productionListenerRule, testListenerRule, roleArn } = balancer.advancedConfiguration ?? {};
    if (!(await isAssumable(aws, roleArn))) return { problem: missingPermissions(roleArn) };
    const [production, test] = await Promise.all([
      findRule(aws, productionListenerRule),
      findRule(aws, testListenerRule),
    ]);
    const found = readRoute(balancer, { production, test }, interrupted[index]);
    if ("problem" in found) return found;
    routes.push({ ...found.route, roleArn });
  }
  return { routes };
}

/**
 * Groups that a rolling deployment's tasks belong in: the one that serves, where a service with two groups has changed
 * to ROLLING; otherwise the only one there is.
 */
async function rollingGroups({ aws }: ServiceContext, balancers: readonly LoadBalancer[]): Promise<string[]> {
  const groupOf = async ({ targetGroupArn = "", advancedConfiguration: advanced }: LoadBalancer) => {
    const serving = servingGroup(await findRule(aws, advanced?.productionListenerRule));
    return serving === advanced?.alternateTargetGroupArn && serving !== undefined ? serving : targetGroupArn;
  };
  return Promise.all(balancers.map(groupOf));
}

/** The revision whose group production traffic goes to now. */
function servingRevision(records: Records, arns: readonly string[], routes: readonly Route[]): string | undefined {
  const source = routes[0]?.sourceGroup;
  return arns.find((arn) => records.revisions.get(arn)?.targets[0]?.groupArn === source && source !== undefined);
}

/** Writes down which group each load balancer entry of the revision resolved to. */
function resolveGroups(revision: RevisionRecord, balancers: readonly LoadBalancer[], groups: readonly string[]): void {
  const groupOf = (index: number) => groups[index] ?? "";
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
 * Looks the images up once. With the circuit breaker on, a deployment waits for one that is missing, and fails when it
 * stays away; without it the tasks fail to pull.
 * @returns whether the deployment may start.
 */
async function findImages(records: Records, deployment: DeploymentRecord): Promise<boolean> {
  const { revision } = records.revision(deployment.targetRevisionArn);
  const { containerDefinitions = [] } = records.definition(revision.taskDefinition ?? "");
  const images = await resolveImages(records.context, containerDefinitions);
  revision.containerImages = images;
  const isComplete = !images.some((image) => isUnresolved(records.context, image));
  if (isComplete || deployment.breaker === "DISABLED") return true;
  deployment.imageAttempts++;
  return deployment.imageAttempts >= IMAGE_ATTEMPTS;
}

/** Routes of the deployments that this one superseded: the last of them that moved traffic may have left it half-shifted. */
function interruptedRoutes(records: Records, service: ServiceRecord, deployment: DeploymentRecord): readonly Route[] {
  const before = records.deploymentsOf(service.arn).filter((one) => one !== deployment);
  const superseded = before.slice(before.findLastIndex((one) => !one.isSuperseded) + 1);
  return superseded.findLast((one) => one.routes.length > 0)?.routes ?? [];
}

/**
 * Revisions of deployments since the last that settled what is live, newest first: one of them may have been given all
 * traffic before it was superseded or stopped, even if no task of it runs now (desired count 0).
 */
function undecided(records: Records, service: ServiceRecord): string[] {
  const all = records.deploymentsOf(service.arn);
  const settled = all.findLastIndex(({ status }) => status === "SUCCESSFUL" || status === "ROLLBACK_SUCCESSFUL");
  const since = all.slice(settled + 1).filter((one) => one.arn !== service.deploymentArn);
  return since.map((one) => one.targetRevisionArn).reverse();
}

/** Which revisions run, which of them serves, and whether there are too many of them. */
function findSources(records: Records, service: ServiceRecord, routes: readonly Route[]) {
  const running = records.tasksOf(service.arn).filter(({ task }) => task.lastStatus !== "STOPPED");
  const found = [...new Set(running.map((record) => record.revisionArn ?? ""))];
  const sources = [...new Set([...found, ...(service.liveRevisionArn ? [service.liveRevisionArn] : [])])];
  // The live group is read from the rule, so after a deployment that was superseded in its bake the candidate is that
  // deployment's revision. (Spec 2.4 says "last successful"; that one may be gone, and this is the one place to change.)
  const open = undecided(records, service);
  const candidate = servingRevision(records, [...open, ...sources], routes) ?? service.liveRevisionArn;
  if (candidate && !sources.includes(candidate)) sources.push(candidate);
  // With no task wanted, a predecessor that did not end well shows no task, but may have moved a rule.
  const isHidden = service.desiredCount === 0 && open.length > 0;
  const mustReconcile = isHidden || found.length > 1 || found.some((arn) => arn !== candidate);
  return { sources, candidate, mustReconcile, hasBrokenPredecessor: open.length > 0 };
}

/** What predecessors have written: shares, in percent, of the group that the new tasks get. */
async function foundWeights({ aws }: ServiceContext, route: Route | undefined): Promise<TrafficWeights> {
  if (!route) return {};
  const rules = [route.productionRule, route.testRule].map((arn) => findRule(aws, arn));
  const [production, test] = await Promise.all(rules);
  return {
    production: production && shareOf(production, route.targetGroup),
    test: test && shareOf(test, route.targetGroup),
  };
}

/**
 * What a deployment finds out before its first stage: images, live group, source revisions, alarms, its plan.
 * @returns `isReady` false: nothing was decided, ask again; `problem`: why it cannot start, worded as what follows
 * "Service deployment rolled back because".
 */
export async function prepareDeployment(
  records: Records,
  service: ServiceRecord,
  deployment: DeploymentRecord,
): Promise<{ isReady: boolean; problem?: string }> {
  const { context } = records;
  const { configuration } = deployment;
  if (!(await findImages(records, deployment))) return { isReady: false };
  const revision = records.revision(deployment.targetRevisionArn);
  const balancers = revision.revision.loadBalancers ?? [];
  const shifts = configuration.strategy !== "ROLLING";
  const read = shifts
    ? await readRoutes(context, balancers, interruptedRoutes(records, service, deployment))
    : { routes: [], groups: await rollingGroups(context, balancers) };
  const routes = "routes" in read ? read.routes : [];
  const { sources, candidate, hasBrokenPredecessor, ...found } = findSources(records, service, routes);
  // A predecessor that did not end well may have left traffic where the new tasks will be.
  if (hasBrokenPredecessor) deployment.written = await foundWeights(context, routes[0]);
  const isAway = (deployment.written.test ?? 0) > 0;
  const mustReconcile = found.mustReconcile || isAway;
  const watched = await readAlarms(context, configuration.alarms ?? {});
  if (watched?.unknown.length)
    context.log(`ecs: service ${service.name}: no CloudWatch alarm is named ${watched.unknown.join(", ")}`);
  deployment.candidateArn = candidate;
  deployment.sourceRevisionArns = sources;
  deployment.hasMesh = shifts && offersConnection(revision.revision.serviceConnectConfiguration);
  deployment.plan = forwardPlan({ configuration, mustReconcile, alarmSeconds: watched?.seconds });
  if ("problem" in read) {
    deployment.isRefused = true;
    return { isReady: true, problem: read.problem };
  }
  deployment.routes = routes;
  resolveGroups(revision, balancers, "groups" in read ? read.groups : routes.map((route) => route.targetGroup));
  return { isReady: true };
}
