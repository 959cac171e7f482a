import type { Change } from "@aws-sdk/client-cloudformation";
import { parseTemplate } from "../template/parse.ts";
import { referencesIn } from "../template/references.ts";
import type { Json, Template } from "../template/template.ts";
import { type Cause, removal, resourceChange } from "./changes.ts";
import type { StackRecord } from "./model.ts";
import type { Prepared } from "./prepare.ts";

/** The changes of a change set, in the order in which they would happen. */
export function planChanges(prepared: Prepared, stack: StackRecord): Change[] {
  const before = stack.status === "REVIEW_IN_PROGRESS" ? undefined : parseTemplate(stack.template);
  const changed = prepared.order.flatMap((id): Change[] => {
    const plan = prepared.planned.get(id);
    if (!plan || plan.decision.action === "keep") return [];
    const causes = (name: string) => causesOf({ prepared, stack, before, id, name });
    const ResourceChange = resourceChange({ ...plan, existing: stack.resources[id], causes });
    return [{ Type: "Resource", ResourceChange }];
  });
  const removed = Object.values(stack.resources)
    .filter(({ logicalId }) => !prepared.planned.has(logicalId))
    .map((resource): Change => ({ Type: "Resource", ResourceChange: removal(resource) }));
  return [...changed, ...removed];
}

/** Why a property changes: what it refers to changes, or (also when its text changed) the template itself. */
function causesOf(options: {
  prepared: Prepared;
  stack: StackRecord;
  before: Template | undefined;
  id: string;
  name: string;
}): readonly Cause[] {
  const { prepared, stack, before, id, name } = options;
  const text = prepared.template.Resources[id]?.Properties?.[name];
  const old = before?.Resources[id]?.Properties?.[name];
  const causes = referencesIn((text ?? null) as Json)
    .map((reference): Cause | undefined => {
      if (Object.hasOwn(prepared.template.Parameters, reference.name))
        return parameterChanged(prepared, stack, reference.name)
          ? { source: "ParameterReference", entity: reference.name }
          : undefined;
      const action = prepared.planned.get(reference.name)?.decision.action;
      if (action === undefined || action === "keep" || action === "record") return undefined;
      return reference.attribute === undefined
        ? { source: "ResourceReference", entity: reference.name }
        : { source: "ResourceAttribute", entity: `${reference.name}.${reference.attribute}` };
    })
    .filter((cause) => cause !== undefined);
  const direct = JSON.stringify(text) !== JSON.stringify(old) || causes.length === 0;
  return direct ? [...causes, { source: "DirectModification" }] : causes;
}

function parameterChanged({ source }: Prepared, stack: StackRecord, name: string): boolean {
  const value = (parameters: Prepared["source"]["parameters"]) => {
    const found = parameters.find(({ key }) => key === name);
    return found?.resolved ?? found?.value;
  };
  return value(source.parameters) !== value(stack.parameters);
}
