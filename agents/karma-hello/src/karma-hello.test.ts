import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { startForTest, type TestAgent } from "../../runtime/testing.ts";
import october21 from "../data/chat_logs_20251021.json" with { type: "json" };
import { karmaHello } from "./karma-hello.ts";
import { statisticsOf, uniqueUsers } from "./statistics.ts";
import { chatLogs, findMessages, type LoggedMessage } from "./streams.ts";

interface Logs {
  readonly stream_id: string | null;
  readonly total_messages: number;
  readonly unique_users: number;
  readonly messages: readonly LoggedMessage[];
  readonly statistics?: object;
  readonly metadata: { readonly streams: readonly string[]; readonly matching_messages: number };
}

let agent: TestAgent;
beforeAll(async () => {
  agent = await startForTest(karmaHello);
});
afterAll(() => agent.stop());

const logs = async (filter: object) => {
  const { status, headers, json } = await agent.ask("POST", "/get_chat_logs", filter);
  expect(status).toBe(200);
  return { headers, ...(json as Logs) };
};

describe("the bundled logs", () => {
  test.each(chatLogs.map((log) => [log.stream_id, log] as const))(
    "%s is whole, in order and states itself right",
    (_id, log) => {
      const times = log.messages.map(({ timestamp }) => Date.parse(timestamp));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(log).toMatchObject({
        total_messages: log.messages.length,
        unique_users: uniqueUsers(log.messages),
        statistics: statisticsOf(log.messages),
      });
    },
  );
});

describe("get_chat_logs", () => {
  test("sells one stream with statistics, priced by the message", async () => {
    const found = await logs({ date: "2025-10-21" });
    expect(found).toMatchObject({
      stream_id: "stream_20251021_001",
      stream_date: "2025-10-21",
      total_messages: october21.messages.length,
      unique_users: october21.unique_users,
      messages: october21.messages,
      statistics: october21.statistics,
      metadata: { filename: "chat_logs_20251021.json", seller: karmaHello.wallet },
    });
    expect(found.headers.get("x-price")).toBe("0.0218");
    expect([found.headers.get("x-currency"), found.headers.get("x-message-count")]).toEqual(["GLUE", "118"]);
  });

  test("without a stream it searches all of them", async () => {
    const found = await logs({ users: ["@Ana"], include_stats: false });
    expect(new Set(found.messages.map(({ user }) => user))).toEqual(new Set(["ana"]));
    expect(found.metadata.streams.length).toBeGreaterThan(1);
    expect([found.stream_id, found.statistics]).toEqual([null, undefined]);
  });

  test("a limit cuts, and says how many there are", async () => {
    const found = await logs({ stream_id: "stream_20251021_001", limit: 3 });
    expect(found).toMatchObject({ total_messages: 3, messages: october21.messages.slice(0, 3) });
    expect(found.metadata.matching_messages).toBe(118);
    expect(found.headers.get("x-price")).toBe("0.0103");
  });

  test("a time has both ends", async () => {
    const [first, , third] = october21.messages;
    const found = await logs({ start_time: first?.timestamp, end_time: third?.timestamp });
    expect(found.messages).toEqual(october21.messages.slice(0, 3));
  });

  test.each([
    [{ limit: 0 }, "limit"],
    [{ limit: 1001 }, "limit"],
    [{ limit: "5" }, "limit"],
    [{ date: "2025-02-30" }, "date"],
    [{ start_time: "noon" }, "start_time"],
    [{ start_time: "2025-10-22T00:00:00Z", end_time: "2025-10-21T00:00:00Z" }, "end_time"],
    [{ users: [] }, "users"],
    [{ users: ["../etc"] }, "users.0"],
    [{ include_stats: 1 }, "include_stats"],
    [{ stream: "x" }, "stream"],
  ])("%j is 400 and names %s", async (filter, path) => {
    const { status, json } = await agent.ask("POST", "/get_chat_logs", filter);
    expect(status).toBe(400);
    expect(json).toMatchObject({ error: { problems: [{ path }] } });
  });

  test.each([
    { date: "2024-01-01" },
    { stream_id: "../../etc/passwd" },
    { stream_id: "stream_20251021_001", date: "2025-10-15" },
    { users: ["nobody"] },
  ])("%j is 404", async (filter) => {
    expect((await agent.ask("POST", "/get_chat_logs", filter)).status).toBe(404);
  });

  test("whatever is asked for, what comes matches it and the limit", () => {
    const users = fc.uniqueArray(fc.constantFrom("ana", "mateo_rs", "gato_negro", "nobody"), { minLength: 1 });
    const time = fc.integer({ min: Date.UTC(2025, 9, 15), max: Date.UTC(2025, 9, 25) });
    const filter = fc.record({ users, start_time: time, end_time: time }, { requiredKeys: [] });
    fc.assert(
      fc.property(filter, fc.integer({ min: 1, max: 1000 }), (wanted, limit) => {
        const { messages, matching } = findMessages(chatLogs, wanted, limit);
        expect(messages.length).toBe(Math.min(limit, matching));
        for (const { user, timestamp } of messages) {
          expect(wanted.users ?? [user]).toContain(user);
          expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(wanted.start_time ?? 0);
          expect(Date.parse(timestamp)).toBeLessThanOrEqual(wanted.end_time ?? Infinity);
        }
      }),
    );
  });
});

