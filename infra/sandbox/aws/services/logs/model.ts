import { join } from "node:path";
import type { LogGroup, LogStream } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError, type Collection, type ServiceContext } from "../../kernel.ts";
import { EventStore, type LogEvent } from "./events.ts";

/** Log groups and streams; the events themselves are in files. */
export interface StoredGroup {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  retentionDays: number | undefined;
  tags: Record<string, string>;
  readonly kmsKeyId: string | undefined;
}

export interface StoredStream {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  readonly createdAt: number;
  firstEvent: number | undefined;
  lastEvent: number | undefined;
  lastIngestion: number | undefined;
  bytes: number;
}

export interface LogStore {
  readonly groups: Collection<StoredGroup>;
  /** By `group:stream`; neither name may hold a colon. */
  readonly streams: Collection<StoredStream>;
  readonly events: EventStore;
  readonly context: ServiceContext;
  readonly now: () => number;
}

export function storeOf(context: ServiceContext): LogStore {
  const streams = context.state.collection<StoredStream>("streams");
  const events = new EventStore(join(context.dataDir, "logs"), context.state.afterCommit);
  events.keepOnly([...streams.values()].map(({ id }) => id));
  return {
    groups: context.state.collection("groups"),
    streams,
    events,
    context,
    now: () => context.clock.now().getTime(),
  };
}

export const streamKey = (group: string, stream: string): string => `${group}:${stream}`;

export const groupArn = ({ context: { region, account } }: LogStore, name: string): string =>
  `arn:aws:logs:${region}:${account}:log-group:${name}`;

/** Name of a group given by name or ARN, with or without the `:*` that some APIs append. */
export const groupName = (identifier: string): string =>
  identifier.replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, "").replace(/:\*$/, "");

export function groupOf({ groups }: LogStore, identifier: string | undefined): StoredGroup {
  const group = groups.get(groupName(identifier ?? ""));
  if (!group) throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
  return group;
}

export function streamOf(store: LogStore, group: string | undefined, name: string | undefined): StoredStream {
  const { name: known } = groupOf(store, group);
  const stream = store.streams.get(streamKey(known, name ?? ""));
  if (!stream) throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
  return stream;
}

export const streamsIn = ({ streams }: LogStore, group: string): StoredStream[] =>
  [...streams.values()].filter((stream) => stream.group === group).sort((a, b) => (a.name < b.name ? -1 : 1));

export const shownGroup = (store: LogStore, group: StoredGroup, metricFilterCount: number): LogGroup => ({
  logGroupName: group.name,
  creationTime: group.createdAt,
  retentionInDays: group.retentionDays,
  metricFilterCount,
  arn: `${groupArn(store, group.name)}:*`,
  logGroupArn: groupArn(store, group.name),
  storedBytes: streamsIn(store, group.name).reduce((sum, { bytes }) => sum + bytes, 0),
  kmsKeyId: group.kmsKeyId,
  logGroupClass: "STANDARD",
});

export const shownStream = (store: LogStore, stream: StoredStream): LogStream => ({
  logStreamName: stream.name,
  creationTime: stream.createdAt,
  firstEventTimestamp: stream.firstEvent,
  lastEventTimestamp: stream.lastEvent,
  lastIngestionTime: stream.lastIngestion,
  arn: `${groupArn(store, stream.group)}:log-stream:${stream.name}`,
  storedBytes: 0,
  uploadSequenceToken: undefined,
});

/** Unique in the group and stable, so that a client that follows can tell what it has seen. */
export const eventId = (stream: StoredStream, { timestamp, ingestionTime, sequence }: LogEvent): string =>
  [timestamp, ingestionTime, Number.parseInt(stream.id.slice(0, 8), 16), sequence]
    .map((part) => String(part).padStart(14, "0"))
    .join("");

export const invalidParameter = (text: string): AwsError => new AwsError("InvalidParameterException", text);

const day = 24 * 60 * 60 * 1000;

/** Events that the group's retention has not yet removed. */
export function eventsOf(store: LogStore, group: StoredGroup, stream: StoredStream) {
  const events = store.events.of(stream.id);
  if (group.retentionDays === undefined) return events;
  const oldest = store.now() - group.retentionDays * day;
  return events.filter(({ timestamp }) => timestamp >= oldest);
}
