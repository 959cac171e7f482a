import type { ContainerDefinition, Tag } from "@aws-sdk/client-ecs";
import { nextProvider } from "../capacity-providers.ts";
import type { RevisionRecord, ServiceRecord, TaskDefinitionRecord, TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";
import { checkCommand } from "../task/container-health.ts";
import { newTask } from "../task/record.ts";
import type { TaskRunner } from "../task/runner.ts";
import {
  failedTargetHealth,
  SPOT_INTERRUPTED,
  type StopReason,
  scaledIn,
  UNHEALTHY_CONTAINER,
} from "../task/stop-reason.ts";
import { announceAction } from "./actions.ts";
import { afterFailure } from "./backoff.ts";
import { addEvent } from "./events.ts";
import { deregisterTask, type GroupHealth, hasLeft, healthOf, registerTask } from "./targets.ts";

const IMPAIRED_FAILURES = 3; // failed starts in a row after which ECS says so
const UNCHECKED_SECONDS = 40; // a task without any health check counts as healthy after so long (API reference)

const REPLACEMENT_SECONDS = 5; // between the end of a task that failed and the start of the next one; our choice

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
      // Before the next start: a task that ends is replaced while it still stops.
      if (record.hasFailed && !record.isFailureCounted) this.#countFailure(service, record);
      if (isStopped(record)) await this.#letGo(service, record, health);
      else if (record.task.lastStatus === "DEACTIVATING") this.#stopDrained(record, health);
      else if (record.task.lastStatus === "RUNNING" && isWanted(record))
        await this.#checkRunning(service, record, health);
    }
  }

  /** @param wanted tasks by revision ARN; a revision that is not named gets none. */
  async converge(service: ServiceRecord, wanted: ReadonlyMap<string, number>): Promise<void> {
    const tasks = this.#records.tasksOf(service.arn).filter(isWanted);
    for (const arn of new Set([...wanted.keys(), ...tasks.map((record) => record.revisionArn ?? "")])) {
      const own = tasks.filter((record) => record.revisionArn === arn);
      const difference = (wanted.get(arn) ?? 0) - own.length;
      if (difference > 0) this.#start(service, arn, difference);
      else if (difference < 0) await this.#retireAll(service, leastUseful(own, -difference));
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
    this.#runner.note(record);
    await this.#deregister(service, record);
    addEvent(this.#records, service, "has begun draining connections on 1 tasks.");
  }

  /**
   * Fargate takes a task's Spot capacity back: its containers get SIGTERM now, while the load balancer drains it. It is
   * replaced at once, on Spot again. Whether it counts for the circuit breaker is undocumented; here it does not, as the
   * task was asked to end (inferred; the one place to change is `hasFailed` in the task's run).
   */
  async interrupt(service: ServiceRecord | undefined, record: TaskRecord): Promise<void> {
    record.isHealthy = false;
    this.#runner.interrupt(record);
    if (!service) return;
    addEvent(this.#records, service, `has stopped 1 running tasks: (task ${record.id}). ${SPOT_INTERRUPTED.reason}`);
    if (record.targets.length > 0) await this.#deregister(service, record);
  }

  #start(service: ServiceRecord, revisionArn: string, count: number): void {
    const backoff = service.backoffs[revisionArn];
    if (backoff && backoff.notBefore > this.#records.now()) return;
    if (this.#hasJustFailed(service, revisionArn)) return;
    const revision = this.#records.revision(revisionArn);
    // While starts fail one task at a time is tried, so that many do not fail together after each delay.
    const tried = backoff ? 1 : count;
    const started = Array.from({ length: tried }, () => this.#startOne(service, revision));
    addEvent(this.#records, service, `has started ${started.length} tasks: ${ids(started)}.`);
  }

  /** Without a pause a task that crashes at once would be started again and again in the same moment. */
  #hasJustFailed(service: ServiceRecord, revisionArn: string): boolean {
    const now = this.#records.now().getTime();
    return this.#records.tasksOf(service.arn).some((record) => {
      const { stoppingAt } = record.task;
      if (record.revisionArn !== revisionArn || !record.hasFailed || !stoppingAt) return false;
      const seconds = (now - stoppingAt.getTime()) / 1000;
      return seconds >= 0 && seconds < REPLACEMENT_SECONDS;
    });
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
      capacityProviderName: this.#provider(service, revision),
      network: revision.revision.networkConfiguration,
      tags: taskTags(service, definition),
      enableExecuteCommand: settings.enableExecuteCommand,
      revision,
    });
    this.#runner.launch(record);
    return record;
  }

  /** Base and weights hold for the tasks of the revision that are wanted now. */
  #provider(service: ServiceRecord, revision: RevisionRecord): string | undefined {
    const running = new Map<string, number>();
    for (const record of this.#records.tasksOf(service.arn).filter(isWanted)) {
      const name = record.task.capacityProviderName;
      if (name && record.revisionArn === revision.arn) running.set(name, (running.get(name) ?? 0) + 1);
    }
    return nextProvider(revision.revision.capacityProviderStrategy ?? [], running);
  }

  async #retireAll(service: ServiceRecord, tasks: readonly TaskRecord[]): Promise<void> {
    const primary = service.rollouts.find(({ status }) => status === "PRIMARY");
    for (const record of tasks) await this.retire(service, record, scaledIn(primary?.id));
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
    const { stopCode = "ServiceSchedulerInitiated", stoppedReason = "" } = record.task;
    this.#runner.stop(record, { code: stopCode, reason: stoppedReason });
  }

  /** A task that ended by itself is still a target; its address is free once the load balancer has let go. */
  async #letGo(service: ServiceRecord, record: TaskRecord, health: GroupHealth): Promise<void> {
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
    record.isHealthy = this.#isHealthy(record, health);
    if (record.isHealthy) this.#noteHealthy(service, record);
    else await this.#replaceUnhealthy(service, record, health);
  }

  /** Both kinds of checks have passed; a task with neither has run for a while. */
  #isHealthy(record: TaskRecord, health: GroupHealth): boolean {
    const isChecked = hasContainerChecks(this.#records.definition(record.definitionArn).containerDefinitions ?? []);
    if (isChecked && record.task.healthStatus !== "HEALTHY") return false;
    if (record.targets.length > 0)
      return record.targets.every((target) => healthOf(health, target)?.State === "healthy");
    const ranFor = this.#records.now().getTime() - (record.task.startedAt?.getTime() ?? 0);
    return isChecked || ranFor >= UNCHECKED_SECONDS * 1000;
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
    const graceEnds =
      (record.task.startedAt?.getTime() ?? 0) + (service.settings.healthCheckGracePeriodSeconds ?? 0) * 1000;
    if (this.#records.now().getTime() < graceEnds) return;
    const reason = this.#complaint(service, record, health);
    if (!reason) return;
    record.hasFailed = true;
    this.#countFailure(service, record);
    await this.retire(service, record, reason);
  }

  /** Why an unhealthy task is to be replaced, told as a service event too; `undefined` while its checks still run. */
  #complaint(service: ServiceRecord, record: TaskRecord, health: GroupHealth): StopReason | undefined {
    if (record.task.healthStatus === "UNHEALTHY") {
      addEvent(this.#records, service, `(task ${record.id}) failed container health checks.`);
      return UNHEALTHY_CONTAINER;
    }
    const bad = record.targets.find((target) => healthOf(health, target)?.State === "unhealthy");
    if (!bad) return undefined;
    const why = healthOf(health, bad)?.Description ?? healthOf(health, bad)?.Reason ?? "unknown";
    addEvent(
      this.#records,
      service,
      `(port ${bad.port}) is unhealthy in (target-group ${bad.groupArn}) due to (reason ${why})`,
    );
    return failedTargetHealth(bad.groupArn);
  }

  /**
   * Counts for the circuit breaker, unless the task served well before it ended by itself. Only a task that never got to
   * RUNNING delays the next start (guide: service throttle logic); failed health checks and crashes later do not.
   */
  #countFailure(service: ServiceRecord, record: TaskRecord): void {
    record.isFailureCounted = true;
    const arn = record.revisionArn ?? "";
    const rollout = service.rollouts.find((one) => one.revisionArn === arn);
    if (rollout) rollout.failedTasks++;
    if (!record.task.startedAt) this.#delayStarts(service, arn);
    if (record.wasHealthy && !isWanted(record)) return;
    const deployment = this.#records.activeDeployment(service.arn);
    if (deployment?.targetRevisionArn === arn && deployment.direction === "forward") deployment.failureCount++;
  }

  #delayStarts(service: ServiceRecord, revisionArn: string): void {
    const backoff = afterFailure(service.backoffs[revisionArn], this.#records.now());
    service.backoffs[revisionArn] = backoff;
    if (backoff.failures < IMPAIRED_FAILURES) return;
    addEvent(this.#records, service, "is unable to consistently start tasks successfully.");
    if (backoff.failures === IMPAIRED_FAILURES)
      announceAction(this.#records, service, { eventType: "WARN", eventName: "SERVICE_TASK_START_IMPAIRED" });
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

const hasContainerChecks = (containers: readonly ContainerDefinition[]): boolean =>
  containers.some(({ essential, healthCheck }) => essential !== false && checkCommand(healthCheck) !== undefined);

/** How far a task is, as far as scaling in cares: what never served goes first. */
const usefulness = ({ isHealthy, task }: TaskRecord): number => (isHealthy ? 2 : task.lastStatus === "RUNNING" ? 1 : 0);

/**
 * Tasks to stop first: those that do not serve; of equals one in the fullest Availability Zone; of these the newest. Pure.
 * @param tasks oldest first.
 */
function leastUseful(tasks: readonly TaskRecord[], count: number): TaskRecord[] {
  const left = tasks.toReversed();
  const crowds = new Map<string | undefined, number>();
  for (const { task } of left) crowds.set(task.availabilityZone, (crowds.get(task.availabilityZone) ?? 0) + 1);
  const crowd = ({ task }: TaskRecord) => crowds.get(task.availabilityZone) ?? 0;
  const isBefore = (a: TaskRecord, b: TaskRecord) =>
    usefulness(a) < usefulness(b) || (usefulness(a) === usefulness(b) && crowd(a) > crowd(b));
  const chosen: TaskRecord[] = [];
  while (chosen.length < count && left.length > 0) {
    const next = left.reduce((best, one) => (isBefore(one, best) ? one : best));
    chosen.push(next);
    left.splice(left.indexOf(next), 1);
    crowds.set(next.task.availabilityZone, crowd(next) - 1);
  }
  return chosen;
}
