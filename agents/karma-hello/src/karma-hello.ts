import * as v from "valibot";
import type { AgentDefinition, AgentTools } from "../../runtime/agent.ts";
import { formatGlue, priceOf } from "../../runtime/glue.ts";
import { calendarDate, flag, instant, username } from "../../runtime/input.ts";
import { notFound } from "../../runtime/refusal.ts";
import { type Answer, flag as flagOf, type Route, route, text } from "../../runtime/routes.ts";
import manifest from "../agent.json" with { type: "json" };
import { statisticsOf, uniqueUsers } from "./statistics.ts";
import { chatLogs, findMessages } from "./streams.ts";

const WALLET = "0x2C3e071df446B25B821F59425152838ae4931E75";
/** GLUE for a log: a base, and something for each message. */
const PRICING = { base: "0.01", each: "0.0001", cap: "200" };
const TRANSCRIPT_SELLER = "abracadabra";

const streamId = v.pipe(v.string(), v.minLength(1), v.maxLength(64), v.description("a stream's id from GET /streams"));

const logsInput = v.pipe(
  v.strictObject({
    stream_id: v.optional(streamId),
    date: v.optional(calendarDate),
    start_time: v.optional(instant),
    end_time: v.optional(instant),
    users: v.optional(
      v.pipe(v.array(username), v.minLength(1), v.maxLength(50), v.description("a list of 1-50 users' names")),
    ),
    limit: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000), v.description("a whole number from 1 to 1000")),
      1000,
    ),
    include_stats: v.optional(flag("adds statistics"), true),
  }),
  v.forward(
    v.check(({ start_time: start, end_time: end }) => !start || !end || start <= end, "a time not before start_time"),
    ["end_time"],
  ),
);
type LogsInput = v.InferOutput<typeof logsInput>;

export const karmaHello: AgentDefinition = {
  manifest,
  wallet: WALLET,
  checks: () => ({
    data: { status: chatLogs.length > 0 ? "ok" : "failed", detail: `${chatLogs.length} chat logs` },
  }),
  routes: (tools) => [streams(), getChatLogs(tools), buyTranscription(tools)],
};

function streams(): Route {
  return route({
    method: "GET",
    path: "/streams",
    summary: "Lists the streams whose chat logs are for sale. Free.",
    input: v.object({}),
    handle: () => ({
      body: {
        streams: chatLogs.map(({ messages, ...log }) => ({
          ...{ stream_id: log.stream_id, stream_date: log.stream_date, stream_title: log.stream_title },
          ...{ total_messages: messages.length, unique_users: uniqueUsers(messages) },
        })),
      },
    }),
  });
}

function getChatLogs({ now }: AgentTools): Route {
  return route({
    method: "POST",
    path: "/get_chat_logs",
    summary:
      "Sells chat messages of streams, filtered by stream, date, time and users; of all streams when neither is given.",
    pricing: { base_price: PRICING.base, price_per_message: PRICING.each, max_price: PRICING.cap },
    input: logsInput,
    handle: (input) => sell(input, now()),
  });
}

function sell(input: LogsInput, now: Date): Answer {
  const found = findMessages(chatLogs, input, input.limit);
  const messages = found.messages;
  if (messages.length === 0) throw notFound("There are no chat messages that match; GET /streams lists what there is.");
  const [log, ...more] = found.logs;
  const single = more.length === 0 ? log : undefined;
  return {
    body: {
      stream_id: single?.stream_id ?? null,
      stream_date: single?.stream_date ?? null,
      total_messages: messages.length,
      unique_users: uniqueUsers(messages),
      messages,
      ...(input.include_stats ? { statistics: statisticsOf(messages) } : {}),
      metadata: {
        source: "bundled sample",
        filename: single ? `chat_logs_${single.stream_date.replaceAll("-", "")}.json` : null,
        streams: found.logs.map((one) => one.stream_id),
        matching_messages: found.matching,
        seller: WALLET,
        timestamp: now.toISOString(),
      },
    },
    headers: {
      "X-Price": formatGlue(priceOf(PRICING, messages.length)),
      "X-Currency": "GLUE",
      "X-Message-Count": String(messages.length),
    },
  };
}

function buyTranscription({ peers }: AgentTools): Route {
  return route({
    method: "POST",
    path: "/buy_transcription",
    summary: `Buys a transcript from ${TRANSCRIPT_SELLER} and passes it on.`,
    input: v.strictObject({
      stream_id: v.optional(streamId),
      date: v.optional(calendarDate),
      include_summary: v.optional(flag("adds a summary"), false),
      include_topics: v.optional(flag("adds key topics"), false),
    }),
    query: { stream_id: text, date: text, include_summary: flagOf, include_topics: flagOf },
    handle: async (input, { requestId }) => {
      const answer = v.looseObject({ stream_id: v.string(), transcript: v.array(v.unknown()) });
      const call = { peer: TRANSCRIPT_SELLER, path: "/get_transcription", body: input, answer, requestId };
      const transcription = await peers.post(call);
      return { body: { success: true, message: `Transcript of ${transcription.stream_id}.`, transcription } };
    },
  });
}
