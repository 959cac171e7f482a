import type { LoggedMessage } from "./streams.ts";

export interface ChatStatistics {
  /** Over the time between the first and the last message, at least one minute. */
  readonly messages_per_minute: number;
  /** At most five, busiest first; equally busy ones by name. */
  readonly most_active_users: readonly { readonly user: string; readonly messages: number }[];
  readonly emoji_count: number;
  readonly link_count: number;
  /** Messages with a question mark. */
  readonly question_count: number;
}

export function statisticsOf(messages: readonly LoggedMessage[]): ChatStatistics {
  return {
    messages_per_minute: Math.round((messages.length / minutesOf(messages)) * 100) / 100,
    most_active_users: mostActive(messages),
    emoji_count: occurrences(messages, /\p{Extended_Pictographic}/gu),
    link_count: occurrences(messages, /https?:\/\//gi),
    question_count: messages.filter(({ message }) => message.includes("?")).length,
  };
}

export const uniqueUsers = (messages: readonly LoggedMessage[]): number =>
  new Set(messages.map(({ user }) => user)).size;

function minutesOf(messages: readonly LoggedMessage[]): number {
  const times = messages.map(({ timestamp }) => Date.parse(timestamp));
  return Math.max(1, ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 60_000);
}

function mostActive(messages: readonly LoggedMessage[]): ChatStatistics["most_active_users"] {
  const counts = new Map<string, number>();
  for (const { user } of messages) counts.set(user, (counts.get(user) ?? 0) + 1);
  return [...counts]
    .map(([user, count]) => ({ user, messages: count }))
    .sort((a, b) => b.messages - a.messages || a.user.localeCompare(b.user, "en"))
    .slice(0, 5);
}

const occurrences = (messages: readonly LoggedMessage[], pattern: RegExp): number =>
  messages.reduce((sum, { message }) => sum + (message.match(pattern)?.length ?? 0), 0);
