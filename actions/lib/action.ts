import * as v from "valibot";
import { WorkflowCommands } from "./workflow-commands.ts";

/** What an action reports back; `runAction` alone turns it into outputs, a summary, annotations and an exit status. */
export interface Outcome {
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown for the job summary; below GitHub's limit of 1 MiB a step. */
  readonly summary?: string;
  readonly notices?: readonly string[];
  readonly warnings?: readonly string[];
  /** Present when the step must be red: the one annotation, in the user's words, with what to do. */
  readonly failure?: { readonly title: string; readonly message: string };
}

/** What an action may say while it works. */
export interface Progress {
  line(text: string): void;
  /** Hides `secret` in every later line of the job's log. */
  mask(secret: string): void;
}

export interface ActionDefinition<Schema extends v.GenericSchema<Record<string, unknown>>> {
  readonly name: string;
  /** Inputs by their kebab-case names; `v.optional(schema, default)` for what may be left out. */
  readonly inputs: Schema;
  readonly run: (inputs: v.InferOutput<Schema>, progress: Progress, env: NodeJS.ProcessEnv) => Promise<Outcome>;
}

/** A fault that is the user's to fix: shown without a stack trace. */
export class ActionError extends Error {
  override readonly name = "ActionError";
}

/** All wrong inputs of one action at once. */
export class InputError extends ActionError {}

/** Runs one action: reads and checks its inputs, runs it, reports exactly once. Never throws. */
export async function runAction<Schema extends v.GenericSchema<Record<string, unknown>>>(
  definition: ActionDefinition<Schema>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const commands = new WorkflowCommands(env);
  const progress: Progress = { line: (text) => commands.line(text), mask: (secret) => commands.mask(secret) };
  try {
    report(await definition.run(readInputs(definition, env), progress, env), commands);
  } catch (error) {
    // The stack of a fault of ours is for debug runs; the user gets one sentence, never a stack.
    if (!(error instanceof ActionError) && error instanceof Error && error.stack) commands.debug(error.stack);
    commands.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

/** Reads `INPUT_<NAME>` for every key of the schema; an empty string counts as not given, as GitHub sends it. */
export function readInputs<Schema extends v.GenericSchema<Record<string, unknown>>>(
  definition: Pick<ActionDefinition<Schema>, "name" | "inputs">,
  env: NodeJS.ProcessEnv,
): v.InferOutput<Schema> {
  const entries = Object.entries(env)
    .filter(([key, value]) => key.startsWith("INPUT_") && value?.trim())
    .map(([key, value]) => [key.slice("INPUT_".length).toLowerCase().replaceAll("_", "-"), value?.trim()]);
  const result = v.safeParse(definition.inputs, Object.fromEntries(entries));
  if (result.success) return result.output;
  const names = "entries" in definition.inputs ? Object.keys(definition.inputs.entries as object).join(", ") : "";
  const lines = result.issues.map((issue) => `  ${v.getDotPath(issue) ?? "inputs"}: ${explain(issue, names)}`);
  throw new InputError(`${result.issues.length} wrong input(s) of ${definition.name}:\n${lines.join("\n")}`);
}

function explain(issue: v.BaseIssue<unknown>, names: string): string {
  if (issue.type === "strict_object" && issue.expected === "never") return `is not an input; there are: ${names}`;
  if (issue.received === "undefined") return "is missing; it is required";
  return `got ${issue.received}; allowed: ${issue.kind === "schema" ? issue.expected : issue.message}`;
}

function report(outcome: Outcome, commands: WorkflowCommands): void {
  for (const [name, value] of Object.entries(outcome.outputs)) commands.output(name, value);
  for (const notice of outcome.notices ?? []) commands.notice(notice);
  for (const warning of outcome.warnings ?? []) commands.warning(warning);
  if (outcome.summary) commands.summary(outcome.summary);
  if (!outcome.failure) return;
  commands.error(outcome.failure.message, outcome.failure.title);
  process.exitCode = 1;
}
