import { spawn } from "node:child_process";
import { LineSplitter } from "../log/lines.ts";
import type { Watchdog } from "./watchdog.ts";

/** GitHub's documented times between SIGINT, SIGTERM and the kill of a cancelled step. Real time: processes do not scale. */
export const CANCEL_STEPS = [
  { signal: "SIGINT", waitMs: 7500 },
  { signal: "SIGTERM", waitMs: 2500 },
] as const;

/** How long output is awaited after a process ended while something it started still holds its pipes. */
const DRAIN_MS = 1000;

export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Aborted: the process is asked to stop, then made to. */
  readonly cancel?: AbortSignal;
  /** Aborted: the process tree is killed at once. */
  readonly kill?: AbortSignal;
}

export interface ProcessEnd {
  /** The exit code; `undefined` when a signal ended the process or it could not start. */
  readonly code: number | undefined;
  readonly signal?: string;
  /** Why it could not start. */
  readonly fault?: string;
}

/** Starts the processes of one job, each in its own group, and ends what they leave behind. */
export class JobProcesses {
  readonly #groups = new Set<number>();
  readonly #watchdog: Watchdog;

  constructor(watchdog: Watchdog) {
    this.#watchdog = watchdog;
  }

  run(request: ProcessRequest): Promise<ProcessEnd> {
    return new Promise((resolve) => {
      const child = spawn(request.command, [...request.args], {
        cwd: request.cwd,
        env: { ...request.env, RUNNER_TRACKING_ID: this.#watchdog.trackingId },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
      const group = child.pid;
      if (group !== undefined) this.#register(group);
      const lines = [new LineSplitter(request.onLine), new LineSplitter(request.onLine)] as const;
      child.stdout.on("data", (chunk: Buffer) => lines[0].push(chunk));
      child.stderr.on("data", (chunk: Buffer) => lines[1].push(chunk));
      const release = group === undefined ? () => {} : stopOn(request, group);
      let ended: ProcessEnd | undefined;
      let drain: NodeJS.Timeout | undefined;
      const finish = () => {
        if (!ended) return;
        clearTimeout(drain);
        child.stdout.destroy();
        child.stderr.destroy();
        for (const splitter of lines) splitter.end();
        if (group !== undefined) this.#settle(group);
        resolve(ended);
        ended = undefined;
      };
      child.once("error", (error) => {
        release();
        ended = { code: undefined, fault: error.message };
        finish();
      });
      child.once("exit", (code, signal) => {
        release();
        ended = code === null ? { code: undefined, signal: signal ?? "unknown" } : { code };
        drain = setTimeout(finish, DRAIN_MS);
      });
      child.once("close", finish);
    });
  }

  /** Kills what the job's processes left running. Returns how many groups there were. */
  killLeftovers(): number {
    const left = [...this.#groups];
    for (const group of left) {
      signalGroup(group, "SIGKILL");
      this.#forget(group);
    }
    return left.length;
  }

  #register(group: number): void {
    this.#groups.add(group);
    this.#watchdog.add(group);
  }

  /** A group without processes is forgotten at once, since its id may be given to somebody else. */
  #settle(group: number): void {
    if (!signalGroup(group, 0)) this.#forget(group);
  }

  #forget(group: number): void {
    this.#groups.delete(group);
    this.#watchdog.remove(group);
  }
}

function stopOn(request: ProcessRequest, group: number): () => void {
  const timers: NodeJS.Timeout[] = [];
  const kill = () => signalGroup(group, "SIGKILL");
  const cancel = () => {
    let after = 0;
    // The entry process alone is asked, as GitHub does; the tree dies at the end.
    for (const { signal, waitMs } of CANCEL_STEPS) {
      timers.push(setTimeout(() => signalProcess(group, signal), after));
      after += waitMs;
    }
    timers.push(setTimeout(kill, after));
  };
  if (request.kill?.aborted) kill();
  else if (request.cancel?.aborted) cancel();
  request.kill?.addEventListener("abort", kill, { once: true });
  request.cancel?.addEventListener("abort", cancel, { once: true });
  return () => {
    for (const timer of timers) clearTimeout(timer);
    request.kill?.removeEventListener("abort", kill);
    request.cancel?.removeEventListener("abort", cancel);
  };
}

const signalGroup = (group: number, signal: NodeJS.Signals | 0) => signalProcess(-group, signal);

function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
