import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { eventually } from "../eventually.ts";
import { type Logs, startLogs } from "./group.ts";

let box: Logs;
beforeAll(async () => {
  box = await startLogs();
});
afterAll(() => box.stop());

const lines = ["INFO started", "ERROR no space", "WARN slow", '{"level":"error","status":503}'];
const missing = { name: "ResourceNotFoundException" };
const invalid = { name: "InvalidParameterException" };

test("CreateLogStream: once, in a group that exists", () =>
  box.withGroup(async (logGroupName, logStreamName) => {
    const again = box.client.createLogStream({ logGroupName, logStreamName });
    await expect(again).rejects.toMatchObject({ name: "ResourceAlreadyExistsException" });
    const nowhere = box.client.createLogStream({ logGroupName: `${logGroupName}-none`, logStreamName });
    await expect(nowhere).rejects.toMatchObject(missing);
    await expect(box.client.createLogStream({ logGroupName, logStreamName: "a:b" })).rejects.toMatchObject(invalid);
  }));

test("DescribeLogStreams: by prefix, with the times of its lines", () =>
  box.withGroup(async (logGroupName, logStreamName) => {
    const start = await box.put(logGroupName, logStreamName, lines);
    await box.client.createLogStream({ logGroupName, logStreamName: "side/1" });
    const found = async () =>
      (await box.client.describeLogStreams({ logGroupName, logStreamNamePrefix: "app" })).logStreams ?? [];
    const [stream, ...rest] = await eventually(found, ([first]) => first?.lastEventTimestamp !== undefined);
    expect(rest).toEqual([]);
    expect(stream).toMatchObject({ logStreamName, firstEventTimestamp: start, lastEventTimestamp: start + 3 });
    const newest = await box.client.describeLogStreams({ logGroupName, orderBy: "LastEventTime", descending: true });
    expect(newest.logStreams?.[0]).toMatchObject({ logStreamName });
  }));

test("DeleteLogStream: with its lines", () =>
  box.withGroup(async (logGroupName, logStreamName) => {
    await box.client.deleteLogStream({ logGroupName, logStreamName });
    const { logStreams } = await box.client.describeLogStreams({ logGroupName });
    expect(logStreams).toEqual([]);
    await expect(box.client.deleteLogStream({ logGroupName, logStreamName })).rejects.toMatchObject(missing);
  }));

test("PutLogEvents: in the order of time; what is too old is said", () =>
  box.withGroup(async (logGroupName, logStreamName) => {
    const now = Date.now();
    const put = (logEvents: { message: string; timestamp: number }[]) =>
      box.client.putLogEvents({ logGroupName, logStreamName, logEvents });
    expect(await put([{ message: "a", timestamp: now }])).toMatchObject({ nextSequenceToken: expect.any(String) });
    const unordered = put([
      { message: "b", timestamp: now },
      { message: "a", timestamp: now - 1 },
    ]);
    await expect(unordered).rejects.toMatchObject(invalid);
    const old = await put([{ message: "old", timestamp: now - 15 * 24 * 3_600_000 }]);
    expect(old.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    await expect(put([])).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  }));

test("GetLogEvents: forwards and backwards, until the token stays the same", () =>
  box.withGroup(async (logGroupName, logStreamName) => {
    await box.put(logGroupName, logStreamName, lines);
    const read = (more: object) => box.client.getLogEvents({ logGroupName, logStreamName, ...more });
    const first = await eventually(
      () => read({ startFromHead: true, limit: 2 }),
      ({ events = [] }) => events.length === 2,
    );
    expect(first.events?.map(({ message }) => message)).toEqual(lines.slice(0, 2));
    const next = await read({ nextToken: first.nextForwardToken, startFromHead: true });
    expect(next.events?.map(({ message }) => message)).toEqual(lines.slice(2));
    const end = await read({ nextToken: next.nextForwardToken, startFromHead: true });
    expect([end.events, end.nextForwardToken]).toEqual([[], next.nextForwardToken]);
    expect((await read({ limit: 1 })).events?.map(({ message }) => message)).toEqual(lines.slice(3));
  }));

test("FilterLogEvents: by pattern over all streams", () =>
  box.withGroup(async (logGroupName, logStreamName) => {
    await box.put(logGroupName, logStreamName, lines);
    const count = async (filterPattern: string) =>
      (await box.client.filterLogEvents({ logGroupName, filterPattern })).events?.length;
    await eventually(
      () => count(""),
      (found) => found === lines.length,
    );
    const patterns = [
      "ERROR",
      "?ERROR ?WARN",
      '"no space"',
      "%^[A-Z]+ s%",
      '{ $.level = "error" && ($.status >= 500) }',
      "[level = W*, word]",
    ];
    expect(await Promise.all(patterns.map(count))).toEqual([1, 2, 1, 2, 1, 1]);
    await expect(count("{ $.status > x }")).rejects.toMatchObject(invalid);
  }));
