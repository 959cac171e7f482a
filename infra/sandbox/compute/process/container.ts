import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { ComputeError, type ContainerEvents, type ExitStatus, type RunningContainer } from "../driver.ts";
import type { Program } from "./program.ts";

const HOST = "127.0.0.1";

const exitStatus = (code: number | null, signal: NodeJS.Signals | null): ExitStatus =>
  signal ? { code: 128 + (constants.signals[signal] ?? 0), signal } : { code: code ?? 0 };

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on("line", onLine);
}

/** Lines of the port mapper: `{"containerPort":9002,"port":40123}`. */
function readPorts(channel: Readable, events: ContainerEvents): void {
  channel.on("error", () => undefined); // the process died with its end of the pipe
  readLines(channel, (line) => {
    const { containerPort, port } = JSON.parse(line) as { containerPort: number; port: number };
    events.onListen(containerPort, HOST, port);
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
  readonly exited: Promise<ExitStatus>;
  #isOver = false;

  private constructor(child: ChildProcess, events: ContainerEvents) {
    this.#child = child;
    readLines(child.stdout, (line) => events.onOutput(line, "stdout"));
    readLines(child.stderr, (line) => events.onOutput(line, "stderr"));
    readPorts(child.stdio[3] as Readable, events);
    this.exited = new Promise((resolve) => {
      // The process may have ended while something it started holds its output open: kill that too.
      child.once("exit", () => signalGroup(child, "SIGKILL"));
      child.once("close", (code, signal) => {
        this.#isOver = true;
        resolve(exitStatus(code, signal));
      });
    });
  }

  /** @throws ComputeError CannotStartContainerError */
  static async start(program: Program, events: ContainerEvents): Promise<ProcessContainer> {
    const child = spawn(program.executable, program.args, {
      cwd: program.directory,
      env: program.environment,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      detached: true,
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (cause) =>
        reject(new ComputeError("CannotStartContainerError", `failed to start container: ${cause.message}`)),
      );
    });
    return new ProcessContainer(child, events);
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

  async exec(): Promise<never> {
    throw new Error("not built yet");
  }

  async usage(): Promise<undefined> {
    return undefined;
  }

  leakMemory(): void {
    throw new Error("not built yet");
  }

  kill(): void {
    signalGroup(this.#child, "SIGKILL");
  }
}
