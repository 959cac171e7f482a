import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GithubError, type RunEvent, type RunRequest, type RunResult } from "./contract.ts";
import { EventQueue } from "./event-queue.ts";
import { runnerCommand } from "./runner-bundle.ts";

export interface RunHandle {
  readonly runId: number;
  readonly pid: number | undefined;
  /** Events as they come; ends with the process. One reader. */
  readonly events: AsyncIterable<RunEvent>;
  /** The result; rejects when the process died without one, as after SIGKILL. */
  readonly done: Promise<RunResult>;
  /** SIGTERM cancels as GitHub does; SIGKILL is a lost runner. */
  readonly kill: (signal: NodeJS.Signals) => boolean;
}

/** Starts a workflow run as its own process. */
export function startRun(request: RunRequest): RunHandle {
  mkdirSync(request.workDir, { recursive: true });
  const file = join(request.workDir, "request.json");
  // It holds secrets: for this user alone.
  writeFileSync(file, JSON.stringify(request), { mode: 0o600 });
  const child = spawn(process.execPath, [...runnerCommand(), file], {
    stdio: ["ignore", "pipe", "pipe"],
    env: runnerEnvironment(),
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-8192);
  });
  const done = new Promise<RunResult>((resolve, reject) => {
    child.once("error", (error) => reject(new GithubError(`the runner could not start: ${error.message}`)));
    child.once("close", (code, signal) => {
      rmSync(file, { force: true });
      const result = readResult(request.workDir);
      if (result) resolve(result);
      else {
        tidyAfterLoss(request);
        const how = describe(code, signal);
        reject(new GithubError(`run ${request.runId} was lost: ${how}${stderr && `\n${stderr.trim()}`}`));
      }
    });
  });
  // The caller may look at `done` only after the events; an early rejection must not end the sandbox.
  done.catch(() => {});
  return { runId: request.runId, pid: child.pid, events: eventsOf(child), done, kill: (signal) => child.kill(signal) };
}

/** A killed runner left its workspaces; its last processes may be about to die, and what they still hold stays. */
function tidyAfterLoss({ workDir, keepWorkspaces }: RunRequest): void {
  if (keepWorkspaces) return;
  try {
    for (const folder of ["jobs", "shims"])
      rmSync(join(workDir, folder), { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // The folder of the whole sandbox goes when it stops.
  }
}

/** The runner's own process needs what Node and git need; its jobs get even less. */
function runnerEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, NODE_EXTRA_CA_CERTS } = process.env;
  return { PATH, HOME, TMPDIR, NODE_EXTRA_CA_CERTS, LANG: "C.UTF-8" };
}

const describe = (code: number | null, signal: string | null) =>
  signal ? `its runner was ended by ${signal}` : `its runner ended with exit code ${code} and no result`;

/** Reads all the time: a runner must never wait on a full pipe because nobody looks. */
function eventsOf(child: ChildProcess): EventQueue<RunEvent> {
  const queue = new EventQueue<RunEvent>();
  child.once("error", () => queue.end());
  if (!child.stdout) return queue;
  const lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", (line) => {
    const event = parseEvent(line);
    if (event) queue.push(event);
  });
  lines.on("close", () => queue.end());
  return queue;
}

/** A killed runner may leave half a line. */
function parseEvent(line: string): RunEvent | undefined {
  try {
    return JSON.parse(line) as RunEvent;
  } catch {
    return undefined;
  }
}

function readResult(workDir: string): RunResult | undefined {
  try {
    return JSON.parse(readFileSync(join(workDir, "result.json"), "utf8")) as RunResult;
  } catch {
    return undefined;
  }
}
