import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { eventually } from "../eventually.ts";
import { type Logs, startLogs } from "./group.ts";

let box: Logs;
beforeAll(async () => {
  box = await startLogs();
});
afterAll(() => box.stop());

const lines = [
  '{"level":"ERROR","route":"/a","latency":40}',
  '{"level":"INFO","route":"/a","latency":2}',
  '{"level":"INFO","route":"/b","latency":6}',
];
const window = () => ({ startTime: Math.floor(Date.now() / 1000) - 600, endTime: Math.floor(Date.now() / 1000) + 60 });

const start = async (logGroupName: string, queryString: string) =>
  (await box.client.startQuery({ logGroupName, queryString, ...window() })).queryId ?? "";
const finished = (queryId: string) =>
  eventually(
    () => box.client.getQueryResults({ queryId }),
    ({ status }) => status === "Complete",
  );

/** A group whose lines are found by queries. */
const withLines = (run: (logGroupName: string) => Promise<void>) =>
  box.withGroup(async (logGroupName, stream) => {
    await box.put(logGroupName, stream, lines);
    await eventually(
      async () => (await finished(await start(logGroupName, "fields @message"))).results?.length,
      (count) => count === lines.length,
    );
    await run(logGroupName);
  });

test("StartQuery: a query is compiled at once; a mistake is refused with its place", () =>
  box.withGroup(async (logGroupName) => {
    expect(await start(logGroupName, "fields @message | limit 5")).toMatch(/^[0-9a-f-]{36}$/);
    await expect(start(logGroupName, "fields @message | bogus 1")).rejects.toMatchObject({
      name: "MalformedQueryException",
      message: expect.stringContaining("bogus"),
    });
    await expect(start(`${logGroupName}-none`, "fields @message")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  }));

test("GetQueryResults: rows of columns, with statistics", () =>
  withLines(async (logGroupName) => {
    const query = "stats count(*) as n, avg(latency) as mean by route | sort mean desc";
    const { results, statistics } = await finished(await start(logGroupName, query));
    expect(results).toEqual([
      [
        { field: "route", value: "/a" },
        { field: "n", value: "2" },
        { field: "mean", value: "21" },
      ],
      [
        { field: "route", value: "/b" },
        { field: "n", value: "1" },
        { field: "mean", value: "6" },
      ],
    ]);
    expect(statistics).toMatchObject({ recordsMatched: 3, recordsScanned: 3 });
  }));

test("GetLogRecord: the whole line that a result points at", () =>
  withLines(async (logGroupName) => {
    const { results = [] } = await finished(await start(logGroupName, 'fields route | filter level = "ERROR"'));
    const logRecordPointer = results[0]?.find(({ field }) => field === "@ptr")?.value ?? "";
    const { logRecord } = await box.client.getLogRecord({ logRecordPointer });
    expect(logRecord).toMatchObject({ "@message": lines[0], route: "/a", latency: "40" });
  }));

test("StopQuery: not when the query is over", () =>
  withLines(async (logGroupName) => {
    const queryId = await start(logGroupName, "fields @message");
    await finished(queryId);
    await expect(box.client.stopQuery({ queryId })).rejects.toMatchObject({ name: "InvalidParameterException" });
  }));

test("DescribeQueries: those of a group", () =>
  withLines(async (logGroupName) => {
    const queryId = await start(logGroupName, "fields @message | limit 1");
    await finished(queryId);
    const { queries = [] } = await box.client.describeQueries({ logGroupName, status: "Complete" });
    expect(queries.find((query) => query.queryId === queryId)).toMatchObject({
      queryString: expect.stringContaining("fields @message | limit 1"),
      status: "Complete",
      logGroupName,
    });
  }));

/** A saved query that is gone after the test. */
async function withDefinition(run: (queryDefinitionId: string, name: string) => Promise<void>): Promise<void> {
  const name = box.target.unique("query");
  const { queryDefinitionId = "" } = await box.client.putQueryDefinition({ name, queryString: "fields @message" });
  try {
    await run(queryDefinitionId, name);
  } finally {
    await box.client.deleteQueryDefinition({ queryDefinitionId }).catch(() => undefined);
  }
}

test("PutQueryDefinition: makes one, or changes the one with the id", () =>
  withDefinition(async (queryDefinitionId, name) => {
    const changed = await box.client.putQueryDefinition({ queryDefinitionId, name, queryString: "limit 1" });
    expect(changed.queryDefinitionId).toBe(queryDefinitionId);
    const none = box.client.putQueryDefinition({
      queryDefinitionId: "00000000-0000-4000-8000-000000000000",
      name,
      queryString: "limit 1",
    });
    await expect(none).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  }));

test("DescribeQueryDefinitions: by prefix", () =>
  withDefinition(async (queryDefinitionId, name) => {
    const { queryDefinitions } = await box.client.describeQueryDefinitions({ queryDefinitionNamePrefix: name });
    expect(queryDefinitions).toMatchObject([{ queryDefinitionId, name, queryString: "fields @message" }]);
  }));

test("DeleteQueryDefinition: once", () =>
  withDefinition(async (queryDefinitionId) => {
    expect((await box.client.deleteQueryDefinition({ queryDefinitionId })).success).toBe(true);
    await expect(box.client.deleteQueryDefinition({ queryDefinitionId })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  }));
