import type { Conclusion, JsonObject } from "../contract.ts";
import type { Cancellation } from "./cancellation.ts";
import { evaluateText, type Scope } from "./expressions/expressions.ts";
import { githubContext, type RunContext } from "./run-context.ts";
import { needsOf, type Workflow } from "./workflow/model.ts";
import type { Permissions } from "./workflow/permissions.ts";

/** A workflow with what it was started or called with. */
export interface Invocation {
  readonly workflow: Workflow;
  readonly inputs: JsonObject;
  readonly secrets: Readonly<Record<string, string>>;
  readonly permissions: Permissions;
  readonly cancellation: Cancellation;
  /** `fleet/` and `fleet / ` inside a job `fleet` that calls this workflow. */
  readonly path: string;
  readonly title: string;
}

/** How one job, with all its matrix, ended. */
export interface Settled {
  /** As `needs.<id>.result` shows it: after the job's continue-on-error. */
  readonly result: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What a job's `if`, `strategy` and `with` see, and the status functions over all jobs before it. */
export function jobScope(
  run: RunContext,
  invocation: Invocation,
  id: string,
  settled: ReadonlyMap<string, Settled>,
): Scope {
  const jobs = invocation.workflow.raw.jobs;
  const before = [...ancestors(jobs, id)].map((other) => settled.get(other)?.result);
  const cancelled = invocation.cancellation.cancelled;
  return {
    contexts: {
      github: githubContext(run),
      vars: run.request.vars,
      inputs: invocation.inputs,
      needs: needsContext(needsOf(jobs[id] ?? {}), settled),
    },
    status: {
      success: !cancelled && before.every((result) => result === "success"),
      failure: !cancelled && before.includes("failure"),
      cancelled,
    },
  };
}

function needsContext(needs: readonly string[], settled: ReadonlyMap<string, Settled>): JsonObject {
  return Object.fromEntries(
    needs.map((need) => {
      const { result = "skipped", outputs = {} } = settled.get(need) ?? {};
      return [need, { result, outputs }];
    }),
  );
}

function ancestors(jobs: Workflow["raw"]["jobs"], id: string, found = new Set<string>()): Set<string> {
  for (const need of needsOf(jobs[id] ?? {})) {
    if (found.has(need)) continue;
    found.add(need);
    ancestors(jobs, need, found);
  }
  return found;
}

/** `on.workflow_call.outputs`, over the `jobs` context. */
export function callOutputs(
  run: RunContext,
  invocation: Invocation,
  settled: ReadonlyMap<string, Settled>,
): Record<string, string> {
  const contexts = {
    github: githubContext(run),
    vars: run.request.vars,
    inputs: invocation.inputs,
    jobs: needsContext([...settled.keys()], settled),
  };
  return Object.fromEntries(
    Object.entries(invocation.workflow.call?.outputs ?? {}).map(([name, { value }]) => [
      name,
      evaluateText(value, { contexts }),
    ]),
  );
}
