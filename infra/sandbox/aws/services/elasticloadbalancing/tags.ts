import type { ElasticLoadBalancingV2, Tag } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Operations } from "../../kernel.ts";
import type { Core } from "./core.ts";
import { notFound } from "./errors.ts";
import type { Records } from "./records.ts";

/** Tags that one resource may have. */
const MOST_TAGS = 50;

export const tagOperations = ({ records }: Core): Operations<ElasticLoadBalancingV2> => ({
  AddTags: ({ ResourceArns = [], Tags = [] }) => {
    for (const arn of ResourceArns) checkResource(records, arn);
    for (const arn of ResourceArns) setTags(records, arn, Tags);
    return {};
  },

  RemoveTags: ({ ResourceArns = [], TagKeys = [] }) => {
    for (const arn of ResourceArns) checkResource(records, arn);
    for (const arn of ResourceArns) {
      records.tags.set(
        arn,
        tagsOf(records, arn).filter(({ Key }) => !TagKeys.includes(Key ?? "")),
      );
    }
    return {};
  },

  DescribeTags: ({ ResourceArns = [] }) => {
    for (const arn of ResourceArns) checkResource(records, arn);
    return { TagDescriptions: ResourceArns.map((arn) => ({ ResourceArn: arn, Tags: tagsOf(records, arn) })) };
  },
});

/** Adds tags to those that are there; a key that exists gets the new value. */
export function setTags(records: Records, arn: string, added: readonly Tag[]): void {
  const keys = added.map(({ Key }) => Key);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw new AwsError("DuplicateTagKeys", `Tag key was specified more than once: ${twice}`);
  const after = [...tagsOf(records, arn).filter(({ Key }) => !keys.includes(Key)), ...added];
  if (after.length > MOST_TAGS) {
    throw new AwsError("TooManyTags", `A resource cannot have more than ${MOST_TAGS} tags`);
  }
  records.tags.set(arn, after);
}

const tagsOf = (records: Records, arn: string): Tag[] => records.tags.get(arn) ?? [];

function checkResource(records: Records, arn: string): void {
  if (records.loadBalancers.has(arn) || records.targetGroups.has(arn)) return;
  if (records.listeners.has(arn) || records.rules.has(arn)) return;
  if (arn.includes(":targetgroup/")) throw notFound.targetGroup();
  if (arn.includes(":listener-rule/")) throw notFound.rule();
  if (arn.includes(":listener/")) throw notFound.listener();
  throw notFound.loadBalancer(arn);
}
