/** Counts requests and writes them as CloudWatch embedded metric format (EMF), one line for many requests. */
export interface RequestMetrics {
  record(request: { readonly status: number; readonly ms: number }): void;
  /** Writes what has been counted; nothing when there was no request. */
  flush(): void;
  /** Flushes and stops the timer. */
  stop(): void;
}

export interface MetricsOptions {
  readonly agent: string;
  readonly now: () => Date;
  readonly write: (line: string) => void;
  /** Longest time a request waits to be written; well under CloudWatch's resolution of a minute. */
  readonly intervalMs?: number;
}

/** EMF allows at most 100 values for one metric in one document. */
const VALUES_PER_LINE = 100;

const METRICS = [
  { Name: "RequestCount", Unit: "Count" },
  { Name: "ErrorCount", Unit: "Count" },
  { Name: "Latency", Unit: "Milliseconds" },
];

/** The agent's name is the only dimension: every further one would be another paid metric per value. */
export function createMetrics({ agent, now, write, intervalMs = 10_000 }: MetricsOptions): RequestMetrics {
  let latencies: number[] = [];
  let errors = 0;
  const flush = () => {
    if (latencies.length === 0) return;
    const directive = { Namespace: "Karmacadabra", Dimensions: [["Agent"]], Metrics: METRICS };
    const metadata = { Timestamp: now().getTime(), CloudWatchMetrics: [directive] };
    const values = { RequestCount: latencies.length, ErrorCount: errors, Latency: latencies };
    [latencies, errors] = [[], 0];
    write(`${JSON.stringify({ _aws: metadata, Agent: agent, ...values })}\n`);
  };
  const timer = setInterval(flush, intervalMs);
  timer.unref();
  return {
    record: ({ status, ms }) => {
      latencies.push(ms);
      if (status >= 500) errors += 1;
      if (latencies.length === VALUES_PER_LINE) flush();
    },
    flush,
    stop: () => {
      clearInterval(timer);
      flush();
    },
  };
}
