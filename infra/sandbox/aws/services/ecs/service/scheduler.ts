import type { Tag } from "@aws-sdk/client-ecs";
import type { RevisionRecord, ServiceRecord, TaskDefinitionRecord, TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";
import { newTask } from "../task/record.ts";
import type { StopReason, TaskRunner } from "../task/runner.ts";
import { afterFailure } from "./backoff.ts";
import { addEvent } from "./events.ts";
import { deregisterTask, type GroupHealth, hasLeft, healthOf, registerTask } from "./targets.ts";

const SCALED_IN: StopReason = { code: "ServiceSchedulerInitiated", reason: "Scaling activity initiated by deployment" };

const isWanted = ({ task }: TaskRecord): boolean => task.desiredStatus === "RUNNING";
const isStopped = ({ task }: TaskRecord): boolean => task.lastStatus === "STOPPED";

const ids = (tasks: readonly TaskRecord[]): string => tasks.map((record) => `(task ${record.id})`).join(" ");

/** Makes a service's tasks match the counts that are wanted of each revision, gracefully in both directions. */
export class Scheduler {
  readonly #records: Records;
  readonly #runner: TaskRunner;

  constructor(records: Records, runner: TaskRunner) {
    this.#records = records;
    this.#runner = runner;
  }

  /** Registers running tasks, lets go of ended ones, and notes who is healthy. */
  async attend(service: ServiceRecord, health: GroupHealth): Promise<void> {
    for (const record of this.#records.tasksOf(service.arn)) {
      if (isStopped(record)) await this.#letGo(service, record, health);
      else if (record.task.lastStatus === "DEACTIVATING") this.#stopDrained(record, health);
      else if (record.task.lastStatus === "RUNNING") await this.#checkRunning(service, record, health);
    }
  }

  /** @param wanted tasks by revision ARN; a revision that is not named gets none. */
  async converge(service: ServiceRecord, wanted: ReadonlyMap<string, number>): Promise<void> {
    const tasks = this.#records.tasksOf(service.arn).filter(isWanted);
    for (const arn of new Set([...wanted.keys(), ...tasks.map((record) => record.revisionArn ?? "")])) {
      const own = tasks.filter((record) => record.revisionArn === arn);
      const difference = (wanted.get(arn) ?? 0) - own.length;
      if (difference > 0) this.#start(service, arn, difference);
      else if (difference < 0) await this.#retireAll(service, leastUseful(own).slice(0, -difference));
    }
  }

  /** Takes a task out of service: deregister, drain, then SIGTERM. */
  async retire(service: ServiceRecord, record: TaskRecord, reason: StopReason): Promise<void> {
    record.task.desiredStatus = "STOPPED";
    record.task.stopCode = reason.code;
    record.task.stoppedReason = reason.reason;
    record.isHealthy = false;
    if (record.targets.length === 0) return this.#runner.stop(record, reason);
    record.task.lastStatus = "DEACTIVATING";
    await this.#deregister(service, record);
    addEvent(this.#records, service, "has begun draining connections on 1 tasks.");
  }

  #start(service: ServiceRecord, revisionArn: string, count: number): void {
    const backoff = service.backoffs[revisionArn];
    if (backoff && backoff.notBefore > this.#records.now()) return;
    const revision = this.#records.revision(revisionArn);
    const started = Array.from({ length: count }, () => this.#startOne(service, revision));
    addEvent(this.#records, service, `has started ${started.length} tasks: ${ids(started)}.`);
  }

  #startOne(service: ServiceRecord, revision: RevisionRecord): TaskRecord {
    const { settings } = service;
    const definition = this.#records.taskDefinition(revision.revision.taskDefinition);
    const rollout = service.rollouts.find((one) => one.revisionArn === revision.arn);
    const record = newTask(this.#records, {
      cluster: { name: service.clusterName, arn: service.clusterArn },
      definition,
      group: `service:${service.name}`,
      startedBy: rollout?.id,
      launchType: revision.revision.launchType,
      capacityProviderName: revision.revision.capacityProviderStrategy?.[0]?.capacityProvider,
      network: revision.revision.networkConfiguration,
      tags: taskTags(service, definition),
      enableExecuteCommand: settings.enableExecuteCommand,
      revision,
    });
    this.#runner.launch(record, revision.revision.networkConfiguration);
    return record;
  }

  async #retireAll(service: ServiceRecord, tasks: readonly TaskRecord[]): Promise<void> {
    for (const record of tasks) await this.retire(service, record, SCALED_IN);
    addEvent(this.#records, service, `has stopped ${tasks.length} running tasks: ${ids(tasks)}.`);
  }

  async #deregister(service: ServiceRecord, record: TaskRecord): Promise<void> {
    await deregisterTask(this.#records.context.aws, record);
    for (const { groupArn } of record.targets)
      addEvent(this.#records, service, `deregistered 1 targets in (target-group ${groupArn})`);
  }

  #stopDrained(record: TaskRecord, health: GroupHealth): void {
    if (!record.targets.every((target) => hasLeft(health, target))) return;
    record.targets = [];
    const { stopCode = "ServiceSchedulerInitiated", stoppedReason = SCALED_IN.reason } = record.task;
    this.#runner.stop(record, { code: stopCode, reason: stoppedReason });
  }

  /** A task that ended by itself is still a target; its address is free once the load balancer has let go. */
  async #letGo(service: ServiceRecord, record: TaskRecord, health: GroupHealth): Promise<void> {
    if (record.hasFailed && !record.isFailureCounted) this.#countFailure(service, record);
    const isDraining = record.targets.some((target) => healthOf(health, target)?.State === "draining");
    if (record.targets.every((target) => hasLeft(health, target))) {
      record.targets = [];
      this.#runner.release(record);
    } else if (!isDraining) await this.#deregister(service, record);
  }

  async #checkRunning(service: ServiceRecord, record: TaskRecord, health: GroupHealth): Promise<void> {
    const revision = this.#records.revision(record.revisionArn ?? "");
    if (record.targets.length === 0 && revision.targets.length > 0) {
      await registerTask(this.#records.context.aws, record, revision);
      for (const { groupArn } of record.targets)
        addEvent(this.#records, service, `registered 1 targets in (target-group ${groupArn})`);
      return;
    }
    record.isHealthy = record.targets.every((target) => healthOf(health, target)?.State === "healthy");
    if (record.isHealthy) this.#noteHealthy(service, record);
    else await this.#replaceUnhealthy(service, record, health);
  }

  #noteHealthy(service: ServiceRecord, record: TaskRecord): void {
    if (record.wasHealthy) return;
    record.wasHealthy = true;
    delete service.backoffs[record.revisionArn ?? ""];
    const deployment = this.#records.activeDeployment(service.arn);
    const resets = deployment?.configuration.deploymentCircuitBreaker?.resetOnHealthyTask ?? true;
    const isTarget = deployment !== undefined && deployment.targetRevisionArn === record.revisionArn;
    if (isTarget && resets && deployment.breaker === "MONITORING") deployment.failureCount = 0;
  }

  async #replaceUnhealthy(service: ServiceRecord, record: TaskRecord, health: GroupHealth): Promise<void> {
    const bad = record.targets.find((target) => healthOf(health, target)?.State === "unhealthy");
    const graceEnds =
      (record.task.startedAt?.getTime() ?? 0) + (service.settings.healthCheckGracePeriodSeconds ?? 0) * 1000;
    if (!bad || this.#records.now().getTime() < graceEnds) return;
    const why = healthOf(health, bad)?.Description ?? healthOf(health, bad)?.Reason ?? "unknown";
    addEvent(
      this.#records,
      service,
      `(port ${bad.port}) is unhealthy in (target-group ${bad.groupArn}) due to (reason ${why})`,
    );
    record.hasFailed = true;
    this.#countFailure(service, record);
    await this.retire(service, record, {
      code: "ServiceSchedulerInitiated",
      reason: `Task failed ELB health checks in (target-group ${bad.groupArn})`,
    });
  }

  /** Counts for the circuit breaker and the crash-loop delay; a task that served well before it ended counts for neither. */
  #countFailure(service: ServiceRecord, record: TaskRecord): void {
    record.isFailureCounted = true;
    const arn = record.revisionArn ?? "";
    const rollout = service.rollouts.find((one) => one.revisionArn === arn);
    if (rollout) rollout.failedTasks++;
    if (record.wasHealthy && record.task.lastStatus === "STOPPED") return;
    const backoff = afterFailure(service.backoffs[arn], this.#records.now());
    service.backoffs[arn] = backoff;
    const deployment = this.#records.activeDeployment(service.arn);
    if (deployment?.targetRevisionArn === arn && deployment.direction === "forward") deployment.failureCount++;
    if (backoff.failures === 3) addEvent(this.#records, service, "is unable to consistently start tasks successfully.");
  }
}

/** Tags that a service gives its tasks: propagated ones, and ECS's own when asked for. */
function taskTags({ name, clusterName, tags, settings }: ServiceRecord, definition: TaskDefinitionRecord): Tag[] {
  const managed = [
    { key: "aws:ecs:serviceName", value: name },
    { key: "aws:ecs:clusterName", value: clusterName },
  ];
  const propagated = { SERVICE: tags, TASK_DEFINITION: definition.tags, NONE: [] }[settings.propagateTags ?? "NONE"];
  return [...propagated, ...(settings.enableECSManagedTags ? managed : [])];
}

/** Tasks to stop first: those that do not serve, then the newest. */
function leastUseful(tasks: readonly TaskRecord[]): TaskRecord[] {
  return [...tasks].reverse().sort((a, b) => Number(a.isHealthy) - Number(b.isHealthy));
}
