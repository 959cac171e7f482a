import type { Dimension, MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { Usage } from "../../../../compute/driver.ts";
import { inBackground } from "../../../background.ts";
import type { ClusterRecord, ServiceRecord, TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";

/**
 * Metrics of what tasks really use: `AWS/ECS` for every service with running tasks, `ECS/ContainerInsights` for
 * clusters that have it switched on. Cluster-level CPUUtilization and MemoryUtilization exist for tasks on EC2 alone
 * (guide: available metrics), so the sandbox, which has Fargate only, has none.
 */

const INTERVAL_SECONDS = 60;
const SHORTEST_MS = 1000; // of real time: reading processes costs, and less than a second of CPU time tells little
const CPU_UNITS = 1024;
const MIB = 1024 * 1024;
const DATA_PER_CALL = 500;

/** What one task used since the measurement before. */
export interface TaskUse {
  /** CPU units, 1024 to a vCPU. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly reservedCpu: number;
  readonly reservedMemoryMiB: number;
}

interface Measured {
  readonly at: number;
  readonly cpuSeconds: number;
}

/** @param scale seconds of the clock in a real one: CPU time is real. Pure. */
function taskUse(
  record: TaskRecord,
  used: readonly Usage[],
  { at, before, scale }: { at: number; before: Measured | undefined; scale: number },
): TaskUse | undefined {
  const cpuSeconds = used.reduce((sum, usage) => sum + usage.cpuSeconds, 0);
  const elapsed = before ? (at - before.at) / 1000 / scale : 0;
  if (!before || elapsed <= 0 || used.length === 0) return undefined;
  return {
    cpu: (Math.max(0, cpuSeconds - before.cpuSeconds) / elapsed) * CPU_UNITS,
    memoryMiB: used.reduce((sum, usage) => sum + usage.memoryBytes, 0) / MIB,
    reservedCpu: Number(record.task.cpu ?? 0),
    reservedMemoryMiB: Number(record.task.memory ?? 0),
  };
}

const sum = (uses: readonly TaskUse[], member: keyof TaskUse): number =>
  uses.reduce((total, use) => total + use[member], 0);

/** One value per task, so that minimum, average and maximum are those over the tasks. Pure. */
export function utilization(uses: readonly TaskUse[], Dimensions: Dimension[]): MetricDatum[] {
  const datum = (MetricName: string, Values: number[]): MetricDatum => ({
    MetricName,
    Dimensions,
    Values,
    Unit: "Percent",
  });
  return [
    datum(
      "CPUUtilization",
      uses.map((use) => (use.cpu / use.reservedCpu) * 100),
    ),
    datum(
      "MemoryUtilization",
      uses.map((use) => (use.memoryMiB / use.reservedMemoryMiB) * 100),
    ),
  ];
}

interface Counts {
  readonly [metric: string]: number;
}

function insights(uses: readonly TaskUse[], counts: Counts, Dimensions: Dimension[]): MetricDatum[] {
  const datum = (MetricName: string, Value: number, Unit: MetricDatum["Unit"]): MetricDatum => ({
    MetricName,
    Dimensions,
    Value,
    Unit,
  });
  const used = [
    datum("CpuUtilized", sum(uses, "cpu"), "None"),
    datum("CpuReserved", sum(uses, "reservedCpu"), "None"),
    datum("MemoryUtilized", sum(uses, "memoryMiB"), "Megabytes"),
    datum("MemoryReserved", sum(uses, "reservedMemoryMiB"), "Megabytes"),
  ];
  return [
    ...(uses.length > 0 ? used : []),
    ...Object.entries(counts).map(([name, count]) => datum(name, count, "Count")),
  ];
}

const hasInsights = ({ settings }: ClusterRecord): boolean =>
  (settings.settings ?? []).some(({ name, value }) => name === "containerInsights" && value !== "disabled");

const isRunning = ({ task }: TaskRecord): boolean => task.lastStatus === "RUNNING";
const isPending = ({ task }: TaskRecord): boolean =>
  ["PROVISIONING", "PENDING", "ACTIVATING"].includes(task.lastStatus ?? "");

/** Measures once a sandbox minute and reports. */
export class UsageMetrics {
  readonly #records: Records;
  readonly #usage: (record: TaskRecord) => Promise<ReadonlyMap<string, Usage>>;
  readonly #before = new Map<string, Measured>();
  readonly #stopping = new AbortController();

  constructor(records: Records, usage: (record: TaskRecord) => Promise<ReadonlyMap<string, Usage>>) {
    this.#records = records;
    this.#usage = usage;
  }

  start(): void {
    const { log } = this.#records.context;
    inBackground(this.#run(), { what: "ecs: usage of tasks", signal: this.#stopping.signal, log });
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(): Promise<never> {
    const { clock } = this.#records.context;
    for (;;) {
      await clock.poll(INTERVAL_SECONDS, { atLeastMs: SHORTEST_MS }, this.#stopping.signal);
      await clock.hold(this.#report());
    }
  }

  async #report(): Promise<void> {
    try {
      const uses = await this.#measure();
      const usesOf = (tasks: readonly TaskRecord[]) => tasks.flatMap((record) => uses.get(record.arn) ?? []);
      for (const cluster of this.#records.clusters.values())
        if (cluster.status === "ACTIVE") await this.#reportCluster(cluster, usesOf);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#records.context.log(`ecs: usage metrics were lost: ${error instanceof Error ? error.message : error}`);
    }
  }

  async #measure(): Promise<Map<string, TaskUse>> {
    const { clock } = this.#records.context;
    const uses = new Map<string, TaskUse>();
    const running = [...this.#records.tasks.values()].filter(isRunning);
    await Promise.all(
      running.map(async (record) => {
        const used = [...(await this.#usage(record)).values()];
        const at = clock.now().getTime();
        const use = taskUse(record, used, { at, before: this.#before.get(record.arn), scale: clock.scale });
        if (use) uses.set(record.arn, use);
        this.#before.set(record.arn, { at, cpuSeconds: used.reduce((total, one) => total + one.cpuSeconds, 0) });
      }),
    );
    const known = new Set(running.map(({ arn }) => arn));
    for (const arn of this.#before.keys()) if (!known.has(arn)) this.#before.delete(arn);
    return uses;
  }

  async #reportCluster(cluster: ClusterRecord, usesOf: (tasks: readonly TaskRecord[]) => TaskUse[]): Promise<void> {
    const tasks = [...this.#records.tasks.values()].filter(({ task }) => task.clusterArn === cluster.arn);
    const services = [...this.#records.services.values()].filter(
      (service) => service.clusterArn === cluster.arn && service.status !== "INACTIVE",
    );
    const dimensions = [{ Name: "ClusterName", Value: cluster.name }];
    const plain: MetricDatum[] = [];
    const detailed: MetricDatum[] = insights(usesOf(tasks), clusterCounts(tasks, services), dimensions);
    for (const service of services) {
      const own = this.#records.tasksOf(service.arn);
      const uses = usesOf(own);
      const both = [...dimensions, { Name: "ServiceName", Value: service.name }];
      if (uses.length > 0) plain.push(...utilization(uses, both));
      detailed.push(...insights(uses, serviceCounts(service, own), both));
    }
    await this.#put("AWS/ECS", plain);
    if (hasInsights(cluster)) await this.#put("ECS/ContainerInsights", detailed);
  }

  async #put(Namespace: string, data: readonly MetricDatum[]): Promise<void> {
    const Timestamp = this.#records.now();
    for (let start = 0; start < data.length; start += DATA_PER_CALL) {
      const MetricData = data.slice(start, start + DATA_PER_CALL).map((datum) => ({ ...datum, Timestamp }));
      await this.#records.context.aws.cloudwatch.putMetricData({ Namespace, MetricData });
    }
  }
}

const clusterCounts = (tasks: readonly TaskRecord[], services: readonly ServiceRecord[]): Counts => ({
  TaskCount: tasks.filter(isRunning).length,
  ServiceCount: services.length,
});

const serviceCounts = (service: ServiceRecord, tasks: readonly TaskRecord[]): Counts => ({
  DesiredTaskCount: service.desiredCount,
  RunningTaskCount: tasks.filter(isRunning).length,
  PendingTaskCount: tasks.filter(isPending).length,
  DeploymentCount: service.rollouts.filter(({ status }) => status !== "INACTIVE").length,
  TaskSetCount: 0,
});
