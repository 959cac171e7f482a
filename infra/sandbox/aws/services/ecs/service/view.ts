import type { Deployment, Service, ServiceRevision } from "@aws-sdk/client-ecs";
import type { RolloutRecord, ServiceRecord } from "../model.ts";
import type { Records } from "../records.ts";

const COMPLETED = (id: string): string => `ECS deployment ${id} completed.`;

function counts(records: Records, service: ServiceRecord, revisionArn?: string) {
  const tasks = records
    .tasksOf(service.arn)
    .filter(({ task }) => task.desiredStatus === "RUNNING")
    .filter((record) => !revisionArn || record.revisionArn === revisionArn);
  const runningCount = tasks.filter(({ task }) => task.lastStatus === "RUNNING").length;
  return { runningCount, pendingCount: tasks.length - runningCount };
}

function hasTasks(records: Records, service: ServiceRecord, rollout: RolloutRecord): boolean {
  return records
    .tasksOf(service.arn)
    .some((record) => record.revisionArn === rollout.revisionArn && record.task.lastStatus !== "STOPPED");
}

function deploymentView(records: Records, service: ServiceRecord, rollout: RolloutRecord): Deployment {
  const revision = records.revision(rollout.revisionArn).revision;
  const isCompleted = rollout.completesAt !== undefined && rollout.completesAt <= records.now();
  const own = counts(records, service, rollout.revisionArn);
  return {
    id: rollout.id,
    status: rollout.status,
    taskDefinition: revision.taskDefinition,
    desiredCount: rollout.status === "PRIMARY" ? service.desiredCount : own.runningCount + own.pendingCount,
    ...own,
    failedTasks: rollout.failedTasks,
    createdAt: rollout.createdAt,
    updatedAt: isCompleted ? rollout.completesAt : rollout.updatedAt,
    launchType: revision.launchType,
    capacityProviderStrategy: revision.capacityProviderStrategy,
    platformVersion: revision.platformVersion,
    platformFamily: revision.platformFamily,
    networkConfiguration: revision.networkConfiguration,
    ...connectView(records, service, revision),
    rolloutState: isCompleted ? "COMPLETED" : rollout.state,
    rolloutStateReason: isCompleted ? COMPLETED(rollout.id) : rollout.reason,
  };
}

/** Service Connect as the classic deployment of a revision shows it. */
function connectView(records: Records, { arn }: ServiceRecord, revision: ServiceRevision): Partial<Deployment> {
  const configuration = revision.serviceConnectConfiguration;
  if (!configuration) return {};
  const resources = configuration.enabled ? (records.memberships.of(arn)?.resources ?? []) : [];
  return {
    serviceConnectConfiguration: configuration,
    serviceConnectResources: resources.map((one) => ({ discoveryName: one.discoveryName, discoveryArn: one.arn })),
  };
}

/** A service as DescribeServices shows it, the classic deployments included. */
export function serviceView(
  records: Records,
  service: ServiceRecord,
  options: { tags: boolean } = { tags: true },
): Service {
  const {
    serviceConnectConfiguration,
    volumeConfigurations,
    vpcLatticeConfigurations,
    gatewayConnectors,
    monitoring,
    ...settings
  } = service.settings;
  const rollouts = service.rollouts.filter((one) => one.status === "PRIMARY" || hasTasks(records, service, one));
  const revisions = [...new Set(rollouts.map((rollout) => rollout.revisionArn))];
  return {
    ...settings,
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.clusterArn,
    status: service.status,
    desiredCount: service.desiredCount,
    ...counts(records, service),
    platformVersion: settings.platformVersion ?? "LATEST",
    platformFamily: "Linux",
    deployments: rollouts.map((rollout) => deploymentView(records, service, rollout)),
    events: service.events,
    createdAt: service.createdAt,
    createdBy: service.createdBy,
    currentServiceDeployment: service.deploymentArn,
    currentServiceRevisions: revisions.map((arn) => {
      const own = counts(records, service, arn);
      const requestedTaskCount = own.runningCount + own.pendingCount;
      return { arn, requestedTaskCount, runningTaskCount: own.runningCount, pendingTaskCount: own.pendingCount };
    }),
    tags: options.tags ? service.tags : undefined,
  };
}
