import type { Change, CloudFormation, CreateChangeSetCommandInput } from "@aws-sdk/client-cloudformation";
import { AwsError, type Operations } from "../../../kernel.ts";
import type { StackEngine } from "../stacks/engine.ts";
import { masked } from "../stacks/mask.ts";
import type { ChangeSetRecord, StackRecord } from "../stacks/model.ts";
import { planChanges } from "../stacks/plan-changes.ts";
import type { Prepared } from "../stacks/prepare.ts";
import type { StackStore } from "../stacks/store.ts";
import { TemplateError } from "../template/errors.ts";
import { page, refuse, requireStackName, sourceFrom } from "./input.ts";
import { describeParameters } from "./reads.ts";
import { changesAnything, settingsOf, UPDATABLE } from "./stacks.ts";

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** Finds by ARN, or by name and stack. Throws `ChangeSetNotFound`. */
export function findChangeSet(
  store: StackStore,
  nameOrId: string | undefined,
  stackName: string | undefined,
): ChangeSetRecord {
  const byId = store.records.changeSets.get(nameOrId ?? "");
  if (byId) return byId;
  if (!nameOrId?.startsWith("arn:") && !stackName)
    throw new TemplateError("StackName must be specified if ChangeSetName is not specified as an ARN.");
  const stack = stackName ? store.get(stackName) : undefined;
  const found = [...store.records.changeSets.values()].find(
    (one) => one.name === nameOrId && one.stackId === stack?.id,
  );
  if (!found) throw new AwsError("ChangeSetNotFound", `ChangeSet [${nameOrId}] does not exist`, { status: 404 });
  return found;
}

export function changeSetOperations(engine: StackEngine): Operations<CloudFormation> {
  const { store } = engine;
  return {
    CreateChangeSet: async (input) => {
      refuseUnsupported(input);
      const name = requireChangeSetName(input.ChangeSetName);
      const type = input.ChangeSetType === "CREATE" ? "CREATE" : "UPDATE";
      const { stack, isNew } = stackFor(engine, type, input);
      const existing = [...store.records.changeSets.values()].find(
        (one) => one.stackId === stack.id && one.name === name,
      );
      if (existing && existing.token !== undefined && existing.token === input.ClientToken)
        return { Id: existing.id, StackId: stack.id };
      if (existing) throw new AwsError("AlreadyExistsException", `ChangeSet ${existing.id} already exists`);
      const prepared = await engine.prepare(stack, await sourceFrom(engine, input, stack));
      if (isNew) {
        store.records.stacks.set(stack.id, stack);
        store.status(stack.id, "REVIEW_IN_PROGRESS", "User Initiated");
      }
      const record = newChangeSet(engine, { input, name, type, stack, prepared });
      store.records.changeSets.set(record.id, record);
      return { Id: record.id, StackId: stack.id };
    },
    DescribeChangeSet: (input) => {
      const record = findChangeSet(store, input.ChangeSetName, input.StackName);
      const { items, next } = page(record.changes, input.NextToken);
      const changes = input.IncludePropertyValues ? items : items.map(withoutValues);
      return {
        ...summary(record),
        Parameters: describeParameters(record.parameters),
        NotificationARNs: [...record.notifications],
        RollbackConfiguration: {},
        // What the request held is what was stored.
        Capabilities: [...record.capabilities] as CreateChangeSetCommandInput["Capabilities"],
        Tags: record.tags.map(({ Key, Value }) => ({ Key, Value })),
        Changes: changes,
        OnStackFailure: record.onFailure,
        NextToken: next,
      };
    },
    ListChangeSets: (input) => {
      const stack = store.get(input.StackName);
      const all = [...store.records.changeSets.values()].filter((one) => one.stackId === stack.id);
      const { items, next } = page(all, input.NextToken);
      return { Summaries: items.map(summary), NextToken: next };
    },
    DeleteChangeSet: (input) => {
      // As in AWS, deleting one that does not exist succeeds.
      const found = findOrNone(store, input.ChangeSetName, input.StackName);
      if (found?.execution === "EXECUTE_IN_PROGRESS")
        throw new AwsError(
          "InvalidChangeSetStatus",
          `ChangeSet [${found.id}] cannot be deleted in status [${found.execution}]`,
        );
      if (found) store.records.changeSets.delete(found.id);
      return {};
    },
    ExecuteChangeSet: async (input) => {
      const record = findChangeSet(store, input.ChangeSetName, input.StackName);
      if (record.execution !== "AVAILABLE")
        throw new AwsError(
          "InvalidChangeSetStatus",
          `ChangeSet [${record.id}] cannot be executed in its current status of [${record.status}] (execution status ${record.execution})`,
        );
      await execute(engine, record, { ...settingsOf(input), disableRollback: input.DisableRollback ?? false });
      return {};
    },
  };
}

function refuseUnsupported(input: CreateChangeSetCommandInput): void {
  if (input.ChangeSetType === "IMPORT" || input.ResourcesToImport?.length) refuse("Importing resources");
  if (input.ImportExistingResources) refuse("ImportExistingResources");
  if (input.DeploymentMode !== undefined) refuse(`DeploymentMode ${input.DeploymentMode}`);
}

function requireChangeSetName(name: string | undefined): string {
  if (name !== undefined && /^[A-Za-z][-A-Za-z0-9]{0,127}$/.test(name)) return name;
  throw new TemplateError(
    `ChangeSetName '${name ?? ""}' must match [a-zA-Z][-a-zA-Z0-9]* and have at most 128 characters`,
  );
}

