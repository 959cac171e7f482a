import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startForTest, type TestAgent } from "../../runtime/testing.ts";
import { abracadabra } from "./abracadabra.ts";
import { transcripts } from "./transcripts.ts";

let agent: TestAgent;
beforeAll(async () => {
  agent = await startForTest(abracadabra);
});
afterAll(() => agent.stop());

const ask = (input: object) => agent.ask("POST", "/get_transcription", input);

test.each(transcripts.map((one) => [one.stream_id, one] as const))(
  "%s is in order and within its stream",
  (_id, one) => {
    const times = one.transcript.flatMap(({ start, end }) => [start, end]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(one.duration_seconds);
    expect(one).toMatchObject({ statistics: { segments: one.transcript.length } });
  },
);

describe("get_transcription", () => {
  test("sells the newest transcript, priced by the segment, without extras", async () => {
    const { status, headers, json } = await ask({});
    const newest = transcripts.at(-1);
    expect(status).toBe(200);
    expect(json).toMatchObject({ stream_id: newest?.stream_id, language: "en", transcript: newest?.transcript });
    expect(Object.keys(json as object)).toEqual([
      "stream_id",
      "duration_seconds",
      "language",
      "transcript",
      "metadata",
    ]);
    expect(["x-price", "x-currency", "x-segment-count", "x-duration"].map((name) => headers.get(name))).toEqual([
      "0.037",
      "GLUE",
      "17",
      "7200",
    ]);
  });

  test("finds by stream, date and language, and adds what is asked for", async () => {
    expect((await ask({ language: "es" })).json).toMatchObject({ stream_id: "stream_20251021_001" });
    expect((await ask({ date: "2025-10-18", include_summary: true })).json).toMatchObject({
      stream_id: "stream_20251018_001",
      summary: expect.stringContaining("x402"),
    });
    expect((await ask({ stream_id: "stream_20251015_001", include_topics: true })).json).toMatchObject({
      key_topics: expect.arrayContaining(["agentes"]),
      entities: expect.arrayContaining([{ entity: "GLUE", type: "token", mentions: 3 }]),
    });
  });

  test.each([
    { language: "fr" },
    { date: "2020-01-01" },
    { stream_id: "../x" },
    { date: "2025-10-21", language: "en" },
  ])("%j is 404", async (input) => expect((await ask(input)).status).toBe(404));

  test.each([{ language: "Spanish" }, { date: "yesterday" }, { include_summary: "yes" }, { url: "http://x" }])(
    "%j is 400",
    async (input) => expect((await ask(input)).status).toBe(400),
  );
});

describe("buy_chat_logs", () => {
  test("buys from the configured peer; parameters may come in the query, users in the body", async () => {
    const asked: unknown[] = [];
    const peer = createServer((request, response) => {
      request.on("data", (body) => asked.push(request.url, JSON.parse(String(body))));
      request.on("end", () => response.end('{"total_messages": 1, "messages": [{"user": "ana"}]}'));
    }).listen(0);
    const buyer = await startForTest(abracadabra, {
      KARMA_HELLO_URL: `http://127.0.0.1:${(peer.address() as AddressInfo).port}`,
    });
    const { json } = await buyer.ask("POST", "/buy_chat_logs?limit=5&include_stats=false", { users: ["Ana"] });
    await buyer.stop();
    peer.close().closeAllConnections();
    expect(json).toMatchObject({ success: true, message: "1 messages.", chat_logs: { messages: [{ user: "ana" }] } });
    expect(asked).toEqual(["/get_chat_logs", { users: ["ana"], limit: 5, include_stats: false }]);
  });

  test("takes no address from the request, and says 503 without a peer", async () => {
    expect((await agent.ask("POST", "/buy_chat_logs?karma_hello_url=http://127.0.0.1:1")).status).toBe(400);
    expect(await agent.ask("POST", "/buy_chat_logs")).toMatchObject({
      status: 503,
      json: { error: { code: "peer_not_configured" } },
    });
  });
});
