import type { Container, LaunchType, NetworkConfiguration, Tag, TaskOverride } from "@aws-sdk/client-ecs";
import type { ClusterRecord, RevisionRecord, TaskDefinitionRecord, TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";
import { leastUsedSubnet, plannedInterface } from "./network.ts";

const FARGATE_STORAGE_GIB = 20;

/** What a new task is made from. */
export interface TaskRequest {
  readonly cluster: Pick<ClusterRecord, "name" | "arn">;
  readonly definition: TaskDefinitionRecord;
  readonly override?: TaskOverride;
  readonly group: string;
  readonly startedBy?: string;
  readonly launchType?: LaunchType;
  readonly capacityProviderName?: string;
  readonly platformVersion?: string;
  readonly network?: NetworkConfiguration;
  readonly tags?: Tag[];
  readonly enableExecuteCommand?: boolean;
  readonly revision?: RevisionRecord;
}

function containersOf(records: Records, request: TaskRequest, task: { id: string; arn: string }): Container[] {
  return (request.definition.definition.containerDefinitions ?? []).map((container) => ({
    containerArn: records.arns.container(request.cluster.name, task.id),
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    lastStatus: "PENDING",
    networkInterfaces: [],
    healthStatus: "UNKNOWN",
    cpu: String(container.cpu ?? 0),
    memory: container.memory === undefined ? undefined : String(container.memory),
    memoryReservation: container.memoryReservation === undefined ? undefined : String(container.memoryReservation),
  }));
}

function resolvedImages(revision: RevisionRecord | undefined): Record<string, string> {
  const images = (revision?.revision.containerImages ?? []).filter((image) => image.imageDigest && image.image);
  return Object.fromEntries(
    images.map(({ containerName, image = "", imageDigest }) => [
      containerName ?? "",
      `${image.replace(/@.*$/, "").replace(/:[^:/]*$/, "")}@${imageDigest}`,
    ]),
  );
}

function plannedSubnet(records: Records, { network, group, cluster, revision }: TaskRequest): string {
  const known = revision ? records.tasksOf(revision.serviceArn) : [...records.tasks.values()];
  const others = known.filter(
    ({ task }) => task.group === group && task.clusterArn === cluster.arn && task.lastStatus !== "STOPPED",
  );
  return leastUsedSubnet(network?.awsvpcConfiguration?.subnets ?? [], others);
}

/** A new task in PROVISIONING, kept in the records. */
export function newTask(records: Records, request: TaskRequest): TaskRecord {
  const identity = records.arns.newTask(request.cluster.name);
  const { definition } = request.definition;
  const now = records.now();
  const record: TaskRecord = {
    ...identity,
    definitionArn: request.definition.arn,
    override: request.override,
    serviceArn: request.revision?.serviceArn,
    revisionArn: request.revision?.arn,
    images: resolvedImages(request.revision),
    targets: [],
    wasHealthy: false,
    isHealthy: false,
    hasFailed: false,
    isFailureCounted: false,
    task: {
      taskArn: identity.arn,
      clusterArn: request.cluster.arn,
      taskDefinitionArn: request.definition.arn,
      containers: containersOf(records, request, identity),
      group: request.group,
      startedBy: request.startedBy,
      launchType: request.launchType ?? "FARGATE",
      capacityProviderName: request.capacityProviderName,
      platformVersion: request.platformVersion ?? "1.4.0",
      platformFamily: "Linux",
      availabilityZone: `${records.context.region}a`,
      cpu: request.override?.cpu ?? definition.cpu,
      memory: request.override?.memory ?? definition.memory,
      overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...request.override },
      attributes: [
        {
          name: "ecs.cpu-architecture",
          value: definition.runtimePlatform?.cpuArchitecture === "ARM64" ? "arm64" : "x86_64",
        },
      ],
      desiredStatus: "RUNNING",
      lastStatus: "PROVISIONING",
      healthStatus: "UNKNOWN",
      connectivity: "CONNECTED",
      connectivityAt: now,
      createdAt: now,
      enableExecuteCommand: request.enableExecuteCommand ?? false,
      ephemeralStorage: request.override?.ephemeralStorage ??
        definition.ephemeralStorage ?? { sizeInGiB: FARGATE_STORAGE_GIB },
      attachments: [plannedInterface(records.arns.newUuid(), plannedSubnet(records, request))],
      tags: request.tags ?? [],
      version: 1,
    },
  };
  records.tasks.set(record.arn, record);
  return record;
}
