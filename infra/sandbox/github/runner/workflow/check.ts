import { GithubError } from "../../contract.ts";
import { standInNames } from "../stand-ins/names.ts";
import { parseActionFile } from "./action-file.ts";
import type { RawJob, RawStep, ReadFile, Workflow } from "./model.ts";

export interface CheckedAction {
  readonly standIn: string;
}

export interface Checked {
  readonly problems: readonly string[];
  readonly calls: readonly { readonly file: string; readonly place: string }[];
  readonly actions: readonly CheckedAction[];
}

/** Built-in shells of a Linux runner; any other value must be a command with `{0}`. */
const SHELLS = ["bash", "sh", "python"];

/** Finds what a valid workflow asks for that this runner cannot do, so that nothing half-runs. */
export function checkWorkflow(workflow: Workflow, read: ReadFile): Checked {
  const problems: string[] = [];
  const calls: Checked["calls"][number][] = [];
  const actions: CheckedAction[] = [];
  problems.push(...checkShell(workflow.raw.defaults?.run?.shell, workflow.place("defaults", "run", "shell")));
  for (const [id, job] of Object.entries(workflow.raw.jobs)) {
    problems.push(...checkJob(workflow, id, job));
    if (job.uses) {
      const place = workflow.place("jobs", id, "uses");
      if (/^(\.|\$)\/\.github\/workflows\/[^/]+\.ya?ml$/.test(job.uses)) calls.push({ file: job.uses.slice(2), place });
      else
        problems.push(
          `${place}: "${job.uses}" cannot be fetched; supported: ./.github/workflows/*.yml of this repository`,
        );
    }
    for (const [i, step] of (job.steps ?? []).entries()) {
      const place = (key: string) => workflow.place("jobs", id, "steps", i, key);
      problems.push(...checkShell(step.shell, place("shell")));
      const found = checkUses(step, place("uses"), read, 0);
      problems.push(...found.problems);
      actions.push(...found.actions);
    }
  }
  return { problems, calls, actions };
}

function checkJob(workflow: Workflow, id: string, job: RawJob): string[] {
  const problems: string[] = [];
  const place = (key: string) => workflow.place("jobs", id, key);
  if (job.container !== undefined)
    problems.push(`${place("container")}: job containers are not supported; supported: steps on the runner itself`);
  if (job.services !== undefined)
    problems.push(`${place("services")}: service containers are not supported; supported: steps on the runner itself`);
  const labels = Array.isArray(job["runs-on"]) ? job["runs-on"] : [job["runs-on"]];
  const foreign = labels.find((label) => typeof label === "string" && /^(windows|macos)/i.test(label));
  if (foreign) problems.push(`${place("runs-on")}: "${foreign}" is not supported; supported: any Linux label`);
  problems.push(...checkShell(job.defaults?.run?.shell, place("defaults")));
  return problems;
}

export function checkShell(shell: string | undefined, place: string): string[] {
  if (shell === undefined || shell.includes("${{") || shell.includes("{0}") || SHELLS.includes(shell)) return [];
  return [`${place}: shell "${shell}" is not supported; supported: ${SHELLS.join(", ")}, or a command with {0}`];
}

/** `uses:` of a step. Local actions that are in the repository are read too, composite ones down to their steps. */
function checkUses(step: RawStep, place: string, read: ReadFile, depth: number): Omit<Checked, "calls"> {
  const uses = step.uses;
  if (uses === undefined) return { problems: [], actions: [] };
  if (uses.startsWith("docker://"))
    return { problems: [`${place}: "${uses}" is a Docker action; supported: JavaScript and composite`], actions: [] };
  if (/^(\.|\$)\//.test(uses)) return checkLocal(uses, place, read, depth);
  const standIn = standInOf(uses);
  if (standIn) return { problems: [], actions: [{ standIn }] };
  return {
    problems: [
      `${place}: "${uses}" cannot be fetched and has no stand-in; there are stand-ins for ${standInNames.join(", ")}`,
    ],
    actions: [],
  };
}

/** The stand-in for `owner/repo[/path]@ref`, whatever the ref. */
export function standInOf(uses: string): string | undefined {
  const action = uses.split("@")[0]?.toLowerCase();
  return standInNames.find((name) => name === action);
}

function checkLocal(uses: string, place: string, read: ReadFile, depth: number): Omit<Checked, "calls"> {
  if (depth >= 10) return { problems: [`${place}: composite actions nest more than 10 deep`], actions: [] };
  const folder = uses.slice(2).replace(/\/$/, "");
  for (const file of [`${folder}/action.yml`, `${folder}/action.yaml`]) {
    const content = read(file);
    if (content === undefined) continue;
    return checkActionFile(file, content, read, depth);
  }
  // A step before may create it: only the run can tell.
  return { problems: [], actions: [] };
}

function checkActionFile(file: string, content: string, read: ReadFile, depth: number): Omit<Checked, "calls"> {
  try {
    const { runs } = parseActionFile(file, content);
    if (runs.kind === "node") return { problems: [], actions: [] };
    const found = runs.steps.map((step, i) => {
      const place = `${file} (step ${i + 1})`;
      const inner = checkUses(step, place, read, depth + 1);
      const shell =
        step.run !== undefined && step.shell === undefined
          ? [`${place}: "shell" is missing; a run step of a composite action needs it`]
          : checkShell(step.shell, place);
      return { problems: [...inner.problems, ...shell], actions: inner.actions };
    });
    return { problems: found.flatMap((f) => f.problems), actions: found.flatMap((f) => f.actions) };
  } catch (error) {
    if (error instanceof GithubError) return { problems: [error.message], actions: [] };
    throw error;
  }
}
