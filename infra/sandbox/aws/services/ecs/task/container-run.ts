import type { Container, ContainerDefinition } from "@aws-sdk/client-ecs";
import type { ComputeDriver, ExitStatus, PulledImage, RunningContainer } from "../../../../compute/driver.ts";
import type { ServiceContext } from "../../../kernel.ts";
import type { TaskRecord } from "../model.ts";
import type { LogStream } from "./logs.ts";

const READY_MS = 5000; // real time: a process starts no faster because the clock runs faster
const DEFAULT_STOP_SECONDS = 30;

/** One container of a task, prepared: image pulled, secrets read, log opened. */
export interface Prepared {
  readonly definition: ContainerDefinition;
  readonly view: Container;
  readonly image: PulledImage;
  readonly environment: Record<string, string>;
  readonly log: LogStream;
}

export interface RunningMember {
  readonly prepared: Prepared;
  readonly container: RunningContainer;
  /** Settles when the container first listens, ends, or took a few seconds. */
  readonly ready: Promise<void>;
  stop(): Promise<ExitStatus>;
}

const containerPorts = (definition: ContainerDefinition): number[] =>
  (definition.portMappings ?? []).flatMap((mapping) => mapping.containerPort ?? []);

/** Starts a prepared container and keeps its view up to date. */
export async function startContainer(
  context: ServiceContext,
  driver: ComputeDriver,
  { record, prepared }: { record: TaskRecord; prepared: Prepared },
): Promise<RunningMember> {
  const { definition, view, image, environment, log } = prepared;
  const override = record.override?.containerOverrides?.find((one) => one.name === definition.name);
  const ports = containerPorts(definition);
  let listening: () => void = () => undefined;
  const firstPort = new Promise<void>((resolve) => {
    listening = resolve;
  });
  const container = await driver.start(
    {
      name: definition.name ?? "",
      image,
      environment,
      ports,
      entryPoint: definition.entryPoint,
      command: override?.command ?? definition.command,
      workingDirectory: definition.workingDirectory,
      cpu: definition.cpu || undefined,
      memoryMiB: definition.memory,
    },
    {
      onOutput: (line) => log.write(line),
      onListen: (containerPort, host, port) => {
        if (record.ip) context.network.map(record.ip, containerPort, { host, port });
        listening();
      },
    },
  );
  view.lastStatus = "RUNNING";
  view.runtimeId = `${record.id}-${context.id(10, "0123456789")}`;
  view.imageDigest = image.digest;
  void container.exited.then(async ({ code }) => {
    view.lastStatus = "STOPPED";
    view.exitCode = code;
    await log.close();
  });
  const patience = ports.length > 0 ? READY_MS : 0;
  return {
    prepared,
    container,
    ready: settleWithin(patience, [firstPort, container.exited]),
    stop: () => container.stop(definition.stopTimeout ?? DEFAULT_STOP_SECONDS),
  };
}

async function settleWithin(milliseconds: number, events: Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([patience, ...events]);
  clearTimeout(timer);
}
