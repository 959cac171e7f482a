import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { GithubError } from "../../contract.ts";
import { evaluateText } from "../expressions/expressions.ts";
import { checkShell } from "../workflow/check.ts";
import type { RawStep } from "../workflow/model.ts";
import type { Frame, JobState, StepRun } from "./job-state.ts";
import { stepScope } from "./scope.ts";
import { runStepProcess } from "./step-process.ts";

export interface ScriptRequest {
  readonly job: JobState;
  readonly frame: Frame;
  readonly step: RawStep;
  readonly env: Readonly<Record<string, string>>;
  readonly run: StepRun;
}

/** GitHub's command lines of the built-in shells; without `shell` bash runs without pipefail. */
const SHELLS: Readonly<Record<string, { command: string; extension: string }>> = {
  "": { command: "bash -e {0}", extension: ".sh" },
  bash: { command: "bash --noprofile --norc -eo pipefail {0}", extension: ".sh" },
  sh: { command: "sh -e {0}", extension: ".sh" },
  python: { command: "python {0}", extension: ".py" },
};

/** A `run:` step. */
export async function runScript({ job, frame, step, env, run }: ScriptRequest): Promise<boolean> {
  const scope = stepScope(job, frame, env);
  const setting = (key: "shell" | "working-directory") => evaluateText(step[key] ?? inherited(job, frame, key), scope);
  const script = evaluateText(step.run, scope);
  const shellName = setting("shell");
  const fault = checkShell(shellName || undefined, "the step's shell")[0];
  if (fault) throw new GithubError(fault);
  const shell = SHELLS[shellName] ?? { command: shellName, extension: "" };
  const file = join(job.dirs.temp, `script-${job.nextId()}${shell.extension}`);
  mkdirSync(job.dirs.temp, { recursive: true });
  writeFileSync(file, script.endsWith("\n") ? script : `${script}\n`, { mode: 0o755 });
  const [command = "bash", ...args] = shell.command.split(/\s+/).map((word) => word.replace("{0}", file));
  announce(run, script, shell.command, env);
  const cwd = resolve(job.dirs.workspace, setting("working-directory"));
  return runStepProcess({ job, frame, run, command, args, cwd, env });
}

/** Inside a composite action the job's defaults do not count. */
function inherited(job: JobState, frame: Frame, key: "shell" | "working-directory"): string | undefined {
  if (frame.depth > 0) return undefined;
  return job.defaults.map((defaults) => defaults?.run?.[key]).find((value) => value !== undefined);
}

function announce(run: StepRun, script: string, shell: string, env: Readonly<Record<string, string>>): void {
  const lines = script.trimEnd().split("\n");
  run.log(`##[group]Run ${lines[0] ?? ""}`);
  for (const line of lines) run.log(line);
  run.log(`shell: ${shell}`);
  if (Object.keys(env).length > 0) run.log("env:");
  for (const [name, value] of Object.entries(env)) run.log(`  ${name}: ${value}`);
  run.log("##[endgroup]");
}
