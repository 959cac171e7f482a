import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { ComputeError, type ContainerEvents, type ExitStatus, type RunningContainer, type Usage } from "../driver.ts";
import { type CommandResult, runCommand } from "./command.ts";
import type { Program } from "./program.ts";
import { groupUsage } from "./usage.ts";

const HOST = "127.0.0.1";

const exitStatus = (code: number | null, signal: NodeJS.Signals | null): ExitStatus =>
  signal ? { code: 128 + (constants.signals[signal] ?? 0), signal } : { code: code ?? 0 };

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on("line", onLine);
}

/** What a container is started with. */
export interface Start {
  readonly program: Program;
  /** Folder of the shims that commands in the container find first. */
  readonly bin: string;
}

/** Lines of the port mapper: `{"containerPort":9002,"port":40123}`. */
function readPorts(channel: Readable, onPort: (containerPort: number, port: number) => void): void {
  channel.on("error", () => undefined); // the process died with its end of the pipe
  readLines(channel, (line) => {
    const { containerPort, port } = JSON.parse(line) as { containerPort: number; port: number };
    onPort(containerPort, port);
  });
}

/** Signals a container's whole process group; nothing to do when it is gone. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // already gone
  }
}

/** One container of the process driver: the host's `node`, leader of a process group of its own. */
export class ProcessContainer implements RunningContainer {
  readonly #child: ChildProcess;
  readonly #program: Program;
  readonly #bin: string;
  readonly #ports = new Map<number, number>();
  readonly exited: Promise<ExitStatus>;
  #isOver = false;
  #isOutOfMemory = false;

  private constructor(child: ChildProcess, { program, bin }: Start, events: ContainerEvents) {
    this.#child = child;
    this.#program = program;
    this.#bin = bin;
    readLines(child.stdout, (line) => events.onOutput(line, "stdout"));
    readLines(child.stderr, (line) => events.onOutput(line, "stderr"));
    readPorts(child.stdio[3] as Readable, (containerPort, port) => {
      this.#ports.set(containerPort, port);
      events.onListen(containerPort, HOST, port);
    });
    this.exited = new Promise((resolve) => {
      // The process may have ended while something it started holds its output open: kill that too.
      child.once("exit", () => signalGroup(child, "SIGKILL"));
      child.once("close", (code, signal) => {
        this.#isOver = true;
        resolve({ ...exitStatus(code, signal), ...(this.#isOutOfMemory ? { isOutOfMemory: true } : {}) });
      });
    });
  }

  /** @throws ComputeError CannotStartContainerError */
  static async start(start: Start, events: ContainerEvents): Promise<ProcessContainer> {
    const { executable, args, directory, environment } = start.program;
    const child = spawn(executable, args, {
      cwd: directory,
      env: environment,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      detached: true,
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (cause) =>
        reject(new ComputeError("CannotStartContainerError", `failed to start container: ${cause.message}`)),
      );
    });
    return new ProcessContainer(child, start, events);
  }

  /** Id of the process group that the container is; `undefined` when it is over. */
  get group(): number | undefined {
    return this.#isOver ? undefined : this.#child.pid;
  }

  async stop(graceSeconds: number): Promise<ExitStatus> {
    if (this.#isOver) return this.exited;
    this.#child.kill("SIGTERM"); // to the first process only, as container engines do
    const timer = setTimeout(() => this.kill(), graceSeconds * 1000);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  async exec(command: readonly string[], timeoutSeconds: number): Promise<CommandResult> {
    if (this.#isOver) return { code: 137, output: "the container is not running" };
    const place = { program: this.#program, bin: this.#bin, ports: this.#ports };
    return runCommand(command, place, { timeoutSeconds, ended: this.exited });
  }

  async usage(): Promise<Usage | undefined> {
    const { group } = this;
    return group === undefined ? undefined : (await groupUsage(new Set([group]))).get(group);
  }

  leakMemory(): void {
    (this.#child.stdio[3] as Writable).write("leak-memory\n");
  }

  /** It used more memory than it may. */
  killForMemory(): void {
    if (this.#isOver) return;
    this.#isOutOfMemory = true;
    this.kill();
  }

  kill(): void {
    signalGroup(this.#child, "SIGKILL");
  }
}
