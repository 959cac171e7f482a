import type { Annotation } from "../../contract.ts";
import { parseCommand, type WorkflowCommand } from "../log/commands.ts";
import type { JobState, StepRun } from "./job-state.ts";

/** Masks and sends a step's log lines and annotations. */
export function stepWriter(job: JobState, step: string) {
  return {
    log: (line: string) => job.run.emit({ type: "log", job: job.name, step, line: job.masker.mask(line) }),
    annotate: (annotation: Annotation) => {
      const masked = job.masker.maskAll(annotation);
      job.annotations.push(masked);
      job.run.emit({ type: "annotation", job: job.name, step, ...masked });
    },
  };
}

/** Reads the workflow commands in a step's output. Returns the function to call with every line. */
export function commandReader(job: JobState, step: StepRun): (line: string) => void {
  let resumeAt: string | undefined;
  return (line) => {
    const command = parseCommand(line);
    if (resumeAt !== undefined) {
      if (command?.name === resumeAt) resumeAt = undefined;
      else step.log(line);
    } else if (command?.name === "stop-commands") resumeAt = command.data.toLowerCase();
    else if (!command || !obey(job, step, command)) step.log(line);
  };
}

const LEVELS: Readonly<Record<string, Annotation["level"]>> = { error: "error", warning: "warning", notice: "notice" };

/** @returns false when the line is no command that the runner knows, and is shown as it is. */
function obey(job: JobState, step: StepRun, { name, properties, data }: WorkflowCommand): boolean {
  const level = LEVELS[name];
  if (level) {
    step.annotate({ level, message: data, ...details(properties) });
    for (const line of data.split("\n")) step.log(`##[${level}]${line}`);
    return true;
  }
  switch (name) {
    case "add-mask":
      job.masker.add(data);
      return true;
    case "group":
    case "endgroup":
      step.log(`##[${name}]${data}`);
      return true;
    case "debug":
      if (isDebugging(job)) step.log(`##[debug]${data}`);
      return true;
    case "set-output":
    case "save-state":
      step.annotate({ level: "warning", message: `The \`${name}\` command is deprecated; use the environment files.` });
      (name === "set-output" ? step.outputs : step.state)[properties.name ?? ""] = data;
      return true;
    case "set-env":
    case "add-path":
      step.annotate({ level: "error", message: `The \`${name}\` command is disabled; use the environment files.` });
      return true;
    case "add-matcher":
    case "remove-matcher":
    case "echo":
      return true;
    default:
      return false;
  }
}

function details(properties: Readonly<Record<string, string>>): Partial<Annotation> {
  const line = Number(properties.line);
  return {
    ...(properties.title ? { title: properties.title } : {}),
    ...(properties.file ? { file: properties.file } : {}),
    ...(Number.isInteger(line) && line > 0 ? { line } : {}),
  };
}

function isDebugging(job: JobState): boolean {
  const { vars, secrets } = job.run.request;
  return (secrets.ACTIONS_STEP_DEBUG ?? vars.ACTIONS_STEP_DEBUG) === "true";
}
