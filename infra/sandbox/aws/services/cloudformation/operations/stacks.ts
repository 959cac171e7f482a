import type { CloudFormation } from "@aws-sdk/client-cloudformation";
import { AwsError, type Operations } from "../../../kernel.ts";
import type { StackEngine, StackSettings } from "../stacks/engine.ts";
import type { StackRecord } from "../stacks/model.ts";
import type { Prepared } from "../stacks/prepare.ts";
import { TemplateError } from "../template/errors.ts";
import { sameValue, type Value } from "../template/value.ts";
import { refuse, requireStackName, sourceFrom } from "./input.ts";

/** States from which an update may start. */
export const UPDATABLE = new Set([
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "UPDATE_FAILED",
  "IMPORT_COMPLETE",
]);

/** Operations that change stacks directly; change sets are in change-sets.ts. */
export function stackOperations(engine: StackEngine): Operations<CloudFormation> {
  const { store } = engine;
  return {
    CreateStack: async (input) => {
      const name = requireStackName(input.StackName);
      if (store.find(name)) throw new AwsError("AlreadyExistsException", `Stack [${name}] already exists`);
      if (input.OnFailure !== undefined && input.DisableRollback !== undefined)
        throw new TemplateError("You can specify either OnFailure or DisableRollback, but not both.");
      const stack = engine.newStack(name, [], {
        ...settingsOf(input),
        timeoutInMinutes: input.TimeoutInMinutes,
        terminationProtection: input.EnableTerminationProtection ?? false,
        disableRollback: input.DisableRollback ?? false,
        onFailure: input.OnFailure ?? "ROLLBACK",
        policy: input.StackPolicyBody,
      });
      engine.create(stack, await engine.prepare(stack, await sourceFrom(engine, input)));
      return { StackId: stack.id };
    },
    UpdateStack: async (input) => {
      const stack = store.get(input.StackName);
      engine.requireIdle(stack, "updated", (status) => UPDATABLE.has(status));
      const prepared = await engine.prepare(stack, await sourceFrom(engine, input, stack));
      if (!changesAnything(prepared, stack)) throw new TemplateError("No updates are to be performed.");
      engine.requireIdle(stack, "updated", (status) => UPDATABLE.has(status));
      engine.update(stack, prepared, { ...settingsOf(input), disableRollback: input.DisableRollback ?? false });
      return { StackId: stack.id };
    },
    DeleteStack: (input) => {
      const stack = store.find(input.StackName ?? "");
      if (!stack || stack.status === "DELETE_COMPLETE") return {};
      if (stack.terminationProtection)
        throw new TemplateError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
      engine.requireIdle(
        stack,
        "deleted",
        (status) => !status.endsWith("_IN_PROGRESS") || status === "REVIEW_IN_PROGRESS",
      );
      if (input.RetainResources?.length && stack.status !== "DELETE_FAILED")
        throw new TemplateError("RetainResources can only be used on a stack in the DELETE_FAILED state");
      for (const [id, changeSet] of store.records.changeSets.entries())
        if (changeSet.stackId === stack.id) store.records.changeSets.delete(id);
      engine.delete(stack, { retain: input.RetainResources, force: input.DeletionMode === "FORCE_DELETE_STACK" });
      return {};
    },
    CancelUpdateStack: (input) => {
      engine.cancelUpdate(store.get(input.StackName));
      return {};
    },
    ContinueUpdateRollback: (input) => {
      const stack = store.get(input.StackName);
      if (stack.status !== "UPDATE_ROLLBACK_FAILED")
        throw new TemplateError(
          `Stack ${stack.name} is in ${stack.status} state; only UPDATE_ROLLBACK_FAILED can be continued`,
        );
      const unknown = (input.ResourcesToSkip ?? []).filter((id) => !Object.hasOwn(stack.resources, id));
      if (unknown.length > 0)
        throw new TemplateError(`ResourcesToSkip: the stack has no resources ${unknown.join(", ")}`);
      engine.rollback(stack, input.ResourcesToSkip);
      return {};
    },
    RollbackStack: (input) => {
      const stack = store.get(input.StackName);
      if (!["CREATE_FAILED", "UPDATE_FAILED"].includes(stack.status))
        throw new TemplateError(
          `Stack ${stack.name} is in ${stack.status} state; RollbackStack needs CREATE_FAILED or UPDATE_FAILED`,
        );
      engine.rollback(store.change(stack.id, { retainExceptOnCreate: input.RetainExceptOnCreate }));
      return { StackId: stack.id };
    },
    UpdateTerminationProtection: (input) => {
      const stack = store.get(input.StackName);
      store.change(stack.id, { terminationProtection: input.EnableTerminationProtection === true });
      return { StackId: stack.id };
    },
    SetStackPolicy: (input) => {
      if (input.StackPolicyURL !== undefined) refuse("StackPolicyURL");
      const policy = input.StackPolicyBody ?? "";
      if (!isJson(policy)) throw new TemplateError("Error validating stack policy: Invalid stack policy");
      store.change(store.get(input.StackName).id, { policy });
      return {};
    },
    GetStackPolicy: (input) => ({ StackPolicyBody: store.get(input.StackName).policy }),
  };
}

interface CommonSettings {
  readonly Capabilities?: readonly string[];
  readonly NotificationARNs?: readonly string[];
  readonly RoleARN?: string;
  readonly RetainExceptOnCreate?: boolean;
}

export const settingsOf = (input: CommonSettings): StackSettings => ({
  capabilities: input.Capabilities ?? [],
  ...(input.NotificationARNs ? { notifications: input.NotificationARNs } : {}),
  ...(input.RoleARN ? { roleArn: input.RoleARN } : {}),
  retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
});

/** Whether an update would do anything: to a resource, an output or the stack's tags. */
export function changesAnything({ planned, outputs, source }: Prepared, stack: StackRecord): boolean {
  if ([...planned.values()].some(({ decision }) => decision.action !== "keep")) return true;
  if (Object.keys(stack.resources).some((id) => !planned.has(id))) return true;
  if (!sameValue(asValue(source.tags), asValue(stack.tags))) return true;
  const before = stack.outputs.map(({ key, value, exportName, description }) => ({
    key,
    value,
    exportName,
    description,
  }));
  const after = outputs.map(({ key, value, exportName, description }) => ({
    key,
    value: scalar(value),
    exportName,
    description,
  }));
  return !sameValue(asValue(before), asValue(after));
}

const scalar = (value: Value): Value =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : value;
/** Lists of records of plain values; `undefined` members compare as absent. */
const asValue = (items: readonly object[]): Value => items as unknown as Value;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
