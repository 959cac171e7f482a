import * as v from "valibot";
import { calendarDate, type dateRange } from "./input.ts";
import type { Peers } from "./peers.ts";
import { notFound } from "./refusal.ts";

/** Chat messages are what several agents trade: one sells them, others compute from them. This is their shape. */
export const chatMessage = v.pipe(
  v.object({
    timestamp: v.optional(v.pipe(v.string(), v.maxLength(64), v.description("when it was written, ISO 8601"))),
    user: v.pipe(v.string(), v.minLength(1), v.maxLength(64), v.description("who wrote it, 1-64 characters")),
    message: v.pipe(v.string(), v.maxLength(2000), v.description("what was written, at most 2000 characters")),
    user_badges: v.optional(v.array(v.string())),
  }),
  v.description("a message, {user, message, timestamp?, user_badges?}"),
);
export type ChatMessage = v.InferOutput<typeof chatMessage>;

export const chatMessages = v.pipe(
  v.array(chatMessage),
  v.maxLength(5000),
  v.description("a list of at most 5000 messages, {user, message, timestamp?, user_badges?}"),
);

export interface MessageRequest {
  /** Lower case, without `@`. */
  readonly username: string;
  /** Given by the client; without them `seller` is asked. */
  readonly messages: readonly ChatMessage[] | undefined;
  readonly dateRange: v.InferOutput<typeof dateRange> | undefined;
  readonly seller: string;
  readonly requestId: string;
}

/**
 * The messages of one user, given or fetched from the agent that sells chat logs.
 * @throws {Refusal} 404 when there is none; 502 or 503 when the seller cannot be asked.
 */
export async function messagesOf(peers: Peers, request: MessageRequest): Promise<ChatMessage[]> {
  const { start_date: start, end_date: end } = request.dateRange ?? {};
  const all = request.messages ?? (await bought(peers, request));
  const own = all.filter((message) => message.user.replace(/^@/, "").toLowerCase() === request.username);
  const found = own.filter(({ timestamp }) => {
    if (!start && !end) return true;
    const day = timestamp?.slice(0, 10) ?? "";
    return v.is(calendarDate, day) && (!start || day >= start) && (!end || day <= end);
  });
  if (found.length === 0)
    throw notFound(`There is no message of ${request.username}${start || end ? " in that time" : ""}.`);
  return found;
}

async function bought(
  peers: Peers,
  { username, dateRange, seller, requestId }: MessageRequest,
): Promise<ChatMessage[]> {
  const { start_date: start, end_date: end } = dateRange ?? {};
  const body = {
    users: [username],
    limit: 1000,
    include_stats: false,
    ...(start ? { start_time: `${start}T00:00:00Z` } : {}),
    ...(end ? { end_time: `${end}T23:59:59.999Z` } : {}),
  };
  const answer = v.object({ messages: v.array(chatMessage) });
  return (await peers.post({ peer: seller, path: "/get_chat_logs", body, answer, requestId })).messages;
}
