import type { Endpoint } from "../network/addresses.ts";

/** Label and value of images whose base stands for the host's own Node: processes can run them, an engine cannot. */
export const HOST_NODE = { label: "dev.karmacadabra.base", value: "host-node" } as const;

export const isHostNode = ({ labels }: ImageConfig): boolean => labels[HOST_NODE.label] === HOST_NODE.value;

/** What ECS needs of a machine: pull an image, run a container of it, hear what becomes of it. */

export interface ImageConfig {
  readonly environment: readonly string[];
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly architecture?: string;
}

/** An image that lies ready on this machine. */
export interface PulledImage {
  readonly reference: string;
  /** Digest of the image's own manifest (of an index: of the member for this platform). */
  readonly digest: string;
  readonly config: ImageConfig;
}

export interface PullRequest {
  /** `<host>[:<port>]/<repository>@sha256:…`, or `:tag`. */
  readonly reference: string;
  /** Value of the registry's Authorization header. */
  readonly authorization?: string;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: PulledImage;
  readonly environment: Readonly<Record<string, string>>;
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
  readonly workingDirectory?: string;
  /** Ports the container listens on; the driver says where each can be reached. */
  readonly ports: readonly number[];
  /** CPU units (1024 = one vCPU) and MiB, as limits where the driver can set them. */
  readonly cpu?: number;
  readonly memoryMiB?: number;
  /** Names that lead somewhere else than DNS says: Service Connect's client aliases. */
  readonly aliases?: readonly Alias[];
}

/** What a container asks at `host:port` is answered at `endpoint`. */
export interface Alias {
  readonly host: string;
  readonly port: number;
  readonly endpoint: Endpoint;
}

export interface ExitStatus {
  /** Exit code as a container engine gives it: 128 + signal number for a process ended by a signal. */
  readonly code: number;
  readonly signal?: string;
  /** Killed because it used more memory than it may. */
  readonly isOutOfMemory?: boolean;
}

export interface ContainerEvents {
  /** One line of output, without its line break. */
  readonly onOutput: (line: string, stream: "stdout" | "stderr") => void;
  /** A container port can be reached at `host:port` from now on. */
  readonly onListen: (containerPort: number, host: string, port: number) => void;
}

export interface RunningContainer {
  /** Settles once, when the container has ended and its output was delivered. */
  readonly exited: Promise<ExitStatus>;
  /** SIGTERM, then SIGKILL after `graceSeconds` of real time: a process stops no faster because the clock does. */
  stop(graceSeconds: number): Promise<ExitStatus>;
  /** SIGKILL at once, as a crash from outside. */
  kill(): void;
  /** Runs a command in the container, for health checks. @returns its exit code; -1 when `timeoutSeconds` of real time passed. */
  exec(command: readonly string[], timeoutSeconds: number): Promise<{ readonly code: number; readonly output: string }>;
  /** What it uses now; `undefined` when it is over or cannot be measured here. */
  usage(): Promise<Usage | undefined>;
  /** Takes memory without end, for the fault of that name. */
  leakMemory(): void;
}

export interface Usage {
  /** CPU time used since the start. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

/** Why a container could not be made; the message goes behind ECS's own error name in `stoppedReason`. */
export class ComputeError extends Error {
  readonly kind: "CannotPullContainerError" | "CannotStartContainerError";
  constructor(kind: ComputeError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The image has a real base: only a container engine can run it. */
export class NeedsEngineError extends ComputeError {
  constructor(message: string) {
    super("CannotPullContainerError", message);
  }
}

export interface ComputeDriver {
  readonly name: string;
  /** Real milliseconds that a container may take until it listens before its task counts as RUNNING anyway; 5000 by default. */
  readonly startPatienceMs?: number;
  /** @throws ComputeError */
  pull(request: PullRequest): Promise<PulledImage>;
  /** @throws ComputeError */
  start(spec: ContainerSpec, events: ContainerEvents): Promise<RunningContainer>;
  /** Kills what still runs. */
  stop(): Promise<void>;
}
