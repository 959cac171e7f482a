import { rmSync } from "node:fs";
import { type Conclusion, GithubError, type JobResult, type Json } from "../../contract.ts";
import { type JobIdentity, mintToken } from "../../tokens.ts";
import type { Cancellation } from "../cancellation.ts";
import { reportDeployment } from "../deployments.ts";
import { evaluateTemplate, evaluateText, textMapping } from "../expressions/expressions.ts";
import { Masker } from "../log/masker.ts";
import { JobProcesses } from "../process/spawn.ts";
import { fullName, githubContext, type RunContext } from "../run-context.ts";
import { createJobDirs } from "./environment.ts";
import { createJobReport, type JobReport } from "./job-report.ts";
import type { Frame, JobRequest, JobState } from "./job-state.ts";
import { runPosts } from "./posts.ts";
import { stepScope } from "./scope.ts";
import { stepWriter } from "./step-output.ts";
import { runSteps } from "./steps.ts";

/** GitHub's default limit of a job, in minutes. */
const DEFAULT_TIMEOUT_MINUTES = 360;
/** After a cancellation GitHub lets steps run on for five minutes at most. Real time. */
const CANCEL_LIMIT_MS = 5 * 60_000;

/** Runs one job that has steps, from its folders to its result. */
export async function runJob(request: JobRequest): Promise<JobResult> {
  const { run } = request;
  const report = createJobReport(request);
  run.emit({ type: "job-started", job: request.name, id: request.path });
  let job: JobState | undefined;
  try {
    job = await prepare(request, report);
    const result = await execute(request, job, report);
    return result;
  } catch (error) {
    if (!(error instanceof GithubError)) throw error;
    report.fault(error.message, job?.masker);
    return report.end("failure", {});
  } finally {
    job?.processes.killLeftovers();
    if (job && !run.request.keepWorkspaces) rmSync(job.dirs.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function execute(request: JobRequest, job: JobState, report: JobReport): Promise<JobResult> {
  const { raw, run, cancellation } = request;
  const limits = limitJob(request, job);
  const frame: Frame = { steps: {}, failed: false, inputs: request.inputs, env: {}, github: {}, depth: 0 };
  const deployment = await reportDeployment(job, report.environment(job, frame));
  try {
    setUp(request, job);
    await runSteps(job, frame, raw.steps ?? [], { listener: report.listener });
    await runPosts(job, frame, report.listener);
    if (job.processes.killLeftovers() > 0) stepWriter(job, "Complete job").log("Cleaning up orphan processes");
    const conclusion = conclusionOf(frame, cancellation);
    const environment = report.environment(job, frame);
    await deployment.end(conclusion, environment?.url);
    return report.end(conclusion, outputsOf(request, job, frame), { job, environment });
  } catch (error) {
    await deployment.end("failure");
    throw error;
  } finally {
    limits.release();
    if (limits.timedOut()) run.emit({ type: "log", job: job.name, step: "Complete job", line: limits.message });
  }
}

async function prepare(request: JobRequest, report: JobReport): Promise<JobState> {
  const { run, workflow, raw, cancellation } = request;
  const environment = report.environmentName(jobScope(request));
  const scoped = environment === undefined ? undefined : run.request.environments?.[environment];
  const secrets = { ...request.secrets, ...scoped?.secrets };
  const vars = { ...run.request.vars, ...scoped?.vars };
  const masker = new Masker();
  for (const secret of Object.values(secrets)) masker.add(secret);
  const identity = identityOf(request, environment);
  const dirs = createJobDirs(run, `${run.nextJobNumber()}-${request.path.replace(/[^\w.-]+/g, "-").slice(0, 40)}`);
  const { token, oidc } = await tokensOf(run, identity, masker);
  const contexts = contextsOf(request, { token, vars, secrets, workspace: dirs.workspace, event: dirs.eventFile });
  const job: JobState = {
    ...{ run, identity, name: request.name, dirs, masker, cancellation, contexts, token },
    ...(oidc ? { oidc } : {}),
    processes: new JobProcesses(run.watchdog),
    defaults: [raw.defaults, workflow.raw.defaults],
    env: {},
    path: [],
    posts: [],
    annotations: [],
    summaries: [],
    nextId: counter(),
  };
  const frame: Frame = { steps: {}, failed: false, inputs: request.inputs, env: {}, github: {}, depth: 0 };
  for (const level of [workflow.raw.env, raw.env])
    Object.assign(job.env, textMapping(evaluateTemplate((level ?? {}) as Json, stepScope(job, frame))));
  return job;
}

/** What a job's own keys may refer to before it runs. */
const jobScope = (request: JobRequest) => ({
  contexts: contextsOf(request, { token: "", vars: request.run.request.vars, secrets: {}, workspace: "", event: "" }),
});

interface ContextParts {
  readonly token: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly workspace: string;
  readonly event: string;
}

function contextsOf(request: JobRequest, parts: ContextParts): Record<string, Json> {
  const { run, matrix, strategy, needs, inputs, id } = request;
  return {
    github: {
      ...githubContext(run),
      ...{ job: id, token: parts.token, workspace: parts.workspace, event_path: parts.event },
    },
    vars: parts.vars,
    secrets: { ...parts.secrets, GITHUB_TOKEN: parts.token, github_token: parts.token },
    matrix: matrix ?? {},
    ...{ strategy, needs, inputs },
  };
}

function identityOf(request: JobRequest, environment: string | undefined): JobIdentity {
  const { run, workflow, path, permissions } = request;
  const { event, repository, runId, runNumber, attempt } = run.request;
  const github = githubContext(run);
  return {
    ...{ repository, runId, runNumber, attempt, permissions, job: path, ref: event.ref, sha: event.sha },
    ...{ event: event.name, actor: event.actor, workflow: run.entry.name },
    workflowRef: String(github.workflow_ref),
    jobWorkflowRef: `${fullName(run.request)}/${workflow.file}@${event.ref}`,
    ...(environment === undefined ? {} : { environment }),
    headRef: String(github.head_ref),
    baseRef: String(github.base_ref),
  };
}

async function tokensOf(run: RunContext, identity: JobIdentity, masker: Masker) {
  const { api } = run.request;
  if (!api) return { token: "" };
  const token = await mintToken(api.secret, "github", identity);
  masker.add(token);
  if (identity.permissions["id-token"] !== "write") return { token };
  const oidcToken = await mintToken(api.secret, "oidc", identity);
  masker.add(oidcToken);
  return { token, oidc: { url: `${api.url}/_oidc/token?api-version=2.0`, token: oidcToken } };
}

function setUp(request: JobRequest, job: JobState): void {
  const writer = stepWriter(job, "Set up job");
  const labels = [request.raw["runs-on"]].flat().map(String).join(", ");
  const granted = Object.entries(request.permissions).filter(([, access]) => access !== "none");
  writer.log(`(sandbox) runs-on ${labels}: this machine, ${process.platform}, node ${process.version}`);
  writer.log("##[group]GITHUB_TOKEN Permissions");
  for (const [scope, access] of granted) writer.log(`${scope}: ${access}`);
  writer.log("##[endgroup]");
}

/** A job's time limit cancels it; so much later than any cancellation, whatever still runs is killed. */
function limitJob(request: JobRequest, job: JobState) {
  const given = Number(evaluateTemplate(request.raw["timeout-minutes"] ?? DEFAULT_TIMEOUT_MINUTES, jobScope(request)));
  const minutes = given > 0 ? given : DEFAULT_TIMEOUT_MINUTES;
  const message = `The job has exceeded the maximum execution time of ${minutes} minutes.`;
  const { cancellation } = job;
  let timedOut = false;
  let force: NodeJS.Timeout | undefined;
  const onCancel = () => {
    force = setTimeout(() => cancellation.force("five minutes passed after the cancellation"), CANCEL_LIMIT_MS);
  };
  if (cancellation.cancelled) onCancel();
  cancellation.signal.addEventListener("abort", onCancel, { once: true });
  const limit = setTimeout(() => {
    timedOut = true;
    stepWriter(job, "Complete job").annotate({ level: "error", message });
    cancellation.cancel(message);
  }, minutes * 60_000);
  const release = () => {
    clearTimeout(limit);
    clearTimeout(force);
    cancellation.signal.removeEventListener("abort", onCancel);
  };
  return { release, timedOut: () => timedOut, message };
}

function conclusionOf(frame: Frame, cancellation: Cancellation): Conclusion {
  if (cancellation.cancelled) return "cancelled";
  return frame.failed ? "failure" : "success";
}

/** As GitHub does: an output that holds a secret is left out, and said. */
function outputsOf(request: JobRequest, job: JobState, frame: Frame): Record<string, string> {
  const outputs: Record<string, string> = {};
  const scope = stepScope(job, frame);
  const writer = stepWriter(job, "Complete job");
  for (const [name, value] of Object.entries(request.raw.outputs ?? {})) {
    const text = evaluateText(value, scope);
    if (job.masker.hides(text))
      writer.annotate({ level: "warning", message: `Skip output '${name}' since it may contain secret.` });
    else if (text) outputs[name] = text;
  }
  return outputs;
}

function counter(): () => number {
  let last = 0;
  return () => ++last;
}
