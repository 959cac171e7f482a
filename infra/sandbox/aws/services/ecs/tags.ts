import type { ECS, Tag } from "@aws-sdk/client-ecs";
import { AwsError, type Operations } from "../../kernel.ts";
import { nameOf } from "./arns.ts";
import type { Records } from "./records.ts";

/** A list of tags where later ones replace earlier ones of the same key. */
export const mergeTags = (tags: readonly Tag[], more: readonly Tag[]): Tag[] => [
  ...new Map([...tags, ...more].map((tag) => [tag.key, tag])).values(),
];

interface Tagged {
  tags?: Tag[];
}

function taggedResource(records: Records, arn: string): Tagged {
  const kind = arn.split(":")[5]?.split("/")[0];
  const found: Tagged | undefined =
    kind === "cluster"
      ? records.findCluster(arn)
      : kind === "service"
        ? records.services.get(arn)
        : kind === "task"
          ? records.tasks.get(arn)?.task
          : kind === "task-definition"
            ? records.taskDefinitions.get(nameOf(arn))
            : undefined;
  if (found) return found;
  throw new AwsError("InvalidParameterException", `The specified resource ${arn} was not found or cannot have tags.`);
}

export function tagOperations(records: Records): Operations<ECS> {
  return {
    TagResource: (input) => {
      const resource = taggedResource(records, input.resourceArn ?? "");
      resource.tags = mergeTags(resource.tags ?? [], input.tags ?? []);
      return {};
    },
    UntagResource: (input) => {
      const resource = taggedResource(records, input.resourceArn ?? "");
      resource.tags = (resource.tags ?? []).filter((tag) => !input.tagKeys?.includes(tag.key ?? ""));
      return {};
    },
    ListTagsForResource: (input) => ({ tags: taggedResource(records, input.resourceArn ?? "").tags ?? [] }),
  };
}
