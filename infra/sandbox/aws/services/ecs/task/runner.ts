import type { ContainerDefinition, NetworkConfiguration, TaskStopCode } from "@aws-sdk/client-ecs";
import { type ComputeDriver, ComputeError, type PulledImage } from "../../../../compute/driver.ts";
import type { ServiceContext } from "../../../kernel.ts";
import type { TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";
import { type Prepared, type RunningMember, startContainer } from "./container-run.ts";
import type { TaskEndpoints } from "./endpoints.ts";
import { containerEnvironment } from "./environment.ts";
import { openLog } from "./logs.ts";
import { attachInterface, ownerOf } from "./network.ts";
import { ResourceInitializationError, readSecrets } from "./secrets.ts";

export interface StopReason {
  readonly code: TaskStopCode;
  readonly reason: string;
}

interface Run {
  readonly members: RunningMember[];
  stop?: StopReason;
  /** Settles when the task is STOPPED. */
  readonly over: Promise<void>;
}

/** Runs tasks with the compute driver and keeps their records true, from PROVISIONING to STOPPED. */
export class TaskRunner {
  readonly #records: Records;
  readonly #context: ServiceContext;
  readonly #driver: ComputeDriver;
  readonly #endpoints: TaskEndpoints;
  readonly #onChange: (record: TaskRecord) => void;
  readonly #runs = new Map<string, Run>();

  constructor(options: {
    records: Records;
    driver: ComputeDriver;
    endpoints: TaskEndpoints;
    onChange: (record: TaskRecord) => void;
  }) {
    this.#records = options.records;
    this.#context = options.records.context;
    this.#driver = options.driver;
    this.#endpoints = options.endpoints;
    this.#onChange = options.onChange;
  }

  launch(record: TaskRecord, network: NetworkConfiguration | undefined): void {
    const members: RunningMember[] = [];
    let settle: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const run: Run = { members, over };
    this.#runs.set(record.arn, run);
    void this.#run(record, run, network).finally(() => {
      this.#runs.delete(record.arn);
      this.#onChange(record);
      settle();
    });
  }

  /** Asks a task to end: SIGTERM to its containers, SIGKILL after their stop timeout. Again is harmless. */
  stop(record: TaskRecord, reason: StopReason): void {
    const run = this.#runs.get(record.arn);
    record.task.desiredStatus = "STOPPED";
    if (!run || run.stop) return;
    run.stop = reason;
    this.#setStatus(record, "STOPPING");
    for (const member of run.members) void member.stop();
  }

  /** Ends everything at once, when the sandbox stops. */
  async stopAll(graceSeconds: number): Promise<void> {
    const runs = [...this.#runs.values()];
    for (const run of runs) {
      run.stop ??= { code: "ServiceSchedulerInitiated", reason: "The sandbox was stopped." };
      for (const member of run.members) void member.container.stop(graceSeconds);
    }
    // A container that was just being started when the stop came may still wait for its own, longer time-out.
    const kill = setTimeout(() => void this.#driver.stop(), graceSeconds * 1000);
    await Promise.all(runs.map((run) => run.over));
    clearTimeout(kill);
  }

  async #run(record: TaskRecord, run: Run, network: NetworkConfiguration | undefined): Promise<void> {
    try {
      this.#attach(record, network);
      const prepared = await this.#prepare(record);
      for (const one of prepared) {
        if (run.stop) break;
        run.members.push(await startContainer(this.#context, this.#driver, { record, prepared: one }));
      }
      await this.#attend(record, run);
    } catch (error) {
      await Promise.all(run.members.map((member) => member.stop()));
      const reason = startFailure(error);
      for (const container of record.task.containers ?? []) container.reason = reason;
      this.#end(record, { code: "TaskFailedToStart", reason }, run.stop);
    }
  }

  #attach(record: TaskRecord, network: NetworkConfiguration | undefined): void {
    const { ip, attachment } = attachInterface(this.#context, network, {
      attachmentId: this.#records.arns.newUuid(),
      owner: ownerOf(record),
    });
    record.ip = ip;
    record.task.attachments = [attachment];
    const link = { attachmentId: attachment.id, privateIpv4Address: ip };
    for (const container of record.task.containers ?? []) container.networkInterfaces = [link];
    this.#setStatus(record, "PENDING");
  }

  async #prepare(record: TaskRecord): Promise<Prepared[]> {
    const { containerDefinitions = [], taskRoleArn } = this.#records.definition(record.definitionArn);
    record.task.pullStartedAt = this.#records.now();
    const roleArn = record.override?.taskRoleArn ?? taskRoleArn;
    const prepared = await Promise.all(
      containerDefinitions.map(async (definition, index): Promise<Prepared> => {
        const view = record.task.containers?.[index] ?? {};
        if (definition.healthCheck) throw new ResourceInitializationError(NO_HEALTH_CHECK);
        const secrets = await readSecrets(this.#context.aws, definition.secrets ?? []);
        const image = await this.#pull(record.images[definition.name ?? ""] ?? definition.image ?? "");
        const names = { container: definition.name ?? "", taskId: record.id };
        const log = await openLog(this.#context, definition.logConfiguration, names);
        const override = record.override?.containerOverrides?.find((one) => one.name === definition.name);
        const surroundings = this.#endpoints.surroundings(record, definition.name ?? "", roleArn);
        return {
          definition,
          view,
          image,
          log,
          environment: containerEnvironment(definition, override, { surroundings, secrets }),
        };
      }),
    );
    record.task.pullStoppedAt = this.#records.now();
    return prepared;
  }

  async #pull(reference: string): Promise<PulledImage> {
    const isOwn = reference.startsWith(`${new URL(this.#context.endpoint()).host}/`);
    const answer = isOwn ? await this.#context.aws.ecr.getAuthorizationToken({}) : undefined;
    const token = answer?.authorizationData?.[0]?.authorizationToken;
    return this.#driver.pull({ reference, authorization: token && `Basic ${token}` });
  }

  /** Waits until the task listens, then until an essential container ends or somebody stops it. */
  async #attend(record: TaskRecord, run: Run): Promise<void> {
    const essential = run.members.filter(({ prepared }) => prepared.definition.essential !== false);
    const ending = Promise.race(essential.map((member) => member.container.exited.then(() => member)));
    if (run.stop) for (const member of run.members) void member.stop();
    await Promise.all(essential.map((member) => member.ready));
    record.task.startedAt = this.#records.now();
    if (!run.stop) this.#setStatus(record, "RUNNING");
    const first = essential.length > 0 ? await ending : undefined;
    record.task.executionStoppedAt = this.#records.now();
    if (!run.stop) this.#setStatus(record, "STOPPING");
    await Promise.all(run.members.map((member) => member.stop()));
    this.#end(record, { code: "EssentialContainerExited", reason: exitReason(first?.prepared.definition) }, run.stop);
  }

  /** @param requested set when the task was asked to end, so its end is no failure. */
  #end(record: TaskRecord, own: StopReason, requested: StopReason | undefined): void {
    const { code, reason } = requested ?? own;
    record.hasFailed ||= requested === undefined;
    record.isHealthy = false;
    const now = this.#records.now();
    Object.assign(record.task, {
      desiredStatus: "STOPPED",
      stopCode: record.task.stopCode ?? code,
      stoppedReason: record.task.stoppedReason ?? reason,
      stoppedAt: now,
      stoppingAt: record.task.stoppingAt ?? now,
    });
    for (const container of record.task.containers ?? []) container.lastStatus = "STOPPED";
    for (const attachment of record.task.attachments ?? []) attachment.status = "DELETED";
    this.#endpoints.forget(record);
    this.#setStatus(record, "STOPPED");
    // A task of a service keeps its address until the load balancer has let go of it.
    if (!record.serviceArn) this.release(record);
  }

  release(record: TaskRecord): void {
    if (record.ip) this.#context.network.release(record.ip);
    record.ip = undefined;
  }

  #setStatus(record: TaskRecord, status: string): void {
    record.task.lastStatus = status;
    record.task.version = (record.task.version ?? 0) + 1;
    if (status === "STOPPING") record.task.stoppingAt = this.#records.now();
    this.#onChange(record);
  }
}

const NO_HEALTH_CHECK =
  "the sandbox's process driver does not run container health checks (healthCheck of a container definition)";

const exitReason = (definition: ContainerDefinition | undefined): string =>
  definition ? "Essential container in task exited" : "The task has no essential container";

function startFailure(error: unknown): string {
  if (error instanceof ComputeError) return `${error.kind}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
