import type { Dimension, MetricDatum } from "@aws-sdk/client-cloudwatch";
import { NO_GROUP, type Tally } from "../../../network/balancer/meter.ts";
import type { Core } from "./core.ts";
import { fullName } from "./records.ts";
import { loadBalancersUsing } from "./target-groups.ts";

export const NAMESPACE = "AWS/ApplicationELB";

/** Counts go out after this much sandbox time, but not more often than a real quarter of a second. */
const FLUSH_SECONDS = 10;
const LEAST_REAL_MS = 250;

/** Numbers of hosts go out once a sandbox minute, AWS's own interval, but not more often than once a real second. */
const HOSTS_SECONDS = 60;

/** Data that one PutMetricData call may carry, and different values that one datum may. Source: the SDK's documentation. */
const DATA_PER_CALL = 1000;
const VALUES_PER_DATUM = 150;

/** Reports until the signal: what the meter counted, and how many targets of each used group are healthy. */
export async function reportMetrics(core: Core, signal: AbortSignal): Promise<void> {
  const { clock } = core.context;
  const hostsWait = Math.max(HOSTS_SECONDS, clock.scale);
  let hostsDue = 0;
  while (!signal.aborted) {
    await clock.poll(FLUSH_SECONDS, { atLeastMs: LEAST_REAL_MS }, signal);
    const now = clock.now();
    const hosts = now.getTime() >= hostsDue;
    if (hosts) hostsDue = now.getTime() + hostsWait * 1000;
    await put(
      core,
      [...requestData(core), ...(hosts ? hostData(core) : [])].map((datum) => ({ ...datum, Timestamp: now })),
    );
  }
}

/** A report that fails is logged and given up: requests must not wait for metrics. */
export async function put({ context }: Core, data: readonly MetricDatum[]): Promise<void> {
  for (let i = 0; i < data.length; i += DATA_PER_CALL) {
    try {
      await context.aws.cloudwatch.putMetricData({
        Namespace: NAMESPACE,
        MetricData: data.slice(i, i + DATA_PER_CALL),
      });
    } catch (error) {
      context.log(`load balancer metrics were lost: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** What was counted since the last call; names and dimensions as AWS publishes them. */
export function requestData({ plane }: Core): MetricDatum[] {
  return [...plane.meter.take()].flatMap(([loadBalancerArn, groups]) => {
    const loadBalancer = dimension("LoadBalancer", loadBalancerArn);
    return [...groups].flatMap(([groupArn, tally]) =>
      groupArn === NO_GROUP
        ? ownData(tally, [loadBalancer])
        : [
            ...groupData(tally, [dimension("TargetGroup", groupArn), loadBalancer]),
            ...groupData(tally, [loadBalancer]),
          ],
    );
  });
}

export function hostData({ records, plane }: Core): MetricDatum[] {
  return [...records.targetGroups.values()].flatMap((record) => {
    const [loadBalancerArn] = loadBalancersUsing(records, record.arn);
    if (!loadBalancerArn) return [];
    const dimensions = [dimension("TargetGroup", record.arn), dimension("LoadBalancer", loadBalancerArn)];
    const { healthy, unhealthy } = plane.group(record).counts();
    return [count("HealthyHostCount", healthy, dimensions), count("UnHealthyHostCount", unhealthy, dimensions)];
  });
}

const dimension = (Name: string, arn: string): Dimension => ({ Name, Value: fullName(arn) });

const count = (MetricName: string, Value: number, Dimensions: Dimension[]): MetricDatum => ({
  MetricName,
  Value,
  Unit: "Count",
  Dimensions,
});

function groupData(tally: Tally, dimensions: Dimension[]): MetricDatum[] {
  return [
    ...(tally.requests > 0 ? [count("RequestCount", tally.requests, dimensions)] : []),
    ...[...tally.targetAnswers].map(([hundreds, n]) => count(`HTTPCode_Target_${hundreds}XX_Count`, n, dimensions)),
    ...(tally.connectionErrors > 0 ? [count("TargetConnectionErrorCount", tally.connectionErrors, dimensions)] : []),
    ...responseTimes(tally, dimensions),
  ];
}

function ownData(tally: Tally, dimensions: Dimension[]): MetricDatum[] {
  const total = [...tally.ownErrors.values()].reduce((sum, n) => sum + n, 0);
  if (total === 0) return [];
  return [
    count("HTTPCode_ELB_5XX_Count", total, dimensions),
    ...[...tally.ownErrors].map(([status, n]) => count(`HTTPCode_ELB_${status}_Count`, n, dimensions)),
  ];
}

/** Every value with its count, so that percentiles and percentile ranks stay exact. */
function responseTimes({ seconds }: Tally, Dimensions: Dimension[]): MetricDatum[] {
  const entries = [...seconds];
  const data: MetricDatum[] = [];
  for (let i = 0; i < entries.length; i += VALUES_PER_DATUM) {
    const part = entries.slice(i, i + VALUES_PER_DATUM);
    const Values = part.map(([value]) => value);
    const Counts = part.map(([, n]) => n);
    data.push({ MetricName: "TargetResponseTime", Values, Counts, Unit: "Seconds", Dimensions });
  }
  return data;
}
