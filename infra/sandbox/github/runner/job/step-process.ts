import { type FileCommands, openCommandFiles, SUMMARY_LIMIT } from "./command-files.ts";
import { baseEnvironment, contextVariables } from "./environment.ts";
import type { Frame, JobState, StepRun } from "./job-state.ts";
import { commandReader } from "./step-output.ts";

export interface StepProcess {
  readonly job: JobState;
  readonly frame: Frame;
  readonly run: StepRun;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The step's `env` and, for actions, `INPUT_*` and `STATE_*`. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs one process of a step, obeys what it prints and writes to the command files. @returns whether it succeeded. */
export async function runStepProcess(request: StepProcess): Promise<boolean> {
  const { job, run } = request;
  const files = openCommandFiles(job.dirs.temp, String(job.nextId()));
  const end = await job.processes.run({
    command: request.command,
    args: request.args,
    cwd: request.cwd,
    env: processEnvironment(request, files.variables),
    onLine: commandReader(job, run),
    cancel: run.cancel,
    kill: run.kill,
  });
  const sound = applyFileCommands(job, run, files.read());
  if (end.fault !== undefined) return fail(run, `${request.command} could not start: ${end.fault}`);
  if (end.code === 0) return sound;
  if (run.cancel.aborted) return false;
  return fail(run, `Process completed with exit code ${end.code ?? `none: ended by ${end.signal}`}.`);
}

function fail(run: StepRun, message: string): false {
  run.annotate({ level: "error", message });
  run.log(`##[error]${message}`);
  return false;
}

/** What a step's processes see: base, job, step, then what GitHub sets and nothing may override. */
export function processEnvironment(
  { job, frame, env }: Pick<StepProcess, "job" | "frame" | "env">,
  fileVariables: Readonly<Record<string, string>>,
): Record<string, string> {
  const github = { ...(job.contexts.github as object), ...frame.github };
  const variables: Record<string, string> = {
    ...baseEnvironment(job.run, job.dirs, job.path),
    ...job.env,
    ...frame.env,
    ...env,
    ...contextVariables(job.run, job.dirs, github),
    ...fileVariables,
  };
  if (!job.oidc) return variables;
  return { ...variables, ACTIONS_ID_TOKEN_REQUEST_URL: job.oidc.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: job.oidc.token };
}

function applyFileCommands(job: JobState, run: StepRun, files: FileCommands): boolean {
  for (const [name, value] of Object.entries(files.env)) setVariable(job, run, name, value);
  job.path.unshift(...[...files.path].reverse());
  Object.assign(run.outputs, files.output);
  Object.assign(run.state, files.state);
  addSummary(job, run, files.summary);
  for (const fault of files.faults) fail(run, fault);
  return files.faults.length === 0;
}

/** As `GITHUB_ENV` does it: the runner's own variables and NODE_OPTIONS cannot be set from a step. */
export function setVariable(job: JobState, run: StepRun, name: string, value: string): void {
  const upper = name.toUpperCase();
  if (upper === "NODE_OPTIONS") fail(run, "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
  else if (!upper.startsWith("GITHUB_") && !upper.startsWith("RUNNER_")) job.env[name] = value;
}

export function addSummary(job: JobState, run: StepRun, summary: string): void {
  if (!summary.trim()) return;
  const size = Buffer.byteLength(summary);
  if (size > SUMMARY_LIMIT) {
    const message = `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${Math.ceil(size / 1024)}k.`;
    run.annotate({ level: "error", message });
    return;
  }
  const markdown = job.masker.mask(summary);
  job.summaries.push(markdown);
  job.run.emit({ type: "summary", job: job.name, step: run.name, markdown });
}
