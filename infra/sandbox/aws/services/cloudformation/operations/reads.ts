import type { CloudFormation, Stack } from "@aws-sdk/client-cloudformation";
import { AwsError, type Operations } from "../../../kernel.ts";
import type { StackEngine } from "../stacks/engine.ts";
import type { ResourceRecord, StackRecord } from "../stacks/model.ts";
import { TemplateError } from "../template/errors.ts";
import type { StackParameter } from "../template/parameters.ts";
import { page } from "./input.ts";

const NOT_CHECKED = { StackDriftStatus: "NOT_CHECKED" } as const;

/** Operations that only read stacks, events, resources and exports. */
export function readOperations(engine: StackEngine): Operations<CloudFormation> {
  const { store } = engine;
  return {
    DescribeStacks: (input) => {
      const stacks = input.StackName
        ? [store.get(input.StackName)]
        : newestFirst(store.all().filter((stack) => stack.status !== "DELETE_COMPLETE"));
      const { items, next } = page(stacks, input.NextToken);
      return { Stacks: items.map(describeStack), NextToken: next };
    },
    ListStacks: (input) => {
      const wanted = input.StackStatusFilter;
      const stacks = newestFirst(store.all()).filter((stack) => !wanted?.length || wanted.includes(stack.status));
      const { items, next } = page(stacks, input.NextToken);
      return {
        StackSummaries: items.map((stack) => ({
          StackId: stack.id,
          StackName: stack.name,
          TemplateDescription: stack.description,
          CreationTime: stack.created,
          LastUpdatedTime: stack.updated,
          DeletionTime: stack.deleted,
          StackStatus: stack.status,
          StackStatusReason: stack.reason,
          DriftInformation: NOT_CHECKED,
        })),
        NextToken: next,
      };
    },
    DescribeStackEvents: (input) => {
      const events = [...store.events(store.get(input.StackName).id)].reverse();
      // The token names an event, not a position: new events arrive in front while a client pages.
      const start = input.NextToken ? events.findIndex(({ EventId }) => EventId === input.NextToken) : 0;
      if (start < 0) throw new TemplateError(`NextToken '${input.NextToken}' is not valid`);
      const next = events[start + 100]?.EventId;
      return { StackEvents: events.slice(start, start + 100), NextToken: next };
    },
    DescribeStackResources: (input) => {
      if (input.StackName === undefined && input.PhysicalResourceId === undefined)
        throw new TemplateError("You must specify StackName or PhysicalResourceId");
      const stack = input.StackName ? store.get(input.StackName) : ownerOf(engine, input.PhysicalResourceId ?? "");
      const resources = Object.values(stack.resources).filter(
        ({ logicalId }) => !input.LogicalResourceId || logicalId === input.LogicalResourceId,
      );
      return {
        StackResources: resources.map((resource) => ({
          StackName: stack.name,
          StackId: stack.id,
          ...summary(resource),
          Timestamp: resource.changed,
        })),
      };
    },
    ListStackResources: (input) => {
      const { items, next } = page(Object.values(store.get(input.StackName).resources), input.NextToken);
      return {
        StackResourceSummaries: items.map((one) => ({ ...summary(one), LastUpdatedTimestamp: one.changed })),
        NextToken: next,
      };
    },
    DescribeStackResource: (input) => {
      const stack = store.get(input.StackName);
      const resource = stack.resources[input.LogicalResourceId ?? ""];
      if (!resource)
        throw new TemplateError(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
      return {
        StackResourceDetail: {
          StackName: stack.name,
          StackId: stack.id,
          ...summary(resource),
          LastUpdatedTimestamp: resource.changed,
          Metadata: JSON.stringify(resource.metadata ?? {}),
        },
      };
    },
    ListExports: (input) => {
      const exports = [...store.exports()].map(([Name, { value, stack }]) => ({
        ExportingStackId: stack.id,
        Name,
        Value: value,
      }));
      const { items, next } = page(exports, input.NextToken);
      return { Exports: items, NextToken: next };
    },
    ListImports: (input) => {
      const name = input.ExportName ?? "";
      const importers = store.importers(name);
      if (importers.length === 0) throw new TemplateError(`Export '${name}' is not imported by any stack.`);
      const { items, next } = page(importers, input.NextToken);
      return { Imports: items, NextToken: next };
    },
    DescribeAccountLimits: () => ({
      AccountLimits: [
        { Name: "StackLimit", Value: 2000 },
        { Name: "StackOutputsLimit", Value: 200 },
      ],
    }),
  };
}

const newestFirst = (stacks: readonly StackRecord[]): StackRecord[] =>
  stacks.toSorted((a, b) => b.created.getTime() - a.created.getTime());

function ownerOf(engine: StackEngine, physicalId: string): StackRecord {
  const owner = engine.store
    .all()
    .find((stack) => Object.values(stack.resources).some((resource) => resource.physicalId === physicalId));
  if (!owner) throw new AwsError("ValidationError", `Stack for ${physicalId} does not exist`);
  return owner;
}

const summary = (resource: ResourceRecord) => ({
  LogicalResourceId: resource.logicalId,
  PhysicalResourceId: resource.physicalId,
  ResourceType: resource.type,
  ResourceStatus: resource.status,
  ResourceStatusReason: resource.reason,
  DriftInformation: { StackResourceDriftStatus: "NOT_CHECKED" } as const,
});

export const describeParameters = (parameters: readonly StackParameter[]) =>
  parameters.map(({ key, value, resolved, noEcho }) => ({
    ParameterKey: key,
    ParameterValue: noEcho ? "****" : value,
    ...(resolved === undefined ? {} : { ResolvedValue: noEcho ? "****" : resolved }),
  }));

function describeStack(stack: StackRecord): Stack {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: stack.description,
    Parameters: describeParameters(stack.parameters),
    CreationTime: stack.created,
    LastUpdatedTime: stack.updated,
    DeletionTime: stack.deleted,
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: [...stack.notifications],
    TimeoutInMinutes: stack.timeoutInMinutes,
    // The SDK's type lists what a request may hold; that is what was stored.
    Capabilities: [...stack.capabilities] as Stack["Capabilities"],
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
    RoleARN: stack.roleArn,
    Tags: stack.tags.map(({ Key, Value }) => ({ Key, Value })),
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: NOT_CHECKED,
    RollbackConfiguration: {},
  };
}
