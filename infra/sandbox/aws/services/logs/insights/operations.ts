import type { CloudWatchLogs, QueryInfo, StartQueryCommandInput } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError, type Operations } from "../../../kernel.ts";
import { pageOf } from "../../../state/page.ts";
import { uuid } from "../../../uuid.ts";
import {
  eventsOf,
  groupName,
  groupOf,
  invalidParameter,
  type LogStore,
  type StoredGroup,
  streamsIn,
} from "../model.ts";
import { parseQuery } from "./commands.ts";
import { rowOf } from "./record.ts";
import { type Result, runQuery } from "./run.ts";
import type { Row } from "./values.ts";

/** Running Logs Insights queries. A query is finished when StartQuery answers; its result is kept in memory. */
interface Query {
  readonly id: string;
  readonly text: string;
  readonly groups: readonly string[];
  readonly createdAt: number;
  readonly result: Result;
  readonly scanned: { readonly records: number; readonly bytes: number };
}

const KEPT = 200;
const MOST_GROUPS = 50;
const MOST_ROWS = 10_000;

function groupsFor(store: LogStore, input: StartQueryCommandInput): StoredGroup[] {
  const { logGroupName, logGroupNames, logGroupIdentifiers } = input;
  const given = [logGroupName && [logGroupName], logGroupNames, logGroupIdentifiers].filter(
    (names): names is string[] => Array.isArray(names) && names.length > 0,
  );
  const [names = []] = given;
  if (given.length !== 1)
    throw invalidParameter("Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be given.");
  if (names.length > MOST_GROUPS) throw invalidParameter(`At most ${MOST_GROUPS} log groups can be queried at once.`);
  return names.map((name) => groupOf(store, groupName(name)));
}

function check({ startTime = 0, endTime = 0, limit = 1, queryLanguage = "CWLI" }: StartQueryCommandInput): void {
  if (queryLanguage !== "CWLI")
    throw new AwsError(
      "NotImplemented",
      `logs.StartQuery: the query language ${queryLanguage} is not implemented by the sandbox; use CWLI.`,
      { status: 501 },
    );
  if (startTime > endTime)
    throw invalidParameter(`startTime must not be after endTime, got ${startTime} and ${endTime}.`);
  if (limit < 1 || limit > MOST_ROWS) throw invalidParameter(`limit must be between 1 and ${MOST_ROWS}, got ${limit}.`);
}

/** Where a line is: enough to find it again with GetLogRecord. */
const pointerOf = (stream: string, sequence: number): string =>
  Buffer.from(JSON.stringify([stream, sequence])).toString("base64");

/** Lines of the groups between two moments (seconds since 1970, both inclusive), newest first. */
function rowsFor(store: LogStore, groups: readonly StoredGroup[], from: number, to: number): Row[] {
  const found = groups.flatMap((group) => {
    const log = `${store.context.account}:${group.name}`;
    return streamsIn(store, group.name).flatMap((stream) =>
      eventsOf(store, group, stream)
        .filter(({ timestamp }) => timestamp >= from * 1000 && timestamp < (to + 1) * 1000)
        .map((event) => ({
          event,
          origin: { log, stream: stream.name, pointer: pointerOf(stream.id, event.sequence) },
        })),
    );
  });
  found.sort((a, b) => b.event.timestamp - a.event.timestamp || b.event.sequence - a.event.sequence);
  return found.map(({ event, origin }) => rowOf(event, origin));
}

function start(store: LogStore, input: StartQueryCommandInput): Query {
  check(input);
  const groups = groupsFor(store, input);
  const text = input.queryString ?? "";
  const commands = parseQuery(text);
  const rows = rowsFor(store, groups, input.startTime ?? 0, input.endTime ?? 0);
  const id = uuid(store.context);
  const bytes = rows.reduce((sum, row) => sum + Buffer.byteLength(String(row.get("@message") ?? "")), 0);
  return {
    id,
    text,
    groups: groups.map(({ name }) => name),
    createdAt: store.now(),
    result: runQuery(commands, rows, input.limit),
    scanned: { records: rows.length, bytes },
  };
}

const shown = ({ id, text, groups, createdAt }: Query): QueryInfo => ({
  queryLanguage: "CWLI",
  queryId: id,
  queryString: text,
  status: "Complete",
  createTime: createdAt,
  logGroupName: groups[0],
});

function record(store: LogStore, pointer: string): Record<string, string> {
  let position: unknown;
  try {
    position = JSON.parse(Buffer.from(pointer, "base64").toString());
  } catch {
    throw invalidParameter("logRecordPointer is not valid.");
  }
  const [id, sequence] = Array.isArray(position) ? position : [];
  const stream = [...store.streams.values()].find((candidate) => candidate.id === id);
  const event = stream && store.events.of(stream.id).find((candidate) => candidate.sequence === sequence);
  if (!stream || !event) throw new AwsError("ResourceNotFoundException", "The log record does not exist.");
  const row = rowOf(event, { log: `${store.context.account}:${stream.group}`, stream: stream.name, pointer });
  return Object.fromEntries(
    [...row].map(([name, value]) => [name, typeof value === "object" ? String(value.ms) : String(value)]),
  );
}

/** What runs in AWS for seconds is over at once here, so no query can be stopped. */
export function queries(store: LogStore): Operations<CloudWatchLogs> {
  const run = new Map<string, Query>();
  const of = (id: string | undefined): Query => {
    const query = run.get(id ?? "");
    if (!query) throw new AwsError("ResourceNotFoundException", `Query ${id} does not exist.`);
    return query;
  };
  return {
    StartQuery: (input) => {
      const query = start(store, input);
      run.set(query.id, query);
      for (const oldest of run.keys()) {
        if (run.size <= KEPT) break;
        run.delete(oldest);
      }
      return { queryId: query.id };
    },
    GetQueryResults: ({ queryId }) => {
      const { result, scanned } = of(queryId);
      return {
        queryLanguage: "CWLI",
        status: "Complete",
        results: result.rows.map((row) => [...row]),
        statistics: { recordsMatched: result.matched, recordsScanned: scanned.records, bytesScanned: scanned.bytes },
      };
    },
    StopQuery: ({ queryId }) => {
      of(queryId);
      throw invalidParameter(`Query ${queryId} is not running: its status is Complete.`);
    },
    DescribeQueries: ({ logGroupName, status, maxResults = 1_000, nextToken }) => {
      const found = [...run.values()]
        .filter(({ groups }) => logGroupName === undefined || groups.includes(logGroupName))
        .filter(() => status === undefined || status === "Complete")
        .toReversed();
      const page = pageOf(found, { token: nextToken, limit: maxResults, invalidToken: "InvalidParameterException" });
      return { queries: page.items.map(shown), nextToken: page.nextToken };
    },
    GetLogRecord: ({ logRecordPointer = "" }) => ({ logRecord: record(store, logRecordPointer) }),
  };
}
