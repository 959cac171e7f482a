import type { Dimension, MetricDatum } from "@aws-sdk/client-cloudwatch";
import { inBackground } from "../../../background.ts";
import type { ServiceContext } from "../../../kernel.ts";
import type { ServiceRecord } from "../model.ts";

/** Service Connect's metrics in AWS/ECS. Names and dimensions: ECS developer guide, available-metrics. */

const SECONDS = 60; // AWS's own interval
const LEAST_REAL_MS = 1000;
const DATA_PER_CALL = 1000;
const VALUES_PER_DATUM = 150;

interface Subject {
  readonly discoveryName: string;
  readonly service: Pick<ServiceRecord, "name" | "clusterName">;
}

interface Tally {
  readonly subject: Subject;
  requests: number;
  /** By hundreds of the status. */
  readonly answers: Map<number, number>;
  /** By milliseconds. */
  readonly times: Map<number, number>;
}

const count = (MetricName: string, Value: number, Dimensions: Dimension[]): MetricDatum => ({
  MetricName,
  Value,
  Unit: "Count",
  Dimensions,
});

function timeData({ times }: Tally, Dimensions: Dimension[]): MetricDatum[] {
  const entries = [...times];
  const data: MetricDatum[] = [];
  for (let i = 0; i < entries.length; i += VALUES_PER_DATUM) {
    const part = entries.slice(i, i + VALUES_PER_DATUM);
    const [Values, Counts] = [part.map(([value]) => value), part.map(([, n]) => n)];
    data.push({ MetricName: "TargetResponseTime", Values, Counts, Unit: "Milliseconds", Dimensions });
  }
  return data;
}

/**
 * `TargetDiscoveryName` also comes with the asking service in AWS; the sandbox's proxies serve all clients of an alias
 * and do not know who asks, so they publish it alone.
 */
function dataOf(tally: Tally): MetricDatum[] {
  const { discoveryName, service } = tally.subject;
  const discovery = { Name: "DiscoveryName", Value: discoveryName };
  const target = [{ Name: "TargetDiscoveryName", Value: discoveryName }];
  const own = [
    discovery,
    { Name: "ServiceName", Value: service.name },
    { Name: "ClusterName", Value: service.clusterName },
  ];
  return [
    count("RequestCount", tally.requests, [discovery]),
    count("RequestCount", tally.requests, own),
    ...[...tally.answers].map(([hundreds, n]) => count(`HTTPCode_Target_${hundreds}XX_Count`, n, target)),
    ...timeData(tally, target),
  ];
}

/** Counts what the proxies answered and publishes it once a minute. */
export class ConnectMeter {
  readonly #context: ServiceContext;
  #tallies = new Map<string, Tally>();

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  count(subject: Subject, { status, seconds }: { status: number | undefined; seconds: number }): void {
    const { discoveryName, service } = subject;
    const key = `${service.clusterName}/${service.name}/${discoveryName}`;
    const tally = this.#tallies.get(key) ?? { subject, requests: 0, answers: new Map(), times: new Map() };
    this.#tallies.set(key, tally);
    tally.requests++;
    if (status === undefined) return;
    const hundreds = Math.floor(status / 100);
    const time = Math.round(seconds * 1000);
    tally.answers.set(hundreds, (tally.answers.get(hundreds) ?? 0) + 1);
    tally.times.set(time, (tally.times.get(time) ?? 0) + 1);
  }

  run(signal: AbortSignal): void {
    inBackground(this.#run(signal), { what: "ecs: metrics of Service Connect", signal, log: this.#context.log });
  }

  async #run(signal: AbortSignal): Promise<never> {
    const { clock } = this.#context;
    for (;;) {
      await clock.poll(SECONDS, { atLeastMs: LEAST_REAL_MS }, signal);
      await clock.hold(this.#publish());
    }
  }

  async #publish(): Promise<void> {
    const { aws, clock, log } = this.#context;
    const tallies = this.#tallies;
    this.#tallies = new Map();
    const Timestamp = clock.now();
    const data = [...tallies.values()].flatMap(dataOf).map((datum) => ({ ...datum, Timestamp }));
    for (let i = 0; i < data.length; i += DATA_PER_CALL)
      await aws.cloudwatch
        .putMetricData({ Namespace: "AWS/ECS", MetricData: data.slice(i, i + DATA_PER_CALL) })
        .catch((error: unknown) => log(`ecs: Service Connect metrics were lost: ${error}`));
  }
}
