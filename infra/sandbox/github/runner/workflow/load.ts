import { GithubError } from "../../contract.ts";
import { type CheckedAction, checkWorkflow } from "./check.ts";
import type { ReadFile, Workflow } from "./model.ts";
import { readWorkflow } from "./parse.ts";
import { beyond, DEFAULT_PERMISSIONS, type Permissions, resolvePermissions } from "./permissions.ts";

/** GitHub connects at most ten levels of workflows. */
const MAX_LEVELS = 10;

export interface LoadedWorkflows {
  readonly entry: Workflow;
  readonly byFile: ReadonlyMap<string, Workflow>;
  /** `owner/repo` of the third-party actions that stand-ins replace. */
  readonly standIns: readonly string[];
}

/**
 * Reads a workflow and everything it calls, and checks all of it before anything runs.
 * @throws {GithubError} with all faults of all files.
 */
export async function loadWorkflows(entry: string, read: ReadFile): Promise<LoadedWorkflows> {
  const byFile = new Map<string, Workflow>();
  const problems: string[] = [];
  const actions: CheckedAction[] = [];
  const visit = async (file: string, from: string): Promise<void> => {
    if (byFile.has(file)) return;
    const content = read(file);
    if (content === undefined) {
      problems.push(`${from}: there is no file ${file} at this commit`);
      return;
    }
    try {
      const workflow = await readWorkflow(file, content);
      byFile.set(file, workflow);
      const checked = checkWorkflow(workflow, read);
      problems.push(...checked.problems);
      actions.push(...checked.actions);
      for (const call of checked.calls) await visit(call.file, call.place);
    } catch (error) {
      if (!(error instanceof GithubError)) throw error;
      problems.push(...error.message.split("\n"));
    }
  };
  await visit(entry, "the run");
  const root = byFile.get(entry);
  if (root && problems.length === 0) problems.push(...checkCalls(root, byFile));
  if (!root || problems.length > 0) throw new GithubError([...new Set(problems)].join("\n"));
  return { entry: root, byFile, standIns: [...new Set(actions.map((action) => action.standIn))] };
}

/** `./.github/workflows/x.yml` or `$/…` as a path inside the repository. */
export const calledFile = (uses: string): string => uses.replace(/^(\.|\$)\//, "");

function checkCalls(root: Workflow, byFile: ReadonlyMap<string, Workflow>): string[] {
  const problems: string[] = [];
  const walk = (workflow: Workflow, granted: Permissions, level: number, top: boolean): void => {
    const base = resolvePermissions(workflow.raw.permissions, granted);
    for (const [id, job] of Object.entries(workflow.raw.jobs)) {
      const own = resolvePermissions(job.permissions, base);
      const where = workflow.place("jobs", id);
      if (!top)
        for (const excess of beyond(own, granted))
          problems.push(
            `${where}: the nested job '${id}' is requesting '${excess.asked}', but is only allowed '${excess.granted}'`,
          );
      if (!job.uses) continue;
      if (level >= MAX_LEVELS) {
        problems.push(`${where}: workflows call each other more than ${MAX_LEVELS} levels deep`);
        continue;
      }
      const called = byFile.get(calledFile(job.uses));
      if (!called) continue;
      problems.push(...checkCall(workflow, id, called));
      walk(called, own, level + 1, false);
    }
  };
  walk(root, DEFAULT_PERMISSIONS, 1, true);
  return problems;
}

function checkCall(caller: Workflow, id: string, called: Workflow): string[] {
  const job = caller.raw.jobs[id];
  const where = caller.place("jobs", id, "uses");
  if (!called.call) return [`${where}: ${called.file} cannot be called; it needs "on: workflow_call"`];
  const { inputs, secrets } = called.call;
  const given = job?.with ?? {};
  const problems: string[] = [];
  for (const name of Object.keys(given))
    if (!(name in inputs))
      problems.push(
        `${caller.place("jobs", id, "with", name)}: ${called.file} has no input ${name}; allowed: ${names(inputs)}`,
      );
  for (const [name, input] of Object.entries(inputs))
    if (input?.required && !(name in given)) problems.push(`${where}: input ${name} of ${called.file} is required`);
  if (job?.secrets === "inherit") return problems;
  const handed = (job?.secrets ?? {}) as Record<string, unknown>;
  for (const name of Object.keys(handed))
    if (!(name in secrets)) problems.push(`${where}: ${called.file} has no secret ${name}; allowed: ${names(secrets)}`);
  for (const [name, secret] of Object.entries(secrets))
    if (secret?.required && !(name in handed)) problems.push(`${where}: secret ${name} of ${called.file} is required`);
  return problems;
}

const names = (of: object) => Object.keys(of).join(", ") || "none";
