import {
  type Annotation,
  type Conclusion,
  GithubError,
  type JobResult,
  type JsonObject,
  type StepResult,
} from "../../contract.ts";
import { evaluateTemplate, evaluateText, type Scope } from "../expressions/expressions.ts";
import type { Masker } from "../log/masker.ts";
import type { Frame, JobRequest, JobState } from "./job-state.ts";
import { stepScope } from "./scope.ts";
import type { StepListener } from "./steps.ts";

export interface JobEnvironment {
  readonly name: string;
  readonly url?: string;
  /** `deployment: false`: the environment's secrets and rules, without a GitHub deployment. */
  readonly deployment: boolean;
}

export type JobReport = ReturnType<typeof createJobReport>;

/** Collects what becomes of one job and tells it as it happens. */
export function createJobReport(request: JobRequest) {
  const { run, name, path, raw } = request;
  const started = Date.now();
  const steps: StepResult[] = [];
  const faults: Annotation[] = [];
  const listener: StepListener = {
    started: (step) => run.emit({ type: "step-started", job: name, step }),
    ended: ({ id, name: step, state, seconds }) => {
      const { outcome, conclusion } = state;
      steps.push({ name: step, id, outcome, conclusion, seconds });
      run.emit({ type: "step-ended", job: name, step, conclusion, seconds });
    },
  };
  return {
    listener,
    fault(message: string, masker?: Masker): void {
      const annotation: Annotation = { level: "error", message: masker?.mask(message) ?? message };
      faults.push(annotation);
      run.emit({ type: "annotation", job: name, step: "Set up job", ...annotation });
    },
    /** The name alone, before the job has a scope of its own. */
    environmentName: (scope: Scope) => environmentOf(request, scope, false)?.name,
    environment: (job: JobState, frame: Frame) => {
      const environment = environmentOf(request, stepScope(job, frame), true);
      return environment ? job.masker.maskAll(environment) : undefined;
    },
    end(
      conclusion: Conclusion,
      outputs: Readonly<Record<string, string>>,
      from?: { readonly job: JobState; readonly environment?: JobEnvironment | undefined },
    ): JobResult {
      const seconds = (Date.now() - started) / 1000;
      const environment = from?.environment;
      const result: JobResult = {
        ...{ id: path, name, conclusion, outputs, matrix: request.matrix, steps, seconds },
        ...(environment
          ? { environment: { name: environment.name, ...(environment.url ? { url: environment.url } : {}) } }
          : {}),
        annotations: [...faults, ...(from?.job.annotations ?? [])],
        summaries: from?.job.summaries ?? [],
        startedAt: new Date(started).toISOString(),
      };
      run.emit({ type: "job-ended", job: name, id: path, conclusion, seconds, outputs });
      return result;
    },
  };

  function environmentOf(_: JobRequest, scope: Scope, withUrl: boolean): JobEnvironment | undefined {
    if (raw.environment === undefined || raw.environment === null) return undefined;
    if (typeof raw.environment !== "object") return named(evaluateText(raw.environment, scope), { deployment: true });
    const { name: nameValue, url, deployment } = raw.environment as JsonObject;
    const shownUrl = withUrl && url !== undefined ? evaluateText(url, scope) : "";
    const deploys = deployment === undefined || evaluateTemplate(deployment, scope) !== false;
    return named(evaluateText(nameValue, scope), { deployment: deploys, ...(shownUrl ? { url: shownUrl } : {}) });
  }
}

function named(name: string, rest: Omit<JobEnvironment, "name">): JobEnvironment {
  if (!name) throw new GithubError("the job's environment has an empty name; allowed: the name of an environment");
  return { name, ...rest };
}
