import type { Json } from "../../contract.ts";
import type { Scope, Status } from "../expressions/expressions.ts";
import { runnerContext } from "./environment.ts";
import { hashFiles } from "./hash-files.ts";
import type { Frame, JobState } from "./job-state.ts";

/** What expressions of a step see. */
export function stepScope(job: JobState, frame: Frame, env: Readonly<Record<string, string>> = {}): Scope {
  return {
    contexts: {
      ...job.contexts,
      github: { ...(job.contexts.github as object), ...frame.github } as Json,
      inputs: frame.inputs,
      env: { ...job.env, ...frame.env, ...env },
      steps: frame.steps as unknown as Json,
      runner: runnerContext(job.dirs),
      job: { status: jobStatus(job, frame), check_run_id: null },
    },
    status: statusOf(job, frame),
    hashFiles: (patterns) => hashFiles(job.dirs.workspace, patterns),
  };
}

export function statusOf(job: JobState, frame: Frame): Status {
  const cancelled = job.cancellation.cancelled;
  return { success: !frame.failed && !cancelled, failure: frame.failed && !cancelled, cancelled };
}

function jobStatus(job: JobState, frame: Frame): string {
  if (job.cancellation.cancelled) return "cancelled";
  return frame.failed ? "failure" : "success";
}
