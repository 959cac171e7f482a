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
}

export interface ExitStatus {
  /** Exit code as a container engine gives it: 128 + signal number for a process ended by a signal. */
  readonly code: number;
  readonly signal?: string;
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
}

/** Why a container could not be made; the message goes behind ECS's own error name in `stoppedReason`. */
export class ComputeError extends Error {
  readonly kind: "CannotPullContainerError" | "CannotStartContainerError";
  constructor(kind: ComputeError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface ComputeDriver {
  readonly name: string;
  /** @throws ComputeError */
  pull(request: PullRequest): Promise<PulledImage>;
  /** @throws ComputeError */
  start(spec: ContainerSpec, events: ContainerEvents): Promise<RunningContainer>;
  /** Kills what still runs. */
  stop(): Promise<void>;
}
