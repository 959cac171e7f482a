import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { GithubError, type Json, type JsonObject } from "../../contract.ts";
import { evaluateTemplate, evaluateText, textMapping } from "../expressions/expressions.ts";
import { runStandIn } from "../stand-ins/run.ts";
import { type ActionFile, type CompositeRuns, type NodeRuns, parseActionFile } from "../workflow/action-file.ts";
import { standInOf } from "../workflow/check.ts";
import type { RawStep } from "../workflow/model.ts";
import { checkoutCommit } from "./commit-files.ts";
import type { Frame, JobState } from "./job-state.ts";
import { stepScope } from "./scope.ts";
import type { ScriptRequest } from "./script-step.ts";
import { runStepProcess } from "./step-process.ts";

/** Composite actions nest at most this deep. */
const MAX_DEPTH = 10;

export interface ActionRequest extends ScriptRequest {
  readonly id: string;
  readonly name: string;
  /** Runs the steps of a composite action inside this one. */
  readonly runInner: (frame: Frame, steps: readonly RawStep[]) => Promise<void>;
}

/** A `uses:` step: a stand-in, or an action of this repository. */
export async function runAction(request: ActionRequest): Promise<boolean> {
  const uses = request.step.uses ?? "";
  const given = textMapping(evaluateTemplate((request.step.with ?? {}) as Json, scopeOf(request)));
  announce(request, given);
  const standIn = standInOf(uses);
  if (standIn) return runStandIn(standIn, request, given);
  const dir = await actionDir(request.job, uses);
  const action = readAction(dir, uses);
  const inputs = inputsOf(request, action, given);
  return action.runs.kind === "node"
    ? runNode({ ...request, dir, runs: action.runs, inputs })
    : runComposite({ ...request, dir, action, runs: action.runs, inputs });
}

const scopeOf = ({ job, frame, env }: ActionRequest) => stepScope(job, frame, env);

function announce({ run, step, env }: ActionRequest, given: Readonly<Record<string, string>>): void {
  run.log(`##[group]Run ${step.uses}`);
  if (Object.keys(given).length > 0) run.log("with:");
  for (const [name, value] of Object.entries(given)) run.log(`  ${name}: ${value}`);
  if (Object.keys(env).length > 0) run.log("env:");
  for (const [name, value] of Object.entries(env)) run.log(`  ${name}: ${value}`);
  run.log("##[endgroup]");
}

/** `./x` is in the workspace, `$/x` in the repository at the workflow's own commit. */
async function actionDir(job: JobState, uses: string): Promise<string> {
  if (uses.startsWith("$/")) return join(await checkoutCommit(job), uses.slice(2));
  if (uses.startsWith("./")) return resolve(job.dirs.workspace, uses);
  throw new GithubError(`"${uses}" cannot be fetched and has no stand-in; supported: ./path, $/path and stand-ins`);
}

function readAction(dir: string, uses: string): ActionFile {
  const file = ["action.yml", "action.yaml"].map((name) => join(dir, name)).find((path) => existsSync(path));
  if (!file)
    throw new GithubError(`Can't find 'action.yml' or 'action.yaml' under '${uses}'. Did you forget actions/checkout?`);
  return parseActionFile(`${uses}/action.yml`, readFileSync(file, "utf8"));
}

/** What was given, and the defaults of the rest. An input that the action does not know is a warning on GitHub. */
function inputsOf(request: ActionRequest, action: ActionFile, given: Record<string, string>): Record<string, string> {
  const known = Object.keys(action.inputs);
  const unknown = Object.keys(given).filter((name) => !known.includes(name.toLowerCase()));
  if (unknown.length > 0)
    request.run.annotate({
      level: "warning",
      message: `Unexpected input(s) '${unknown.join("', '")}', valid inputs are ['${known.join("', '")}']`,
    });
  const inputs: Record<string, string> = {};
  for (const [name, input] of Object.entries(action.inputs))
    inputs[name] = evaluateText(input?.default ?? "", scopeOf(request));
  for (const [name, value] of Object.entries(given)) inputs[name.toLowerCase()] = value;
  return inputs;
}

interface NodeAction extends ActionRequest {
  readonly dir: string;
  readonly runs: NodeRuns;
  readonly inputs: Readonly<Record<string, string>>;
}

async function runNode(request: NodeAction): Promise<boolean> {
  const { job, frame, dir, runs, inputs, run, env, id } = request;
  const github = { ...frame.github, action: id, action_path: dir, action_repository: "", action_ref: "" };
  const inner: Frame = { ...frame, github };
  const variables = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value]),
  );
  const start = (file: string, state: Readonly<Record<string, string>>, as = run) =>
    runStepProcess({
      job,
      frame: inner,
      run: as,
      command: process.execPath,
      args: [resolve(dir, file)],
      cwd: job.dirs.workspace,
      env: { ...env, ...variables, ...stateVariables(state) },
    });
  const { post } = runs;
  if (post !== undefined)
    job.posts.push({
      name: `Post ${request.name}`,
      condition: runs.postIf ?? "always()",
      run: (step) => start(post, run.state, step),
    });
  return start(runs.main, {});
}

const stateVariables = (state: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));

interface CompositeAction extends ActionRequest {
  readonly dir: string;
  readonly action: ActionFile;
  readonly runs: CompositeRuns;
  readonly inputs: JsonObject;
}

async function runComposite(request: CompositeAction): Promise<boolean> {
  const { job, frame, action, runs, inputs, dir, env, run } = request;
  if (frame.depth >= MAX_DEPTH) throw new GithubError(`composite actions nest more than ${MAX_DEPTH} deep`);
  const inner: Frame = {
    steps: {},
    failed: false,
    inputs,
    env: { ...frame.env, ...env },
    github: { ...frame.github, action_path: dir, action: request.id },
    depth: frame.depth + 1,
  };
  await request.runInner(inner, runs.steps);
  const scope = stepScope(job, inner);
  for (const [name, output] of Object.entries(action.outputs)) run.outputs[name] = evaluateText(output?.value, scope);
  return !inner.failed;
}
