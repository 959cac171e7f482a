import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { Alias, ComputeDriver, PulledImage, Usage } from "../../../../compute/driver.ts";
import type { ServiceContext } from "../../../kernel.ts";
import type { TaskRecord } from "../model.ts";
import type { Records } from "../records.ts";
import type { TaskEndpoints } from "./endpoints.ts";
import { containerEnvironment } from "./environment.ts";
import { readEnvironmentFiles } from "./environment-files.ts";
import { startFault } from "./faults.ts";
import { openLog } from "./logs.ts";
import type { Prepared } from "./member.ts";
import { InterfaceMaker } from "./network.ts";
import { TaskRun } from "./run.ts";
import { readSecrets } from "./secrets.ts";
import { SANDBOX_STOPPED, SPOT_INTERRUPTED, type StopReason } from "./stop-reason.ts";
import { requireMountable } from "./volumes.ts";

interface Running {
  readonly run: TaskRun;
  /** Settles when the task is STOPPED. */
  readonly over: Promise<void>;
}

export interface RunnerOptions {
  readonly records: Records;
  readonly driver: ComputeDriver;
  readonly endpoints: TaskEndpoints;
  /** Hears of every change of a task that DescribeTasks shows. */
  readonly onChange: (record: TaskRecord) => void;
  /** Names that a new task of the service can ask; none by default. */
  readonly aliasesOf?: (serviceArn: string | undefined) => Promise<readonly Alias[]>;
}

/** Runs tasks with the compute driver and keeps their records true, from PROVISIONING to STOPPED. */
export class TaskRunner {
  readonly #records: Records;
  readonly #context: ServiceContext;
  readonly #driver: ComputeDriver;
  readonly #endpoints: TaskEndpoints;
  readonly #interfaces: InterfaceMaker;
  readonly #onChange: (record: TaskRecord) => void;
  readonly #aliasesOf: NonNullable<RunnerOptions["aliasesOf"]>;
  readonly #running = new Map<string, Running>();

  constructor(options: RunnerOptions) {
    this.#records = options.records;
    this.#context = options.records.context;
    this.#driver = options.driver;
    this.#endpoints = options.endpoints;
    this.#interfaces = new InterfaceMaker(this.#context);
    this.#onChange = options.onChange;
    this.#aliasesOf = options.aliasesOf ?? (async () => []);
  }

  launch(record: TaskRecord): void {
    const surrounds = { context: this.#context, driver: this.#driver };
    const run = new TaskRun(record, surrounds, {
      attach: (task) => this.#interfaces.attach(task),
      prepare: (task) => this.#prepare(task),
      changed: (task) => this.#onChange(task),
    });
    const over = run.run().finally(() => this.#forget(record));
    this.#running.set(record.arn, { run, over });
    over.catch((error: unknown) => this.#context.log(`ecs: task ${record.id}: ${error}`));
  }

  #forget(record: TaskRecord): void {
    this.#running.delete(record.arn);
    this.#endpoints.forget(record);
    // A task of a service keeps its address until the load balancer has let go of it.
    if (!record.serviceArn) this.release(record);
    this.#onChange(record);
  }

  /** Asks a task to end: SIGTERM to its containers, SIGKILL after their stop timeout. Again is harmless. */
  stop(record: TaskRecord, reason: StopReason): void {
    record.task.desiredStatus = "STOPPED";
    this.#running.get(record.arn)?.run.stop(reason);
  }

  /** Fargate takes the task's Spot capacity back. */
  interrupt(record: TaskRecord): void {
    this.#running.get(record.arn)?.run.interrupt(SPOT_INTERRUPTED);
  }

  /** Its status was changed from outside. */
  note(record: TaskRecord): void {
    this.#running.get(record.arn)?.run.note();
  }

  crash(record: TaskRecord): void {
    this.#running.get(record.arn)?.run.crash();
  }

  leakMemory(record: TaskRecord): void {
    this.#running.get(record.arn)?.run.leakMemory();
  }

  /** What each container of a task uses now; empty for a task that does not run. */
  async usage(record: TaskRecord): Promise<ReadonlyMap<string, Usage>> {
    return (await this.#running.get(record.arn)?.run.usage()) ?? new Map();
  }

  /** The run of a task that is not over yet. */
  runOf(record: TaskRecord): TaskRun | undefined {
    return this.#running.get(record.arn)?.run;
  }

  /** Ends everything at once, when the sandbox stops. */
  async stopAll(graceSeconds: number): Promise<void> {
    const all = [...this.#running.values()];
    const failed = (error: unknown) => this.#context.log(`ecs: a task could not be stopped: ${error}`);
    for (const { run } of all) run.hurry(SANDBOX_STOPPED, graceSeconds).catch(failed);
    // A container that was just being started when the stop came may still wait for its own, longer time-out.
    const kill = setTimeout(() => this.#driver.stop().catch(failed), graceSeconds * 1000);
    try {
      await Promise.all(all.map(({ over }) => over));
    } finally {
      clearTimeout(kill);
    }
  }

  release(record: TaskRecord): void {
    if (record.ip) this.#context.network.release(record.ip);
    record.ip = undefined;
  }

  async #prepare(record: TaskRecord): Promise<Prepared[]> {
    startFault(this.#context.faults, record);
    const definition = this.#records.definition(record.definitionArn);
    requireMountable(definition);
    record.task.pullStartedAt = this.#records.now();
    const roleArn = record.override?.taskRoleArn ?? definition.taskRoleArn;
    const prepared = await Promise.all(
      (definition.containerDefinitions ?? []).map((container, index) =>
        this.#prepareOne(record, container, { index, roleArn }),
      ),
    );
    record.task.pullStoppedAt = this.#records.now();
    return prepared;
  }

  async #prepareOne(
    record: TaskRecord,
    definition: ContainerDefinition,
    { index, roleArn }: { index: number; roleArn: string | undefined },
  ): Promise<Prepared> {
    const name = definition.name ?? "";
    const override = record.override?.containerOverrides?.find((one) => one.name === name);
    const secrets = await readSecrets(this.#context.aws, definition.secrets ?? []);
    const wanted = [...(definition.environmentFiles ?? []), ...(override?.environmentFiles ?? [])];
    const files = await readEnvironmentFiles(this.#context.aws, wanted);
    const image = await this.#pull(record.images[name] ?? definition.image ?? "");
    const log = await openLog(this.#context, definition.logConfiguration, { container: name, taskId: record.id });
    const surroundings = this.#endpoints.surroundings(record, name, roleArn);
    return {
      definition,
      view: record.task.containers?.[index] ?? {},
      image,
      log,
      aliases: await this.#aliasesOf(record.serviceArn),
      environment: containerEnvironment(definition, override, { surroundings, secrets, files }),
    };
  }

  async #pull(reference: string): Promise<PulledImage> {
    const isOwn = reference.startsWith(`${new URL(this.#context.endpoint()).host}/`);
    const answer = isOwn ? await this.#context.aws.ecr.getAuthorizationToken({}) : undefined;
    const token = answer?.authorizationData?.[0]?.authorizationToken;
    return this.#driver.pull({ reference, authorization: token && `Basic ${token}` });
  }
}
