import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { parse } from "yaml";

const step = v.looseObject({
  id: v.optional(v.string()),
  uses: v.optional(v.string()),
  run: v.optional(v.string()),
  with: v.optional(v.record(v.string(), v.unknown()), {}),
});
const job = v.looseObject({
  uses: v.optional(v.string()),
  with: v.optional(v.record(v.string(), v.unknown()), {}),
  steps: v.optional(v.array(step), []),
  "timeout-minutes": v.optional(v.number()),
  permissions: v.optional(v.unknown()),
});
const workflowSchema = v.looseObject({ on: v.unknown(), permissions: v.unknown(), jobs: v.record(v.string(), job) });
const interfaceSchema = v.looseObject({
  inputs: v.optional(v.record(v.string(), v.looseObject({ required: v.optional(v.boolean()) })), {}),
  outputs: v.optional(v.record(v.string(), v.unknown()), {}),
});
type Workflow = v.InferOutput<typeof workflowSchema>;
type Job = v.InferOutput<typeof job>;
type Step = v.InferOutput<typeof step>;
type Interface = v.InferOutput<typeof interfaceSchema>;

const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

/** What a workflow file refers to and does not find, or leaves out; one sentence each. */
export function workflowFaults(root: string, file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const workflow = v.parse(workflowSchema, parse(text));
  const faults = [
    ...fileFaults(text, workflow),
    ...Object.entries(workflow.jobs).flatMap(([id, one]) => jobFaults(root, id, one)),
  ];
  return faults.map((fault) => `${file}: ${fault}`);
}

function fileFaults(text: string, { permissions }: Workflow): string[] {
  const none = typeof permissions === "object" && permissions !== null && Object.keys(permissions).length === 0;
  const lines = text.split("\n");
  const bare = lines.filter((line) => /uses: [^.].*@[0-9a-f]{40}/.test(line) && !/# v\d+\.\d+\.\d+$/.test(line));
  return [
    ...(none ? [] : ["permissions at the top must be {}; jobs grant what they need."]),
    ...(lines.length > 250 ? [`${lines.length} lines; the limit is 250.`] : []),
    ...bare.map((line) => `a pinned action names no version: ${line.trim()}`),
  ];
}

function jobFaults(root: string, id: string, one: Job): string[] {
  const own = [
    ...(one.uses === undefined && one["timeout-minutes"] === undefined ? [`job ${id} has no timeout-minutes.`] : []),
    ...(one.permissions === undefined ? [`job ${id} does not say its permissions.`] : []),
  ];
  const called = one.uses ? callFaults(root, `job ${id}`, one.uses, one.with) : [];
  const outputs = outputsOf(root, one.steps);
  return [
    ...own,
    ...called,
    ...one.steps.flatMap((each, index) => stepFaults(root, `job ${id}, step ${index + 1}`, each)),
    ...referenceFaults(id, one, outputs),
  ];
}

function stepFaults(root: string, where: string, one: Step): string[] {
  const long =
    (one.run?.trimEnd().split("\n").length ?? 0) > 10 ? [`${where} is a program of more than 10 lines.`] : [];
  const injected = one.run?.includes("${{") ? [`${where} puts an expression into a script; pass it by env.`] : [];
  return [...long, ...injected, ...(one.uses ? callFaults(root, where, one.uses, one.with) : [])];
}

/** A called action or workflow exists, gets what it requires and nothing it does not know. */
function callFaults(root: string, where: string, uses: string, given: Record<string, unknown>): string[] {
  if (!uses.startsWith("./"))
    return PINNED.test(uses) ? [] : [`${where} uses ${uses}, which is not pinned by a full commit hash.`];
  const called = interfaceOf(root, uses);
  if (!called) return [`${where} uses ${uses}, which does not exist.`];
  const unknown = Object.keys(given).filter((name) => !(name in called.inputs));
  const missing = Object.entries(called.inputs).filter(([name, input]) => input.required && !(name in given));
  return [
    ...unknown.map((name) => `${where} gives ${uses} the input ${name}, which it does not have.`),
    ...missing.map(([name]) => `${where} does not give ${uses} the input ${name}, which it requires.`),
  ];
}

/** Inputs and outputs of a local action or reusable workflow. */
function interfaceOf(root: string, uses: string): Interface | undefined {
  const path = join(root, uses);
  if (/\.ya?ml$/.test(uses)) {
    if (!existsSync(path)) return undefined;
    const { on } = parse(readFileSync(path, "utf8")) as { on: { workflow_call?: unknown } };
    return v.parse(interfaceSchema, on.workflow_call ?? {});
  }
  const file = join(path, "action.yml");
  return existsSync(file) ? v.parse(interfaceSchema, parse(readFileSync(file, "utf8"))) : undefined;
}

function outputsOf(root: string, steps: readonly Step[]): Map<string, ReadonlySet<string> | undefined> {
  return new Map(
    steps.flatMap((one) => {
      if (!one.id) return [];
      const called = one.uses?.startsWith("./") ? interfaceOf(root, one.uses) : undefined;
      return [[one.id, called && new Set(Object.keys(called.outputs))] as const];
    }),
  );
}

/** `steps.<id>.outputs.<name>` leads to a step of this job and, for local actions, to an output it has. */
function referenceFaults(
  id: string,
  one: Job,
  outputs: ReadonlyMap<string, ReadonlySet<string> | undefined>,
): string[] {
  const references = JSON.stringify(one).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g);
  return [...references].flatMap(([, step = "", name = ""]) => {
    if (!outputs.has(step)) return [`job ${id} reads steps.${step}, which it does not have.`];
    return outputs.get(step)?.has(name) === false
      ? [`job ${id} reads the output ${name} of step ${step}, which it does not have.`]
      : [];
  });
}
