import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import type { MetricFilters } from "./metric-filters.ts";
import {
  groupName,
  groupOf,
  invalidParameter,
  type LogStore,
  type StoredGroup,
  shownGroup,
  streamsIn,
} from "./model.ts";
import { removeStream } from "./streams.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** What hangs on a group and goes with it. */
export interface Attached {
  readonly filters: MetricFilters;
  readonly subscriptions: Subscriptions;
}

const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

function checkGroupName(name: string): void {
  if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name))
    throw invalidParameter(
      `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
    );
}

export function groups(store: LogStore, { filters, subscriptions }: Attached): Operations<CloudWatchLogs> {
  return {
    CreateLogGroup: ({ logGroupName: name = "", tags = {}, kmsKeyId }) => {
      checkGroupName(name);
      if (store.groups.has(name))
        throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
      store.groups.set(name, { name, createdAt: store.now(), retentionDays: undefined, tags, kmsKeyId });
      return {};
    },
    DescribeLogGroups: ({
      logGroupNamePrefix = "",
      logGroupNamePattern = "",
      logGroupIdentifiers,
      limit = 50,
      nextToken,
    }) => {
      const identified = logGroupIdentifiers?.map(groupName);
      const found = [...store.groups.values()]
        .filter(({ name }) => name.startsWith(logGroupNamePrefix) && name.includes(logGroupNamePattern))
        .filter(({ name }) => !identified || identified.includes(name))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = pageOf(found, { token: nextToken, limit, invalidToken: "InvalidParameterException" });
      return {
        logGroups: page.items.map((group) => shownGroup(store, group, filters.of(group.name).length)),
        nextToken: page.nextToken,
      };
    },
    DeleteLogGroup: ({ logGroupName }) => {
      const { name } = groupOf(store, logGroupName);
      for (const stream of streamsIn(store, name)) removeStream(store, name, stream.name);
      filters.removeGroup(name);
      subscriptions.removeGroup(name);
      store.groups.delete(name);
      return {};
    },
    PutRetentionPolicy: ({ logGroupName, retentionInDays = 0 }) => {
      if (!retentions.includes(retentionInDays))
        throw invalidParameter(`retentionInDays must be one of ${retentions.join(", ")}, got ${retentionInDays}.`);
      groupOf(store, logGroupName).retentionDays = retentionInDays;
      return {};
    },
    DeleteRetentionPolicy: ({ logGroupName }) => {
      groupOf(store, logGroupName).retentionDays = undefined;
      return {};
    },
  };
}

export function tagging(store: LogStore): Operations<CloudWatchLogs> {
  const add = (group: StoredGroup, tags: Record<string, string> = {}) => {
    group.tags = { ...group.tags, ...tags };
    return {};
  };
  const remove = (group: StoredGroup, keys: readonly string[] = []) => {
    group.tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !keys.includes(key)));
    return {};
  };
  return {
    TagResource: ({ resourceArn, tags }) => add(groupOf(store, resourceArn), tags),
    UntagResource: ({ resourceArn, tagKeys }) => remove(groupOf(store, resourceArn), tagKeys),
    ListTagsForResource: ({ resourceArn }) => ({ tags: groupOf(store, resourceArn).tags }),
    TagLogGroup: ({ logGroupName, tags }) => add(groupOf(store, logGroupName), tags),
    UntagLogGroup: ({ logGroupName, tags }) => remove(groupOf(store, logGroupName), tags),
    ListTagsLogGroup: ({ logGroupName }) => ({ tags: groupOf(store, logGroupName).tags }),
  };
}
