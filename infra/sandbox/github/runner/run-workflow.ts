import { type Conclusion, GithubError, type JobResult, type Json, type JsonObject } from "../contract.ts";
import type { Cancellation } from "./cancellation.ts";
import {
  conditionExpression,
  evaluateCondition,
  evaluateTemplate,
  evaluateText,
  type Scope,
  textMapping,
} from "./expressions/expressions.ts";
import { holdGroup } from "./hold-group.ts";
import { callOutputs, type Invocation, jobScope, type Settled } from "./invocation.ts";
import type { JobRequest } from "./job/job-state.ts";
import { runJob } from "./job/run-job.ts";
import type { RunContext } from "./run-context.ts";
import { Slots } from "./slots.ts";
import { callInputs } from "./workflow/call-inputs.ts";
import { calledFile } from "./workflow/load.ts";
import { expandMatrix, matrixSuffix } from "./workflow/matrix.ts";
import { needsOf, type RawJob } from "./workflow/model.ts";
import { type Permissions, resolvePermissions } from "./workflow/permissions.ts";

export interface WorkflowOutcome {
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the jobs of one workflow as their `needs` allow; resolves when all have ended. */
export async function runWorkflow(run: RunContext, invocation: Invocation): Promise<WorkflowOutcome> {
  const jobs = invocation.workflow.raw.jobs;
  const settled = new Map<string, Settled>();
  const running = new Map<string, Promise<void>>();
  const start = (id: string): Promise<void> => {
    const known = running.get(id);
    if (known) return known;
    const promise = Promise.all(needsOf(jobs[id] ?? {}).map(start)).then(async () => {
      settled.set(id, await settle(run, invocation, id, settled));
    });
    running.set(id, promise);
    return promise;
  };
  await Promise.all(Object.keys(jobs).map(start));
  const conclusion = overall([...settled.values()].map(({ result }) => result));
  return { conclusion, outputs: callOutputs(run, invocation, settled) };
}

/** Failure weighs most, then cancellation; skipped jobs do not count unless all were. */
export function overall(results: readonly Conclusion[]): Conclusion {
  for (const conclusion of ["failure", "cancelled", "success"] as const)
    if (results.includes(conclusion)) return conclusion;
  return "skipped";
}

async function settle(
  run: RunContext,
  invocation: Invocation,
  id: string,
  settled: ReadonlyMap<string, Settled>,
): Promise<Settled> {
  const raw = invocation.workflow.raw.jobs[id] ?? {};
  const scope = () => jobScope(run, invocation, id, settled);
  const holds = () => evaluateCondition(conditionExpression(raw.if), scope());
  try {
    if (!holds()) return skip(run, invocation, id);
    return await runCombinations({ run, invocation, id, raw, scope: scope(), holds });
  } catch (error) {
    if (!(error instanceof GithubError)) throw error;
    return refuse(run, invocation, id, error.message);
  }
}

function skip(run: RunContext, invocation: Invocation, id: string): Settled {
  const conclusion = invocation.cancellation.cancelled ? "cancelled" : "skipped";
  record(run, emptyResult(invocation, id, conclusion, []));
  return { result: conclusion, outputs: {} };
}

function refuse(run: RunContext, invocation: Invocation, id: string, message: string): Settled {
  const result = emptyResult(invocation, id, "failure", [message]);
  run.emit({ type: "annotation", job: result.name, step: "Set up job", level: "error", message });
  record(run, result);
  return { result: "failure", outputs: {} };
}

function record(run: RunContext, result: JobResult): void {
  run.results.push(result);
  const { name, id, conclusion, seconds, outputs } = result;
  run.emit({ type: "job-ended", job: name, id, conclusion, seconds, outputs });
}

function emptyResult(invocation: Invocation, id: string, conclusion: Conclusion, errors: readonly string[]): JobResult {
  const { name } = invocation.workflow.raw.jobs[id] ?? {};
  return {
    id: invocation.path + id,
    name: invocation.title + (name === undefined || name.includes("${{") ? id : name),
    ...{ conclusion, outputs: {}, matrix: null, steps: [], summaries: [], seconds: 0 },
    annotations: errors.map((message) => ({ level: "error", message })),
    startedAt: new Date().toISOString(),
  };
}

interface Combined {
  readonly run: RunContext;
  readonly invocation: Invocation;
  readonly id: string;
  readonly raw: RawJob;
  readonly scope: Scope;
  /** Whether the job's own condition holds, asked again when the run is cancelled. */
  readonly holds: () => boolean;
}

/** All jobs of one matrix, or the one job without a matrix. */
async function runCombinations(combined: Combined): Promise<Settled> {
  const { raw, scope, invocation, holds } = combined;
  const strategy = (evaluateTemplate((raw.strategy ?? {}) as Json, scope) ?? {}) as JsonObject;
  const combinations = strategy.matrix === undefined ? [null] : expandMatrix(strategy.matrix);
  const failFast = strategy["fail-fast"] !== false && strategy["fail-fast"] !== "false";
  const parallel = Number(strategy["max-parallel"]) > 0 ? Number(strategy["max-parallel"]) : combinations.length;
  const slots = new Slots(parallel);
  const { cancellation, release } = invocation.cancellation.child(() => !holds());
  const outputs: Record<string, string> = {};
  try {
    const results = await Promise.all(
      combinations.map(async (matrix, index) => {
        const free = await slots.take();
        try {
          const context = { "fail-fast": failFast, "job-index": index, "job-total": combinations.length };
          const settled = await runOne({
            ...combined,
            matrix,
            strategy: { ...context, "max-parallel": parallel },
            cancellation,
          });
          Object.assign(outputs, settled.outputs);
          const stops = settled.result === "failure" && failFast && combinations.length > 1;
          if (stops) cancellation.cancel(`another job of the matrix ${combined.id} failed`);
          return settled.result;
        } finally {
          free();
        }
      }),
    );
    return { result: overall(results), outputs };
  } finally {
    release();
  }
}

interface One extends Combined {
  readonly matrix: JsonObject | null;
  readonly strategy: JsonObject;
  readonly cancellation: Cancellation;
}

async function runOne(one: One): Promise<Settled> {
  const { run, invocation, id, raw, matrix, strategy } = one;
  const scope: Scope = {
    ...one.scope,
    contexts: { ...one.scope.contexts, matrix: matrix ?? {}, strategy },
  };
  const name = invocation.title + jobName(raw, id, matrix, scope);
  const { cancellation, release } = one.cancellation.child();
  const path = invocation.path + id + (matrix ? `/${strategy["job-index"]}` : "");
  const leave = await holdGroup({
    ...{ run, name, scope, cancellation },
    setting: raw.concurrency,
    owner: `${run.request.runId}/${path}`,
  });
  try {
    if (cancellation.cancelled) return stopped({ ...one, name }, cancellation);
    const settled = raw.uses
      ? await call({ ...one, cancellation, name, scope })
      : await leaf({ ...one, cancellation, name });
    const forgiven = settled.result === "failure" && isTrue(evaluateTemplate(raw["continue-on-error"] ?? false, scope));
    return forgiven ? { ...settled, result: "success" } : settled;
  } finally {
    leave();
    release();
  }
}

/** A job that was cancelled before it started. */
function stopped(one: One & { readonly name: string }, { reason }: Cancellation): Settled {
  const { run, invocation, id, name, matrix } = one;
  record(run, { ...emptyResult(invocation, id, "cancelled", [reason]), name, matrix });
  return { result: "cancelled", outputs: {} };
}

const isTrue = (value: Json) => value === true || value === "true";

function jobName(raw: RawJob, id: string, matrix: JsonObject | null, scope: Scope): string {
  if (!raw.name) return id + matrixSuffix(matrix);
  return evaluateText(raw.name, scope) || id;
}

async function leaf(one: One & { readonly name: string }): Promise<Settled> {
  const { run, invocation, id, raw, name, matrix, strategy, cancellation } = one;
  const free = await run.slots.take();
  try {
    if (cancellation.cancelled) return stopped(one, cancellation);
    const request: JobRequest = {
      ...{ run, raw, id, name, matrix, strategy, cancellation },
      workflow: invocation.workflow,
      path: invocation.path + id,
      permissions: effective(invocation, raw),
      inputs: invocation.inputs,
      secrets: invocation.secrets,
      needs: (one.scope.contexts.needs ?? {}) as JsonObject,
    };
    const result = await runJob(request);
    run.results.push(result);
    return { result: result.conclusion, outputs: result.outputs };
  } finally {
    free();
  }
}

const effective = ({ workflow, permissions }: Invocation, raw: RawJob): Permissions =>
  resolvePermissions(raw.permissions, resolvePermissions(workflow.raw.permissions, permissions));

/** A job that calls a workflow. */
async function call(one: One & { readonly name: string }): Promise<Settled> {
  const { run, invocation, id, raw, scope, name, cancellation } = one;
  const workflow = run.workflows.get(calledFile(raw.uses ?? ""));
  if (!workflow?.call) throw new GithubError(`${raw.uses} cannot be called`);
  const withSecrets: Scope = { ...scope, contexts: { ...scope.contexts, secrets: invocation.secrets } };
  const handed = raw.secrets === "inherit" ? invocation.secrets : evaluateTemplate(raw.secrets ?? {}, withSecrets);
  const { conclusion, outputs } = await runWorkflow(run, {
    workflow,
    inputs: callInputs(workflow, evaluateTemplate((raw.with ?? {}) as Json, scope) as JsonObject),
    secrets: textMapping(handed as Json),
    permissions: effective(invocation, raw),
    cancellation,
    path: `${invocation.path}${id}/`,
    title: `${name} / `,
  });
  return { result: conclusion, outputs };
}
