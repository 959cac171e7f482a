import type { Container, ContainerDefinition, HealthStatus } from "@aws-sdk/client-ecs";
import type {
  Alias,
  ComputeDriver,
  ExitStatus,
  PulledImage,
  RunningContainer,
  Usage,
} from "../../../../compute/driver.ts";
import type { ServiceContext } from "../../../kernel.ts";
import type { TaskRecord } from "../model.ts";
import { checkCommand, watchHealth } from "./container-health.ts";
import type { LogStream } from "./logs.ts";
import { isRestarted } from "./restart.ts";
import { OUT_OF_MEMORY } from "./stop-reason.ts";

// Real time, all of it: processes start and stop no faster because the clock does.
const LISTENS_MS = 5000; // until a container with ports listens, unless its driver says otherwise
const SETTLES_MS = 250; // for a container without ports: one that fails at once has never run
export const STOP_SECONDS = 30; // Fargate's default for stopTimeout

/** One container of a task, prepared: image pulled, secrets read, log opened. */
export interface Prepared {
  readonly definition: ContainerDefinition;
  readonly view: Container;
  readonly image: PulledImage;
  readonly environment: Record<string, string>;
  readonly log: LogStream;
  /** Service Connect's names of other services. */
  readonly aliases?: readonly Alias[];
}

export interface Surrounds {
  readonly context: ServiceContext;
  readonly driver: ComputeDriver;
  readonly record: TaskRecord;
  /** Something that DescribeTasks shows has changed. */
  readonly onChange: () => void;
}

const portsOf = (definition: ContainerDefinition): number[] =>
  (definition.portMappings ?? []).flatMap((mapping) => mapping.containerPort ?? []);

/** A container of a task from its start to its end, restarts included; keeps its view true. */
export class Member {
  readonly prepared: Prepared;
  readonly name: string;
  readonly isEssential: boolean;
  /** The container has ended for good and its log is written. */
  readonly ended: Promise<ExitStatus>;
  exit: ExitStatus | undefined;
  restarts = 0;
  startedAt: Date | undefined;
  readonly #surrounds: Surrounds;
  #launching: Promise<RunningContainer> | undefined;
  #container: RunningContainer | undefined;
  #end: (status: ExitStatus) => void = () => undefined;
  #isStopping = false;
  #health = new AbortController();
  readonly #healthWaits = new Set<(status: HealthStatus) => void>();

  constructor(surrounds: Surrounds, prepared: Prepared) {
    this.#surrounds = surrounds;
    this.prepared = prepared;
    this.name = prepared.definition.name ?? "";
    this.isEssential = prepared.definition.essential !== false;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get hasStarted(): boolean {
    return this.#container !== undefined;
  }

  /** Starts the container and waits until it listens, ends, or took a few seconds. @throws ComputeError */
  async start(): Promise<void> {
    const { context, driver, record, onChange } = this.#surrounds;
    const { definition, view, image } = this.prepared;
    let listening: () => void = () => undefined;
    const listens = new Promise<void>((resolve) => {
      listening = resolve;
    });
    const launching = driver.start(this.#spec(), {
      onOutput: (line) => this.prepared.log.write(line),
      onListen: (containerPort, host, port) => {
        if (record.ip) context.network.map(record.ip, containerPort, { host, port });
        listening();
      },
    });
    this.#launching = launching;
    const container = await launching;
    this.#container = container;
    this.startedAt = context.clock.now();
    view.lastStatus = "RUNNING";
    view.runtimeId = `${record.id}-${context.id(10, "0123456789")}`;
    view.imageDigest = image.digest;
    void this.#follow(container);
    const hasPorts = portsOf(definition).length > 0;
    const patience = Math.min(driver.startPatienceMs ?? LISTENS_MS, hasPorts ? LISTENS_MS : SETTLES_MS);
    await settleWithin(patience, [container.exited, ...(hasPorts ? [listens] : [])]);
    this.#watchHealth(container);
    onChange();
  }

