import { type Conclusion, GithubError } from "../../contract.ts";
import { evaluateCondition } from "../expressions/expressions.ts";
import type { Frame, JobState, PostStep, StepRun } from "./job-state.ts";
import { stepScope } from "./scope.ts";
import { stepWriter } from "./step-output.ts";
import { stepSignals } from "./step-signals.ts";
import type { StepListener } from "./steps.ts";

/** Runs the `post` parts of the job's actions, last registered first. */
export async function runPosts(job: JobState, frame: Frame, listener: StepListener): Promise<void> {
  for (let post = job.posts.pop(); post; post = job.posts.pop()) {
    if (job.cancellation.forced.aborted) return;
    const started = Date.now();
    listener.started(post.name);
    const outcome = await runPost(job, frame, post);
    if (outcome === "failure") frame.failed = true;
    const state = { outputs: {}, outcome, conclusion: outcome };
    listener.ended({ id: "post", name: post.name, state, seconds: (Date.now() - started) / 1000 });
  }
}

async function runPost(job: JobState, frame: Frame, post: PostStep): Promise<Conclusion> {
  const holds = () => evaluateCondition(post.condition, stepScope(job, frame));
  const signals = stepSignals(job, holds);
  const writer = stepWriter(job, post.name);
  try {
    if (!holds()) return "skipped";
    const step: StepRun = {
      ...{ name: post.name, outputs: {}, state: {}, cancel: signals.cancel, kill: signals.kill },
      ...writer,
    };
    return (await post.run(step)) ? "success" : "failure";
  } catch (error) {
    if (!(error instanceof GithubError)) throw error;
    writer.annotate({ level: "error", message: error.message });
    return "failure";
  } finally {
    signals.release();
  }
}
