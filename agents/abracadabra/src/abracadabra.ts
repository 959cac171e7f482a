import * as v from "valibot";
import type { AgentDefinition, AgentTools } from "../../runtime/agent.ts";
import { formatGlue, priceOf } from "../../runtime/glue.ts";
import { calendarDate, flag, username } from "../../runtime/input.ts";
import { notFound } from "../../runtime/refusal.ts";
import { type Answer, flag as flagOf, number, type Route, route, text } from "../../runtime/routes.ts";
import manifest from "../agent.json" with { type: "json" };
import { findTranscript, transcripts } from "./transcripts.ts";

const WALLET = "0x940DDDf6fB28E611b132FbBedbc4854CC7C22648";
/** GLUE for a transcript: a base, and something for each segment. */
const PRICING = { base: "0.02", each: "0.001", cap: "300" };
const LOG_SELLER = "karma-hello";

const streamId = v.pipe(v.string(), v.minLength(1), v.maxLength(64), v.description("a stream's id from GET /streams"));

const transcriptInput = v.strictObject({
  stream_id: v.optional(streamId),
  date: v.optional(calendarDate),
  include_summary: v.optional(flag("adds a summary"), false),
  include_topics: v.optional(flag("adds key topics and entities"), false),
  language: v.optional(v.pipe(v.string(), v.regex(/^[a-z]{2}$/), v.description("a language such as es or en"))),
});
type TranscriptInput = v.InferOutput<typeof transcriptInput>;

export const abracadabra: AgentDefinition = {
  manifest,
  wallet: WALLET,
  checks: () => ({
    data: { status: transcripts.length > 0 ? "ok" : "failed", detail: `${transcripts.length} transcripts` },
  }),
  routes: (tools) => [streams(), getTranscription(tools), buyChatLogs(tools)],
};

function streams(): Route {
  return route({
    method: "GET",
    path: "/streams",
    summary: "Lists the streams whose transcripts are for sale. Free.",
    input: v.object({}),
    handle: () => ({
      body: {
        streams: transcripts.map((one) => ({
          ...{ stream_id: one.stream_id, stream_date: one.stream_date, stream_title: one.stream_title },
          ...{ language: one.language, segments: one.transcript.length },
        })),
      },
    }),
  });
}

function getTranscription({ now }: AgentTools): Route {
  return route({
    method: "POST",
    path: "/get_transcription",
    summary: "Sells the transcript of one stream: by stream, date or language; the newest that matches.",
    pricing: { base_price: PRICING.base, price_per_segment: PRICING.each, max_price: PRICING.cap },
    input: transcriptInput,
    handle: (input) => sell(input, now()),
  });
}

function sell(input: TranscriptInput, now: Date): Answer {
  const found = findTranscript(transcripts, input);
  if (!found) throw notFound("There is no transcript that matches; GET /streams lists what there is.");
  const segments = found.transcript.length;
  return {
    body: {
      stream_id: found.stream_id,
      duration_seconds: found.duration_seconds,
      language: found.language,
      transcript: found.transcript,
      ...(input.include_summary ? { summary: found.summary } : {}),
      ...(input.include_topics ? { key_topics: found.key_topics, entities: found.entities } : {}),
      metadata: {
        source: "bundled sample",
        filename: `transcription_${found.stream_date.replaceAll("-", "")}.json`,
        stream_date: found.stream_date,
        stream_title: found.stream_title,
        seller: WALLET,
        timestamp: now.toISOString(),
      },
    },
    headers: {
      "X-Price": formatGlue(priceOf(PRICING, segments)),
      "X-Currency": "GLUE",
      "X-Segment-Count": String(segments),
      "X-Duration": String(found.duration_seconds),
    },
  };
}

function buyChatLogs({ peers }: AgentTools): Route {
  return route({
    method: "POST",
    path: "/buy_chat_logs",
    summary: `Buys chat logs from ${LOG_SELLER} and passes them on.`,
    input: v.strictObject({
      stream_id: v.optional(streamId),
      date: v.optional(calendarDate),
      users: v.optional(
        v.pipe(v.array(username), v.minLength(1), v.maxLength(50), v.description("a list of 1-50 users' names")),
      ),
      limit: v.optional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(1),
          v.maxValue(1000),
          v.description("a whole number from 1 to 1000"),
        ),
        1000,
      ),
      include_stats: v.optional(flag("adds statistics"), true),
    }),
    query: { stream_id: text, date: text, limit: number, include_stats: flagOf },
    handle: async (input, { requestId }) => {
      const answer = v.looseObject({ total_messages: v.number(), messages: v.array(v.unknown()) });
      const call = { peer: LOG_SELLER, path: "/get_chat_logs", body: input, answer, requestId };
      const logs = await peers.post(call);
      return { body: { success: true, message: `${logs.total_messages} messages.`, chat_logs: logs } };
    },
  });
}
