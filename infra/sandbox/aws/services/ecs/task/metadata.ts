import type { Container, ContainerDefinition, Task } from "@aws-sdk/client-ecs";
import type { Usage } from "../../../../compute/driver.ts";
import type { TaskDefinitionRecord, TaskRecord } from "../model.ts";

/** Answers of the task metadata endpoint version 4, in the shapes of the guide for tasks on Fargate. Pure. */

const CPU_UNITS = 1024;
const MIB = 1024 * 1024;
const NANOSECONDS = 1e9;

export interface Described {
  readonly record: TaskRecord;
  readonly definition: TaskDefinitionRecord;
  readonly restartsOf: (container: string) => number;
  readonly startedAtOf: (container: string) => Date | undefined;
}

const detail = ({ attachments }: Task, name: string): string | undefined =>
  attachments?.[0]?.details?.find((one) => one.name === name)?.value;

function networks(task: Task): object[] {
  const ip = detail(task, "privateIPv4Address");
  return [
    {
      NetworkMode: "awsvpc",
      IPv4Addresses: ip ? [ip] : [],
      AttachmentIndex: 0,
      MACAddress: detail(task, "macAddress"),
      PrivateDNSName: detail(task, "privateDnsName"),
    },
  ];
}

function logs(definition: ContainerDefinition | undefined, { record }: Described): object {
  const { logDriver, options } = definition?.logConfiguration ?? {};
  if (!logDriver) return {};
  const prefix = options?.["awslogs-stream-prefix"];
  const stream = prefix && { "awslogs-stream": `${prefix}/${definition?.name}/${record.id}` };
  return { LogDriver: logDriver, LogOptions: { ...options, ...stream } };
}

export function containerMetadata(container: Container, described: Described): object {
  const { record, definition } = described;
  const { task } = record;
  const own = definition.definition.containerDefinitions?.find((one) => one.name === container.name);
  const startedAt = described.startedAtOf(container.name ?? "");
  const checked = own?.healthCheck && { Health: { status: container.healthStatus } };
  const restarted = own?.restartPolicy?.enabled && { RestartCount: described.restartsOf(container.name ?? "") };
  return {
    DockerId: container.runtimeId,
    Name: container.name,
    DockerName: container.name,
    Image: container.image,
    ImageID: container.imageDigest,
    Labels: {
      "com.amazonaws.ecs.cluster": task.clusterArn,
      "com.amazonaws.ecs.container-name": container.name,
      "com.amazonaws.ecs.task-arn": record.arn,
      "com.amazonaws.ecs.task-definition-family": definition.family,
      "com.amazonaws.ecs.task-definition-version": String(definition.revision),
      ...own?.dockerLabels,
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.lastStatus,
    ...(container.exitCode === undefined ? {} : { ExitCode: container.exitCode }),
    Limits: { CPU: own?.cpu || 2, ...(own?.memory ? { Memory: own.memory } : {}) },
    CreatedAt: startedAt,
    StartedAt: startedAt,
    Type: "NORMAL",
    ...checked,
    ...restarted,
    Networks: networks(task),
    ContainerARN: container.containerArn,
    ...logs(own, described),
  };
}

export function taskMetadata(described: Described, withTags: boolean): object {
  const { record, definition } = described;
  const { task } = record;
  const service = record.serviceArn && { ServiceName: record.serviceArn.split("/").at(-1) };
  return {
    Cluster: task.clusterArn,
    TaskARN: record.arn,
    Family: definition.family,
    Revision: String(definition.revision),
    ...service,
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    Limits: { CPU: Number(task.cpu ?? 0) / CPU_UNITS, Memory: Number(task.memory ?? 0) },
    PullStartedAt: task.pullStartedAt,
    PullStoppedAt: task.pullStoppedAt,
    AvailabilityZone: task.availabilityZone,
    LaunchType: task.launchType,
    Containers: (task.containers ?? []).map((container) => containerMetadata(container, described)),
    ...(withTags ? { TaskTags: Object.fromEntries((task.tags ?? []).map(({ key, value }) => [key, value])) } : {}),
  };
}

/** One measurement of a container. */
export interface Sample {
  readonly at: Date;
  readonly usage: Usage;
}

const cpuOf = ({ at, usage }: Sample, cpus: number): object => ({
  cpu_usage: { total_usage: Math.round(usage.cpuSeconds * NANOSECONDS) },
  system_cpu_usage: Math.round((at.getTime() / 1000) * NANOSECONDS * cpus),
  online_cpus: cpus,
});

/**
 * What a container uses, as container engines tell it: totals now and at the measurement before. Members that the
 * sandbox does not measure (disk, network) are left out.
 */
export function containerStats(
  container: Container,
  { now, before, limitMiB, cpus }: { now: Sample; before: Sample; limitMiB: number; cpus: number },
): object {
  return {
    read: now.at,
    preread: before.at,
    name: container.name,
    id: container.runtimeId,
    cpu_stats: cpuOf(now, cpus),
    precpu_stats: cpuOf(before, cpus),
    memory_stats: { usage: now.usage.memoryBytes, limit: limitMiB * MIB, stats: { rss: now.usage.memoryBytes } },
  };
}
