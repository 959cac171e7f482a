import { type Conclusion, GithubError, type Json } from "../../contract.ts";
import { conditionExpression, evaluateCondition, evaluateTemplate, textMapping } from "../expressions/expressions.ts";
import type { RawStep } from "../workflow/model.ts";
import { runAction } from "./action-step.ts";
import type { Frame, JobState, StepRun, StepState } from "./job-state.ts";
import { stepScope } from "./scope.ts";
import { runScript } from "./script-step.ts";
import { stepWriter } from "./step-output.ts";
import { stepSignals } from "./step-signals.ts";

/** How a step is told apart: shown ones report their start and end, those inside a composite action do not. */
export interface StepListener {
  readonly started: (name: string) => void;
  readonly ended: (step: StepReport) => void;
}

export interface StepReport {
  readonly id: string;
  readonly name: string;
  readonly state: StepState;
  readonly seconds: number;
}

/** Runs the steps of a job or of a composite action, in order; a failed one marks the frame. */
export async function runSteps(
  job: JobState,
  frame: Frame,
  steps: readonly RawStep[],
  options: { readonly shownAs?: string; readonly listener?: StepListener } = {},
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    if (job.cancellation.forced.aborted) return;
    await runStep(job, frame, step, { ...options, id: step.id ?? `__${index + 1}` });
  }
}

interface StepOptions {
  readonly id: string;
  /** Name of the composite action's own step, under which the lines of its steps appear. */
  readonly shownAs?: string;
  readonly listener?: StepListener;
}

async function runStep(job: JobState, frame: Frame, step: RawStep, options: StepOptions): Promise<void> {
  const started = Date.now();
  const name = stepName(job, frame, step);
  const shown = options.shownAs ?? name;
  const writer = stepWriter(job, shown);
  options.listener?.started(name);
  const outputs: Record<string, string> = {};
  const outcome = await outcomeOf(job, frame, step, { name, shown, outputs, id: options.id });
  const forgiven = outcome === "failure" && isTrue(tryTemplate(step["continue-on-error"], job, frame));
  const state: StepState = { outputs, outcome, conclusion: forgiven ? "success" : outcome };
  if (outcome === "failure" && !forgiven) frame.failed = true;
  if (forgiven) writer.log("The step failed; continue-on-error lets the job go on.");
  // A step without an id has no entry that an expression could name.
  if (step.id) frame.steps[step.id] = state;
  options.listener?.ended({ id: options.id, name, state, seconds: (Date.now() - started) / 1000 });
}

async function outcomeOf(
  job: JobState,
  frame: Frame,
  step: RawStep,
  { name, shown, outputs, id }: { name: string; shown: string; outputs: Record<string, string>; id: string },
): Promise<Conclusion> {
  const writer = stepWriter(job, shown);
  const signals = stepSignals(job, () => conditionHolds(job, frame, step));
  try {
    if (!conditionHolds(job, frame, step)) return job.cancellation.cancelled ? "cancelled" : "skipped";
    signals.limit(minutes(tryTemplate(step["timeout-minutes"], job, frame)));
    const run: StepRun = { name: shown, outputs, state: {}, ...writer, cancel: signals.cancel, kill: signals.kill };
    const env = textMapping(evaluateTemplate((step.env ?? {}) as Json, stepScope(job, frame)));
    const passed = await (step.uses === undefined
      ? runScript({ job, frame, step, env, run })
      : runAction({
          ...{ job, frame, step, env, run, id, name },
          runInner: (inner, steps) => runSteps(job, inner, steps, { shownAs: shown }),
        }));
    if (signals.timedOut()) {
      writer.annotate({
        level: "error",
        message: `The action '${name}' has timed out after ${signals.minutes()} minutes.`,
      });
      return "failure";
    }
    if (signals.cancel.aborted) {
      writer.annotate({ level: "error", message: "The operation was canceled." });
      return "cancelled";
    }
    return passed ? "success" : "failure";
  } catch (error) {
    if (!(error instanceof GithubError)) throw error;
    writer.annotate({ level: "error", message: error.message });
    writer.log(`##[error]${error.message}`);
    return "failure";
  } finally {
    signals.release();
  }
}

function conditionHolds(job: JobState, frame: Frame, step: RawStep): boolean {
  return evaluateCondition(conditionExpression(step.if), stepScope(job, frame));
}

/** GitHub's default names: `Run <first line>` or `Run <action>`. */
function stepName(job: JobState, frame: Frame, step: RawStep): string {
  if (step.name !== undefined) return String(tryTemplate(step.name, job, frame) ?? step.name) || "Run";
  if (step.uses !== undefined) return `Run ${step.uses}`;
  const script = String(tryTemplate(step.run, job, frame) ?? step.run ?? "");
  return `Run ${script.trim().split("\n")[0] ?? ""}`;
}

/** A name or a limit that cannot be evaluated must not hide the step; the fault shows where the value is needed. */
function tryTemplate(value: Json | undefined, job: JobState, frame: Frame): Json | undefined {
  if (value === undefined) return undefined;
  try {
    return evaluateTemplate(value, stepScope(job, frame));
  } catch (error) {
    if (error instanceof GithubError) return undefined;
    throw error;
  }
}

const isTrue = (value: Json | undefined) => value === true || value === "true";
const minutes = (value: Json | undefined) => (Number(value) > 0 ? Number(value) : undefined);
