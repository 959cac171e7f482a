import type { PushResult } from "../host/host.ts";
import { EXIT } from "./progress.ts";
import { fleetTable } from "./table.ts";

/** Prints the closing table and why a run is red. @returns the exit status, which is the workflow's. */
export function showPush(result: PushResult): number {
  const { run, rows } = result;
  const out = (line: string) => process.stdout.write(`${line}\n`);
  out("");
  if (result.uncommitted.length > 0)
    out(
      `${result.uncommitted.length} file(s) with uncommitted changes were not pushed, such as ${result.uncommitted[0]}.`,
    );
  if (run.refusal) out(`The workflow did not run: ${run.refusal}`);
  for (const line of fleetTable(rows, process.stdout.isTTY)) out(line);
  const failed = run.jobs.filter((job) => job.conclusion === "failure");
  for (const job of failed)
    for (const { level, title, message } of job.annotations)
      if (level === "error" && !EXIT.test(message)) out(`${job.name}: ${title ? `${title}: ` : ""}${message}`);
  out(`${run.name || run.workflow}: ${run.conclusion} after ${Math.round(run.seconds)} s`);
  return run.conclusion === "success" && !run.refusal ? 0 : 1;
}
