import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isRunning } from "../../running.ts";

function holder(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8").trim());
    return Number.isInteger(pid) && pid > 0 && pid !== process.pid && isRunning(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock, also from a process that died with it: one sandbox at a time writes to a state folder, because two
 * would overwrite each other's snapshots.
 * @returns gives it back.
 * @throws Error that names the process that holds it.
 */
export function lockState(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const pid = holder(file);
  if (pid !== undefined)
    throw new Error(
      `The state in ${dirname(file)} is in use by process ${pid}: stop that sandbox, or give another folder with --state.`,
    );
  writeFileSync(file, `${process.pid}\n`);
  return () => rmSync(file, { force: true });
}
