import type { CloudWatchLogs, InputLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError, type Operations, type ServiceModule } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { embeddedMetricsOf } from "./embedded-metrics.ts";
import {
  groupName,
  groupOf,
  invalidParameter,
  type LogStore,
  type StoredGroup,
  shownGroup,
  shownStream,
  storeOf,
  streamKey,
  streamOf,
  streamsIn,
} from "./model.ts";
import { reading } from "./reading.ts";

const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

function checkGroupName(name: string): void {
  if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name))
    throw invalidParameter(
      `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
    );
}

function removeStream(store: LogStore, group: string, name: string): void {
  const stream = streamOf(store, group, name);
  store.streams.delete(streamKey(stream.group, stream.name));
  store.events.remove(stream.id);
}

function groups(store: LogStore): Operations<CloudWatchLogs> {
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
      return { logGroups: page.items.map((group) => shownGroup(store, group)), nextToken: page.nextToken };
    },
    DeleteLogGroup: ({ logGroupName }) => {
      const { name } = groupOf(store, logGroupName);
      for (const stream of streamsIn(store, name)) removeStream(store, name, stream.name);
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

function streams(store: LogStore): Operations<CloudWatchLogs> {
  return {
    CreateLogStream: ({ logGroupName, logStreamName: name = "" }) => {
      const { name: group } = groupOf(store, logGroupName);
      if (!/^[^:*]{1,512}$/s.test(name))
        throw invalidParameter(
          `logStreamName must be 1 to 512 characters without : and *, got ${JSON.stringify(name)}.`,
        );
      const key = streamKey(group, name);
      if (store.streams.has(key))
        throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");
      const empty = { firstEvent: undefined, lastEvent: undefined, lastIngestion: undefined, bytes: 0 };
      store.streams.set(key, { id: store.context.id(32), group, name, createdAt: store.now(), ...empty });
      return {};
    },
    DescribeLogStreams: ({
      logGroupIdentifier,
      logGroupName,
      logStreamNamePrefix = "",
      orderBy,
      descending,
      limit = 50,
      nextToken,
    }) => {
      const { name: group } = groupOf(store, logGroupIdentifier ?? logGroupName);
      const found = streamsIn(store, group).filter(({ name }) => name.startsWith(logStreamNamePrefix));
      if (orderBy === "LastEventTime") found.sort((a, b) => (a.lastEvent ?? 0) - (b.lastEvent ?? 0));
      if (descending) found.reverse();
      const page = pageOf(found, { token: nextToken, limit, invalidToken: "InvalidParameterException" });
      return { logStreams: page.items.map((stream) => shownStream(store, stream)), nextToken: page.nextToken };
    },
    DeleteLogStream: ({ logGroupName = "", logStreamName = "" }) => {
      removeStream(store, logGroupName, logStreamName);
      return {};
    },
  };
}

/** Limits of one batch: events, and bytes with the 26 that AWS counts for every event. */
const maxBatch = 10_000;
const maxBytes = 1_048_576;
const overhead = 26;

function checkBatch(events: readonly InputLogEvent[]): number {
  if (events.length === 0 || events.length > maxBatch)
    throw invalidParameter(`logEvents must hold 1 to ${maxBatch} events, got ${events.length}.`);
  const bytes = events.reduce((sum, { message = "" }) => sum + Buffer.byteLength(message) + overhead, 0);
  if (bytes > maxBytes) throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${maxBytes}`);
  if (events.some(({ timestamp = 0 }, index) => index > 0 && timestamp < (events[index - 1]?.timestamp ?? 0)))
    throw invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
  return bytes;
}

const hour = 60 * 60 * 1000;

function rejections(events: readonly InputLogEvent[], now: number) {
  const tooNew = events.findIndex(({ timestamp = 0 }) => timestamp > now + 2 * hour);
  const tooOld = events.filter(({ timestamp = 0 }) => timestamp < now - 14 * 24 * hour).length;
  const info = {
    ...(tooNew >= 0 ? { tooNewLogEventStartIndex: tooNew } : {}),
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
  };
  return {
    accepted: events.slice(tooOld, tooNew < 0 ? undefined : tooNew),
    info: Object.keys(info).length > 0 ? info : undefined,
  };
}

function writing(store: LogStore): Operations<CloudWatchLogs> {
  return {
    PutLogEvents: async ({ logGroupName, logStreamName, logEvents = [] }) => {
      const stream = streamOf(store, logGroupName, logStreamName);
      const bytes = checkBatch(logEvents);
      const now = store.now();
      const { accepted, info } = rejections(logEvents, now);
      const added = accepted.map(({ timestamp = now, message = "" }) => ({ timestamp, ingestionTime: now, message }));
      store.events.append(stream.id, added);
      stream.firstEvent ??= added[0]?.timestamp;
      stream.lastEvent = added.at(-1)?.timestamp ?? stream.lastEvent;
      stream.lastIngestion = now;
      stream.bytes += bytes;
      for (const metrics of embeddedMetricsOf(added.map(({ message }) => message))) await putMetrics(store, metrics);
      return { nextSequenceToken: store.context.id(56, "0123456789"), rejectedLogEventsInfo: info };
    },
  };
}

/** A line whose metrics are refused is still a log line; the reason goes to the sandbox's log. */
async function putMetrics({ context }: LogStore, metrics: ReturnType<typeof embeddedMetricsOf>[number]): Promise<void> {
  try {
    await context.aws.cloudwatch.putMetricData(metrics);
  } catch (error) {
    context.log(
      `logs: embedded metrics of ${metrics.Namespace} were refused: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function tagging(store: LogStore): Operations<CloudWatchLogs> {
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

/** CloudWatch Logs. Embedded metrics in log lines become CloudWatch metrics, as at AWS. */
export const logs: ServiceModule = {
  id: "logs",
  sdk: () => import("@aws-sdk/client-cloudwatch-logs"),
  create: (context) => {
    const store = storeOf(context);
    return {
      operations: { ...groups(store), ...streams(store), ...writing(store), ...reading(store), ...tagging(store) },
    };
  },
};
