import type { Tag } from "../resources/handler.ts";
import { refusal } from "../resources/registry.ts";
import { schemaOf } from "../schema/schema.ts";
import { nameProblems } from "../template/checks.ts";
import { problemsError, TemplateError } from "../template/errors.ts";
import { Evaluation, type World } from "../template/evaluate.ts";
import { dependencyGraph, type Graph, topologicalOrder } from "../template/graph.ts";
import { parameterValues, type StackParameter } from "../template/parameters.ts";
import { parseTemplate } from "../template/parse.ts";
import { callsIn } from "../template/references.ts";
import { ruleProblems } from "../template/rules.ts";
import type { Json, Template } from "../template/template.ts";
import { Unknown, type Value } from "../template/value.ts";
import { type Decision, decide, type Wanted } from "./changes.ts";
import type { StackRecord } from "./model.ts";
import type { StackStore } from "./store.ts";
import { wantedResource } from "./wanted.ts";

export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly notifications: readonly string[];
}

export interface Source {
  readonly text: string;
  readonly parameters: readonly StackParameter[];
  readonly tags: readonly Tag[];
}

/** A template that passed every check, with all that is known before anything is created. */
export interface Prepared {
  readonly source: Source;
  readonly template: Template;
  readonly identity: Identity;
  readonly graph: Graph;
  /** Active resources, dependencies first. */
  readonly order: readonly string[];
  readonly planned: ReadonlyMap<string, { readonly wanted: Wanted; readonly decision: Decision }>;
  readonly outputs: readonly PlannedOutput[];
  /** A world in which `live` answers what exists. */
  readonly world: (live: World["live"]) => World;
}

export interface PlannedOutput {
  readonly key: string;
  readonly value: Value;
  readonly exportName?: Value;
  readonly description?: string;
}

/** Checks everything that can be checked without creating anything; throws one error that lists all problems. */
export async function prepare(store: StackStore, stack: StackRecord, source: Source): Promise<Prepared> {
  const identity: Identity = { id: stack.id, name: stack.name, notifications: stack.notifications };
  const template = parseTemplate(source.text);
  const early = [...nameProblems(template), ...typeProblems(template, stack)];
  if (early.length > 0) throw problemsError("Template error", early);
  const world = await worlds(store, { identity, template, source });
  const planning = new Evaluation(world(() => undefined));
  const rules = ruleProblems(template, planning);
  if (rules.length > 0) throw problemsError("Template assertion failed", rules);
  const active = Object.entries(template.Resources)
    .filter(([, resource]) => resource.Condition === undefined || planning.condition(resource.Condition))
    .map(([id]) => id);
  const graph = dependencyGraph(template, active, (name) => planning.condition(name));
  const order = topologicalOrder(graph);
  const { planned, problems, live } = plan({ template, order, source, identity, world, existing: stack });
  const outputs = collect(problems, () => evaluateOutputs(template, new Evaluation(world(live)))) ?? [];
  if (problems.length > 0) throw problemsError("Template error", problems);
  return { source, template, identity, graph, order, planned, outputs, world };
}

function typeProblems(template: Template, existing: StackRecord): string[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, DeletionPolicy }]) => {
    const problems: string[] = [];
    const why = refusal(Type);
    if (why) problems.push(`Resources/${id}: ${why}`);
    if (DeletionPolicy === "Snapshot")
      problems.push(`Resources/${id}: ${Type} does not support deletion policy Snapshot`);
    const before = existing.resources[id]?.type;
    if (before !== undefined && before !== Type)
      problems.push(
        `Resources/${id}: Update of resource type is not permitted (${before} to ${Type}); use a new logical id`,
      );
    return problems;
  });
}

async function worlds(store: StackStore, parts: { identity: Identity; template: Template; source: Source }) {
  const { identity, template, source } = parts;
  const { context } = store;
  const needsZones = callsIn(template.Resources as unknown as Json)
    .concat(callsIn(template.Outputs as unknown as Json))
    .some(({ name }) => name === "Fn::GetAZs");
  const zones = needsZones
    ? ((await context.aws.ec2.describeAvailabilityZones({})).AvailabilityZones ?? [])
        .map((zone) => zone.ZoneName ?? "")
        .sort()
    : [];
  const base = {
    template,
    pseudo: {
      "AWS::AccountId": context.account,
      "AWS::NotificationARNs": [...identity.notifications],
      "AWS::Partition": "aws",
      "AWS::Region": context.region,
      "AWS::StackId": identity.id,
      "AWS::StackName": identity.name,
      "AWS::URLSuffix": "amazonaws.com",
    },
    parameters: parameterValues(template, source.parameters),
    zones: { [context.region]: zones },
    exports: new Map([...store.exports()].map(([name, { value }]) => [name, value])),
  };
  return (live: World["live"]): World => ({ ...base, live });
}

interface Planning {
  readonly template: Template;
  readonly order: readonly string[];
  readonly source: Source;
  readonly identity: Identity;
  readonly world: (live: World["live"]) => World;
  readonly existing: StackRecord;
}

/** Evaluates every resource with what is known now; what a new resource will return is Unknown. */
function plan(planning: Planning) {
  const { template, order, source, identity, world, existing } = planning;
  const planned = new Map<string, { wanted: Wanted; decision: Decision }>();
  const problems: string[] = [];
  const live: World["live"] = (id, attribute) =>
    plannedValue({ template, existing, id, attribute, decision: planned.get(id)?.decision });
  const evaluation = new Evaluation(world(live));
  for (const id of order) {
    const result = collect(problems, () => wantedResource({ template, id, evaluation, tags: source.tags, identity }));
    if (!result) continue;
    problems.push(...result.problems);
    planned.set(id, { wanted: result.value, decision: decide(result.value, existing.resources[id]) });
  }
  return { planned, problems, live };
}

function plannedValue(options: {
  template: Template;
  existing: StackRecord;
  id: string;
  attribute: string | undefined;
  decision: Decision | undefined;
}): Value | undefined {
  const { template, existing, id, attribute, decision } = options;
  const record = existing.resources[id];
  const stays =
    record?.physicalId !== undefined &&
    decision !== undefined &&
    decision.action !== "replace" &&
    decision.action !== "create";
  const changes = decision?.differences.some((difference) => difference.name === attribute) ?? false;
  if (stays && !changes) return attribute === undefined ? record.physicalId : record.attributes[attribute];
  if (attribute === undefined) return new Unknown([id]);
  const known = schemaOf(template.Resources[id]?.Type ?? "")?.attributes;
  // Of a type without a schema, a custom resource, only its provider knows the attributes.
  return !known || known.includes(attribute) ? new Unknown([`${id}.${attribute}`]) : undefined;
}

export function evaluateOutputs(template: Template, evaluation: Evaluation): PlannedOutput[] {
  return Object.entries(template.Outputs)
    .filter(([, output]) => output.Condition === undefined || evaluation.condition(output.Condition))
    .map(([key, output]) => ({
      key,
      value: evaluation.required(output.Value, `Outputs/${key}`),
      ...(output.Export ? { exportName: evaluation.required(output.Export.Name, `Outputs/${key}/Export`) } : {}),
      ...(output.Description ? { description: output.Description } : {}),
    }));
}

/** Runs a step; a TemplateError becomes one of the problems. */
function collect<T>(problems: string[], step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    problems.push(error.message.replace(/^Template error: /, ""));
    return undefined;
  }
}
