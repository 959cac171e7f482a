import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent, RunRequest } from "../contract.ts";
import { Cancellation } from "./cancellation.ts";
import { executeRun } from "./execute-run.ts";

/**
 * One workflow run as a process: `tsx main.ts <request.json>`. Standard output is NDJSON of RunEvent, `result.json`
 * in the run's folder is the RunResult. Exit status: 0 success or skipped, 1 failure or cancelled, 2 refused.
 * SIGTERM or SIGINT cancels as GitHub does; a second one ends everything at once.
 */
const requestFile = process.argv[2];
if (!requestFile) {
  process.stderr.write("usage: main.ts <request.json>\n");
  process.exit(64);
}
const request = JSON.parse(readFileSync(requestFile, "utf8")) as RunRequest;
const cancellation = new Cancellation();
const emit = (event: RunEvent) => process.stdout.write(`${JSON.stringify(event)}\n`);
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => {
    if (cancellation.cancelled) cancellation.force(`a second ${signal}`);
    else cancellation.cancel("The run was canceled.");
  });
// Whoever started the run is gone: nobody can want its steps to go on.
process.stdout.on("error", () => cancellation.force("the reader of the run's events is gone"));

const result = await executeRun(request, { emit, cancellation });
writeFileSync(join(request.workDir, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
if (result.refusal !== undefined && result.conclusion === "failure") process.exitCode = 2;
else process.exitCode = result.conclusion === "success" || result.conclusion === "skipped" ? 0 : 1;
