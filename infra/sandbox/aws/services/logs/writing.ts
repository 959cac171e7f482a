import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogs, InputLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import type { Operations } from "../../kernel.ts";
import { embeddedMetricsOf } from "./embedded-metrics.ts";
import type { Attached } from "./groups.ts";
import { groupOf, invalidParameter, type LogStore, type StoredGroup, type StoredStream, streamOf } from "./model.ts";

/** Taking log lines in: the stream gets them, and what listens to the group gets what it asked for. */
/** Limits of one batch: events, and bytes with the 26 that AWS counts for every event. */
const maxBatch = 10_000;
const maxBytes = 1_048_576;
const overhead = 26;

function checkBatch(events: readonly InputLogEvent[]): number {
  if (events.length === 0 || events.length > maxBatch)
    throw invalidParameter(`logEvents must hold 1 to ${maxBatch} events, got ${events.length}.`);
  const bytes = events.reduce((sum, { message = "" }) => sum + Buffer.byteLength(message) + overhead, 0);
  if (bytes > maxBytes) throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${maxBytes}`);
  if (events.some(({ timestamp = 0 }, index) => index > 0 && timestamp < (events[index - 1]?.timestamp ?? 0)))
    throw invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
  return bytes;
}

const hour = 60 * 60 * 1000;

const day = 24 * hour;

function rejections(events: readonly InputLogEvent[], now: number, { retentionDays }: StoredGroup) {
  const tooNew = events.findIndex(({ timestamp = 0 }) => timestamp > now + 2 * hour);
  const before = (days: number) => events.filter(({ timestamp = 0 }) => timestamp < now - days * day).length;
  const expired = retentionDays === undefined ? 0 : before(retentionDays);
  const tooOld = Math.max(before(14), expired);
  const info = {
    ...(tooNew >= 0 ? { tooNewLogEventStartIndex: tooNew } : {}),
    ...(before(14) > 0 ? { tooOldLogEventEndIndex: before(14) } : {}),
    ...(expired > before(14) ? { expiredLogEventEndIndex: expired } : {}),
  };
  return {
    accepted: events.slice(tooOld, tooNew < 0 ? undefined : tooNew),
    info: Object.keys(info).length > 0 ? info : undefined,
  };
}

/** Data points of one PutMetricData call. */
const MOST_DATA = 1_000;
/** CloudWatch takes no data points of other times. */
const isTimely = ({ Timestamp }: MetricDatum, now: number): boolean =>
  Timestamp === undefined || (Timestamp.getTime() >= now - 14 * day && Timestamp.getTime() <= now + 2 * hour);

/** A line whose metrics are refused is still a log line; the reason goes to the sandbox's log. */
async function putMetrics({ context, now }: LogStore, metrics: ReadonlyMap<string, readonly MetricDatum[]>) {
  for (const [Namespace, data] of metrics) {
    const timely = data.filter((datum) => isTimely(datum, now()));
    for (let start = 0; start < timely.length; start += MOST_DATA) {
      try {
        await context.aws.cloudwatch.putMetricData({ Namespace, MetricData: timely.slice(start, start + MOST_DATA) });
      } catch (error) {
        context.log(
          `logs: metrics of ${Namespace} from log lines were refused: ${error instanceof Error ? error.message : error}`,
        );
      }
    }
  }
}

function note(stream: StoredStream, added: readonly { timestamp: number }[], at: { now: number; bytes: number }): void {
  const times = added.map(({ timestamp }) => timestamp);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  if (times.length > 0) {
    stream.firstEvent = Math.min(stream.firstEvent ?? first, first);
    stream.lastEvent = Math.max(stream.lastEvent ?? last, last);
  }
  stream.lastIngestion = at.now;
  stream.bytes += at.bytes;
}

export function writing(store: LogStore, { filters, subscriptions }: Attached): Operations<CloudWatchLogs> {
  return {
    PutLogEvents: async ({ logGroupName, logStreamName, logEvents = [] }) => {
      const group = groupOf(store, logGroupName);
      const stream = streamOf(store, group.name, logStreamName);
      const bytes = checkBatch(logEvents);
      const now = store.now();
      const { accepted, info } = rejections(logEvents, now, group);
      const lines = accepted.map(({ timestamp = now, message = "" }) => ({ timestamp, ingestionTime: now, message }));
      const added = store.events.append(stream.id, lines);
      note(stream, added, { now, bytes });
      await putMetrics(store, embeddedMetricsOf(added.map(({ message }) => message)));
      await putMetrics(store, filters.publish(group.name, added));
      await subscriptions.deliver(stream, added);
      return { nextSequenceToken: store.context.id(56, "0123456789"), rejectedLogEventsInfo: info };
    },
  };
}
