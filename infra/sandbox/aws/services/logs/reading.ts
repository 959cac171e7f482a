import type { CloudWatchLogs, FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import type { Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import type { LogEvent } from "./events.ts";
import {
  eventId,
  eventsOf,
  groupOf,
  invalidParameter,
  type LogStore,
  type StoredStream,
  streamOf,
  streamsIn,
} from "./model.ts";
import { patternOf } from "./pattern/pattern.ts";

/** Reading events: one stream forwards and backwards, or a whole group by pattern. */
const maxEvents = 10_000;

function limitOf(limit: number | undefined): number {
  if (limit !== undefined && (limit < 1 || limit > maxEvents))
    throw invalidParameter(`limit must be between 1 and ${maxEvents}, got ${limit}.`);
  return limit ?? maxEvents;
}

const within =
  (start: number | undefined, end: number | undefined) =>
  ({ timestamp }: LogEvent): boolean =>
    (start === undefined || timestamp >= start) && (end === undefined || timestamp < end);

/** A position between events: `f/` reads on from it, `b/` reads what is before it. */
const token = (direction: "f" | "b", position: number): string => `${direction}/${String(position).padStart(56, "0")}`;

function parseToken(text: string): { forward: boolean; position: number } {
  const found = /^([fb])\/(\d{56})$/.exec(text);
  if (!found) throw invalidParameter("The specified nextToken is invalid.");
  return { forward: found[1] === "f", position: Number(found[2]) };
}

function span(
  length: number,
  limit: number,
  nextToken: string | undefined,
  fromHead: boolean,
): [start: number, end: number] {
  if (!nextToken) return fromHead ? [0, Math.min(limit, length)] : [Math.max(0, length - limit), length];
  const { forward, position } = parseToken(nextToken);
  const at = Math.min(position, length);
  return forward ? [at, Math.min(at + limit, length)] : [Math.max(0, at - limit), at];
}

function filtered(
  stream: StoredStream,
  events: readonly LogEvent[],
  wanted: (event: LogEvent) => boolean,
): FilteredLogEvent[] {
  return events.flatMap((event) =>
    wanted(event) ? [{ ...event, logStreamName: stream.name, eventId: eventId(stream, event) }] : [],
  );
}

export function reading(store: LogStore): Operations<CloudWatchLogs> {
  return {
    GetLogEvents: (input) => {
      const group = groupOf(store, input.logGroupIdentifier ?? input.logGroupName);
      const stream = streamOf(store, group.name, input.logStreamName);
      const events = eventsOf(store, group, stream).filter(within(input.startTime, input.endTime));
      const [start, end] = span(events.length, limitOf(input.limit), input.nextToken, input.startFromHead ?? false);
      return {
        events: events.slice(start, end),
        nextForwardToken: token("f", end),
        nextBackwardToken: token("b", start),
      };
    },
    FilterLogEvents: (input) => {
      const group = groupOf(store, input.logGroupIdentifier ?? input.logGroupName);
      const { logStreamNames, logStreamNamePrefix, filterPattern, startTime, endTime, nextToken } = input;
      if (logStreamNames && logStreamNamePrefix)
        throw invalidParameter("logStreamNamePrefix and logStreamNames cannot both be given.");
      const streams = logStreamNames
        ? logStreamNames.map((name) => streamOf(store, group.name, name))
        : streamsIn(store, group.name).filter(({ name }) => name.startsWith(logStreamNamePrefix ?? ""));
      const [inTime, matches] = [within(startTime, endTime), patternOf(filterPattern).matches];
      const found = streams
        .flatMap((stream) =>
          filtered(stream, eventsOf(store, group, stream), (event) => inTime(event) && matches(event.message)),
        )
        .sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
      const page = pageOf(found, {
        token: nextToken,
        limit: limitOf(input.limit),
        invalidToken: "InvalidParameterException",
      });
      return { events: page.items, nextToken: page.nextToken, searchedLogStreams: [] };
    },
  };
}
