import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A sandbox in a process of its own, to be killed without warning. */
export interface Killable {
  readonly endpoint: string;
  /** kill -9, and waits until the process is gone. */
  readonly kill: () => Promise<void>;
  /** As Ctrl-C does. @returns the exit status. */
  readonly stop: () => Promise<number | null>;
  /** What it wrote to its log. */
  readonly log: readonly string[];
}

export interface KillableOptions {
  /** What bundleSandbox made. */
  readonly program: string;
  readonly dataDir: string;
  readonly port: number;
  readonly timeScale: number;
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

export async function startKillable({ program, dataDir, port, timeScale }: KillableOptions): Promise<Killable> {
  const child = spawn(process.execPath, [program, dataDir, String(port), String(timeScale)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => line === "ready" && resolve());
    child.once("exit", (code) =>
      reject(new Error(`The sandbox ended (${code}) before it was ready:\n${log.join("\n")}`)),
    );
  });
  await ready;
  const signal = (name: NodeJS.Signals) => {
    child.kill(name);
    return ended(child);
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    log,
    kill: async () => void (await signal("SIGKILL")),
    stop: () => signal("SIGTERM"),
  };
}

/** Processes that run in the folder: tasks of a sandbox have their home there. Linux only; elsewhere none are seen. */
export function processesIn(folder: string): number[] {
  const isIn = (pid: string): boolean => {
    try {
      return readlinkSync(join("/proc", pid, "cwd")).startsWith(`${folder}/`);
    } catch {
      return false; // ended while we looked, or somebody else's
    }
  };
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && isIn(name))
    .map(Number);
}