  #spec() {
    const { record } = this.#surrounds;
    const { definition, image, environment, aliases } = this.prepared;
    const override = record.override?.containerOverrides?.find((one) => one.name === definition.name);
    // On Fargate a container without a limit of its own may use what the task has.
    const memoryMiB = override?.memory ?? definition.memory ?? (Number(record.task.memory) || undefined);
    return {
      name: this.name,
      image,
      environment,
      ports: portsOf(definition),
      entryPoint: definition.entryPoint,
      command: override?.command ?? definition.command,
      workingDirectory: definition.workingDirectory,
      cpu: override?.cpu || definition.cpu || undefined,
      memoryMiB,
      aliases,
    };
  }

  /** Waits for the end of one run of the container; a restart is another run. */
  async #follow(container: RunningContainer): Promise<void> {
    const { context, onChange } = this.#surrounds;
    const status = await container.exited;
    this.#health.abort();
    const ranSeconds = (context.clock.now().getTime() - (this.startedAt?.getTime() ?? 0)) / 1000;
    const { restartPolicy } = this.prepared.definition;
    if (!this.#isStopping && isRestarted(restartPolicy, { code: status.code, ranSeconds })) {
      this.restarts++;
      this.#health = new AbortController();
      try {
        return await context.clock.hold(this.start());
      } catch (error) {
        this.prepared.view.reason = error instanceof Error ? error.message : String(error);
      }
    }
    await context.clock.hold(this.#finish(status));
    onChange();
  }

  async #finish(status: ExitStatus): Promise<void> {
    const { view, log } = this.prepared;
    this.exit = status;
    view.lastStatus = "STOPPED";
    view.exitCode = status.code;
    if (status.isOutOfMemory) view.reason = OUT_OF_MEMORY;
    await log.close();
    this.#end(status);
  }

  /** Checks begin when the container is up: its start is real work, which a fast clock must not count as failure. */
  #watchHealth(container: RunningContainer): void {
    const check = this.prepared.definition.healthCheck;
    const command = checkCommand(check);
    const { signal } = this.#health;
    if (!check || !command || signal.aborted) return;
    const { context, onChange } = this.#surrounds;
    const note = (status: HealthStatus) => {
      this.prepared.view.healthStatus = status;
      for (const heard of this.#healthWaits) heard(status);
      onChange();
    };
    const watch = watchHealth(context.clock, { container, check, command }, { onChange: note, signal });
    watch.catch((error: unknown) => {
      if (!signal.aborted) context.log(`ecs: health check of container ${this.name} broke off: ${error}`);
    });
  }

  /** Settles when a health check has passed. */
  becomesHealthy(): Promise<void> {
    return new Promise((resolve) => {
      const hear = (status: HealthStatus) => {
        if (status !== "HEALTHY") return;
        this.#healthWaits.delete(hear);
        resolve();
      };
      this.#healthWaits.add(hear);
      hear(this.prepared.view.healthStatus ?? "UNKNOWN");
    });
  }

  /** SIGTERM, then SIGKILL after the stop timeout, in real seconds. A container that never started is over at once. */
  async stop(graceSeconds = this.prepared.definition.stopTimeout ?? STOP_SECONDS): Promise<ExitStatus> {
    this.#isStopping = true;
    this.#health.abort();
    await this.#launching?.catch(() => undefined); // one that is just being started is stopped when it is there
    if (!this.#container) {
      await this.prepared.log.close();
      return { code: 0 };
    }
    await this.#container.stop(graceSeconds);
    return this.ended;
  }

  kill(): void {
    this.#container?.kill();
  }

  leakMemory(): void {
    this.#container?.leakMemory();
  }

  async usage(): Promise<Usage | undefined> {
    return this.exit ? undefined : this.#container?.usage();
  }
}

async function settleWithin(milliseconds: number, events: Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([patience, ...events]);
  clearTimeout(timer);
}