function stackFor(
  engine: StackEngine,
  type: "CREATE" | "UPDATE",
  input: CreateChangeSetCommandInput,
): { stack: StackRecord; isNew: boolean } {
  const found = engine.store.find(input.StackName ?? "");
  if (type === "CREATE") {
    if (found && found.status !== "REVIEW_IN_PROGRESS")
      throw new TemplateError(
        `Stack [${found.name}] already exists and cannot be created again with the changeSet [${input.ChangeSetName}].`,
      );
    if (found) return { stack: found, isNew: false };
    return { stack: engine.newStack(requireStackName(input.StackName), [], settingsOf(input)), isNew: true };
  }
  if (!found || found.status === "DELETE_COMPLETE")
    throw new TemplateError(`Stack [${input.StackName}] does not exist`);
  engine.requireIdle(found, "updated", (status) => UPDATABLE.has(status));
  return { stack: found, isNew: false };
}

function newChangeSet(
  engine: StackEngine,
  parts: {
    input: CreateChangeSetCommandInput;
    name: string;
    type: "CREATE" | "UPDATE";
    stack: StackRecord;
    prepared: Prepared;
  },
): ChangeSetRecord {
  const { input, name, type, stack, prepared } = parts;
  const useful = type === "CREATE" || changesAnything(prepared, stack);
  return {
    id: engine.store.arn("changeSet", name),
    name,
    stackId: stack.id,
    stackName: stack.name,
    type,
    status: useful ? "CREATE_COMPLETE" : "FAILED",
    ...(useful ? {} : { reason: NO_CHANGES }),
    execution: useful ? "AVAILABLE" : "UNAVAILABLE",
    created: engine.store.context.clock.now(),
    description: input.Description,
    template: prepared.source.text,
    parameters: prepared.source.parameters,
    tags: prepared.source.tags,
    capabilities: input.Capabilities ?? [],
    notifications: input.NotificationARNs ?? [],
    roleArn: input.RoleARN,
    onFailure: input.OnStackFailure,
    includeNested: input.IncludeNestedStacks,
    changes: planChanges(prepared, stack).map(masked([...prepared.source.parameters, ...stack.parameters])),
    token: input.ClientToken,
  };
}

async function execute(
  engine: StackEngine,
  record: ChangeSetRecord,
  settings: ReturnType<typeof settingsOf>,
): Promise<void> {
  const { store } = engine;
  const stack = store.current(record.stackId);
  const ready = (status: string) =>
    record.type === "CREATE" ? status === "REVIEW_IN_PROGRESS" : UPDATABLE.has(status);
  engine.requireIdle(stack, "updated", ready);
  const source = { text: record.template, parameters: record.parameters, tags: record.tags };
  const prepared = await engine.prepare(stack, source);
  engine.requireIdle(store.current(stack.id), "updated", ready);
  const all: ReturnType<typeof settingsOf> = {
    ...settings,
    capabilities: record.capabilities,
    changeSetId: record.id,
    ...(record.roleArn ? { roleArn: record.roleArn } : {}),
    ...(record.onFailure ? { onFailure: record.onFailure } : {}),
  };
  // The other change sets were made for a stack that is about to change: CloudFormation drops them.
  for (const other of [...store.records.changeSets.values()])
    if (other.stackId === stack.id && other.id !== record.id) store.records.changeSets.delete(other.id);
  store.records.changeSets.set(record.id, { ...record, execution: "EXECUTE_IN_PROGRESS" });
  if (record.type === "CREATE") engine.create({ ...stack, ...all, created: store.context.clock.now() }, prepared);
  else engine.update(stack, prepared, all);
  void engine.settled(stack.id).then(() => finished(store, record.id));
}

function finished(store: StackStore, id: string): void {
  const record = store.records.changeSets.get(id);
  if (!record) return;
  const failed = !["CREATE_COMPLETE", "UPDATE_COMPLETE"].includes(store.current(record.stackId).status);
  store.records.changeSets.set(id, { ...record, execution: failed ? "EXECUTE_FAILED" : "EXECUTE_COMPLETE" });
}

function findOrNone(
  store: StackStore,
  name: string | undefined,
  stackName: string | undefined,
): ChangeSetRecord | undefined {
  try {
    return findChangeSet(store, name, stackName);
  } catch (error) {
    if (error instanceof AwsError && error.code === "ChangeSetNotFound") return undefined;
    throw error;
  }
}

const summary = (record: ChangeSetRecord) => ({
  ChangeSetId: record.id,
  ChangeSetName: record.name,
  StackId: record.stackId,
  StackName: record.stackName,
  Status: record.status,
  StatusReason: record.reason,
  ExecutionStatus: record.execution,
  CreationTime: record.created,
  Description: record.description,
  IncludeNestedStacks: record.includeNested ?? false,
  ImportExistingResources: record.importExisting ?? false,
});

function withoutValues(change: Change): Change {
  const { BeforeContext: _before, AfterContext: _after, Details, ...rest } = change.ResourceChange ?? {};
  return {
    ...change,
    ResourceChange: {
      ...rest,
      Details: Details?.map((detail) => {
        const { BeforeValue: _b, AfterValue: _a, ...Target } = detail.Target ?? {};
        return { ...detail, Target };
      }),
    },
  };
}
