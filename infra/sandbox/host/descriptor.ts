import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isRunning } from "../running.ts";

/** How other commands find the running sandbox: one file in the repository, `.sandbox/running.json`. */
export interface Descriptor {
  readonly pid: number;
  /** Base URL of everything the sandbox serves. */
  readonly endpoint: string;
}

export function writeDescriptor(file: string, descriptor: Descriptor): void {
  mkdirSync(dirname(file), { recursive: true });
  // Renamed into place, so that a reader never sees half of it.
  writeFileSync(`${file}.new`, JSON.stringify(descriptor));
  renameSync(`${file}.new`, file);
}

/** The running sandbox, or undefined when there is none; what a killed one left behind counts as none. */
export function readDescriptor(file: string): Descriptor | undefined {
  try {
    const { pid, endpoint } = JSON.parse(readFileSync(file, "utf8")) as Partial<Descriptor>;
    return typeof pid === "number" && typeof endpoint === "string" && isRunning(pid) ? { pid, endpoint } : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the file if it is this process's own. */
export function removeDescriptor(file: string): void {
  if (readDescriptor(file)?.pid === process.pid) rmSync(file, { force: true });
}
