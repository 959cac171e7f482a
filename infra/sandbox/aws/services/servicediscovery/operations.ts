import type { Operation, ServiceDiscovery, Tag } from "@aws-sdk/client-servicediscovery";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { type OperationRecord, passes, type Registry } from "./registry.ts";

const PAGE = 100;

const view = ({ id, type, targets, at }: OperationRecord): Operation => ({
  Id: id,
  Type: type,
  Status: "SUCCESS",
  CreateDate: at,
  UpdateDate: at,
  Targets: targets,
});

const readable = ({ type, targets, at }: OperationRecord) => ({
  STATUS: "SUCCESS",
  TYPE: type,
  NAMESPACE_ID: targets.NAMESPACE ?? "",
  SERVICE_ID: targets.SERVICE ?? "",
  UPDATE_DATE: String(at.getTime() / 1000),
});

/** @throws AwsError ResourceNotFoundException */
function tagged(registry: Registry, arn: string | undefined): { tags: Tag[] } {
  const all = [...registry.namespaces.values(), ...registry.services.values()];
  const found = all.find((record) => record.arn === arn);
  if (found) return found;
  throw new AwsError("ResourceNotFoundException", `Resource ${arn} does not exist.`);
}

/** What is asked about asynchronous operations, and tags. */
export function operationOperations(registry: Registry): Operations<ServiceDiscovery> {
  return {
    GetOperation: ({ OperationId = "" }) => {
      const found = registry.operations.get(OperationId);
      if (!found) throw new AwsError("OperationNotFound", `Operation ${OperationId} does not exist.`);
      return { Operation: view(found) };
    },

    ListOperations: ({ Filters, MaxResults = PAGE, NextToken }) => {
      const found = [...registry.operations.values()].filter((record) => passes(Filters, readable(record)));
      const { items, nextToken } = pageOf(found.toReversed(), {
        token: NextToken,
        limit: MaxResults,
        invalidToken: "InvalidInput",
      });
      return { Operations: items.map(({ id }) => ({ Id: id, Status: "SUCCESS" as const })), NextToken: nextToken };
    },

    TagResource: ({ ResourceARN, Tags = [] }) => {
      const resource = tagged(registry, ResourceARN);
      resource.tags = [...resource.tags.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key)), ...Tags];
      return {};
    },

    UntagResource: ({ ResourceARN, TagKeys = [] }) => {
      const resource = tagged(registry, ResourceARN);
      resource.tags = resource.tags.filter(({ Key }) => !TagKeys.includes(Key ?? ""));
      return {};
    },

    ListTagsForResource: ({ ResourceARN }) => ({ Tags: tagged(registry, ResourceARN).tags }),
  };
}