test("statistics are computed from the messages", () => {
  const say = (minute: number, user: string, message: string) => ({
    ...{ timestamp: `2025-10-21T18:0${minute}:00Z`, user, message, user_badges: [] },
  });
  const said = [
    say(0, "ana", "¿listo? 🟢🟢"),
    say(1, "bob", "see https://a.example and http://b.example"),
    say(2, "ana", "ok"),
  ];
  expect(statisticsOf(said)).toEqual({
    messages_per_minute: 1.5,
    most_active_users: [
      { user: "ana", messages: 2 },
      { user: "bob", messages: 1 },
    ],
    ...{ emoji_count: 2, link_count: 2, question_count: 1 },
  });
});

test("GET /streams lists what there is", async () => {
  const { json } = await agent.ask("GET", "/streams");
  expect(json).toMatchObject({ streams: chatLogs.map(({ stream_id, stream_date }) => ({ stream_id, stream_date })) });
});

describe("buy_transcription", () => {
  test("buys from the configured peer and passes on what it got", async () => {
    const asked: unknown[] = [];
    const peer = createServer((request, response) => {
      request.on("data", (body) => asked.push(request.url, JSON.parse(String(body))));
      request.on("end", () => response.end('{"stream_id": "s1", "transcript": [{"text": "hola"}], "summary": "…"}'));
    }).listen(0);
    const buyer = await startForTest(karmaHello, {
      ABRACADABRA_URL: `http://127.0.0.1:${(peer.address() as AddressInfo).port}/a`,
    });
    const { status, json } = await buyer.ask("POST", "/buy_transcription?include_summary=true", { stream_id: "s1" });
    await buyer.stop();
    peer.close().closeAllConnections();
    expect(status).toBe(200);
    expect(json).toMatchObject({
      success: true,
      transcription: { stream_id: "s1", transcript: [{ text: "hola" }], summary: "…" },
    });
    expect(asked).toEqual(["/a/get_transcription", { stream_id: "s1", include_summary: true, include_topics: false }]);
  });

  test("takes no address from the request", async () => {
    const { status, json } = await agent.ask("POST", "/buy_transcription?abracadabra_url=http://127.0.0.1:1");
    expect([status, json]).toMatchObject([
      400,
      { error: { problems: [{ path: "abracadabra_url", value: "an unknown key" }] } },
    ]);
  });

  test("without a peer is 503, with one that is down 502", async () => {
    expect((await agent.ask("POST", "/buy_transcription")).status).toBe(503);
    const buyer = await startForTest(karmaHello, { ABRACADABRA_URL: "http://127.0.0.1:1" });
    expect(await buyer.ask("POST", "/buy_transcription")).toMatchObject({
      status: 502,
      json: { error: { code: "peer_failed" } },
    });
    await buyer.stop();
  });
});
