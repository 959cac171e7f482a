import october15 from "../data/chat_logs_20251015.json" with { type: "json" };
import october18 from "../data/chat_logs_20251018.json" with { type: "json" };
import october21 from "../data/chat_logs_20251021.json" with { type: "json" };
import october23 from "../data/chat_logs_20251023.json" with { type: "json" };

export interface LoggedMessage {
  readonly timestamp: string;
  readonly user: string;
  readonly message: string;
  readonly user_badges: readonly string[];
}

export interface ChatLog {
  readonly stream_id: string;
  readonly stream_date: string;
  readonly stream_title: string;
  readonly streamer: string;
  readonly duration_minutes: number;
  readonly messages: readonly LoggedMessage[];
}

/** The chat logs for sale, oldest first. */
export const chatLogs: readonly ChatLog[] = [october15, october18, october21, october23];

export interface ChatFilter {
  readonly stream_id?: string | undefined;
  readonly date?: string | undefined;
  /** Milliseconds since 1970, both inclusive. */
  readonly start_time?: number | undefined;
  readonly end_time?: number | undefined;
  /** Lower case, without `@`. */
  readonly users?: readonly string[] | undefined;
}

export interface FoundMessages {
  /** In the order of time, at most `limit`. */
  readonly messages: readonly LoggedMessage[];
  /** The logs that hold them. */
  readonly logs: readonly ChatLog[];
  /** How many match, also beyond the limit. */
  readonly matching: number;
}

export function findMessages(logs: readonly ChatLog[], filter: ChatFilter, limit: number): FoundMessages {
  const { stream_id: id, date } = filter;
  const hits = logs
    .filter((log) => (!id || log.stream_id === id) && (!date || log.stream_date === date))
    .flatMap((log) => log.messages.filter((message) => matches(message, filter)).map((message) => ({ log, message })));
  const sold = hits.slice(0, limit);
  return {
    messages: sold.map(({ message }) => message),
    logs: [...new Set(sold.map(({ log }) => log))],
    matching: hits.length,
  };
}

function matches({ timestamp, user }: LoggedMessage, { start_time, end_time, users }: ChatFilter): boolean {
  const at = Date.parse(timestamp);
  if (start_time !== undefined && at < start_time) return false;
  if (end_time !== undefined && at > end_time) return false;
  return !users || users.includes(user.toLowerCase());
}
