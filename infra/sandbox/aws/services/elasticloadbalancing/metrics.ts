import type { Dimension, MetricDatum } from "@aws-sdk/client-cloudwatch";
import { NO_GROUP, type Tally } from "../../../network/balancer/meter.ts";
import type { Core } from "./core.ts";
import { fullName } from "./records.ts";
import { groupsUsedBy } from "./target-groups.ts";

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
    const data = [...requestData(core), ...connectionData(core, hosts), ...(hosts ? hostData(core) : [])];
    await put(
      core,
      data.map((datum) => ({ ...datum, Timestamp: now })),
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
export function requestData(core: Core): MetricDatum[] {
  return [...core.plane.meter.take()].flatMap(([loadBalancerArn, groups]) => {
    const loadBalancer = dimension("LoadBalancer", loadBalancerArn);
    return [...groups].flatMap(([groupArn, tally]) =>
      groupArn === NO_GROUP
        ? ownData(tally, [loadBalancer])
        : [
            ...groupData(tally, [dimension("TargetGroup", groupArn), loadBalancer]),
            ...groupData(tally, [loadBalancer]),
            ...perTarget(core, tally, groupArn, loadBalancer),
          ],
    );
  });
}

/** Requests divided by the healthy targets or, when none is, by all: the sum over a period is AWS's average. */
function perTarget({ records, plane }: Core, { requests }: Tally, groupArn: string, loadBalancer: Dimension) {
  const record = records.targetGroups.get(groupArn);
  if (!record || requests === 0) return [];
  const group = plane.group(record);
  const share = requests / Math.max(1, group.counts().healthy || group.targets.length);
  const targetGroup = dimension("TargetGroup", groupArn);
  const name = "RequestCountPerTarget";
  return [count(name, share, [targetGroup]), count(name, share, [targetGroup, loadBalancer])];
}

/** How many connections were made since the last call, and how many there are. */
export function connectionData({ records, plane }: Core, withOpen: boolean): MetricDatum[] {
  return [...records.loadBalancers.keys()].flatMap((arn) => {
    const groups = [...groupsUsedBy(records, arn)].flatMap((group) => records.targetGroups.get(group) ?? []);
    let made = 0;
    let open = 0;
    for (const connections of plane.connections(arn, groups)) {
      made += connections.made;
      open += connections.open;
      connections.made = 0;
    }
    const dimensions = [dimension("LoadBalancer", arn)];
    return [
      ...some("NewConnectionCount", made, dimensions),
      ...(withOpen ? some("ActiveConnectionCount", open, dimensions) : []),
    ];
  });
}

export function hostData({ records, plane }: Core): MetricDatum[] {
  return [...records.loadBalancers.keys()].flatMap((loadBalancerArn) =>
    [...groupsUsedBy(records, loadBalancerArn)].flatMap((arn) => {
      const record = records.targetGroups.get(arn);
      if (!record) return [];
      const dimensions = [dimension("TargetGroup", arn), dimension("LoadBalancer", loadBalancerArn)];
      const { healthy, unhealthy } = plane.group(record).counts();
      return [count("HealthyHostCount", healthy, dimensions), count("UnHealthyHostCount", unhealthy, dimensions)];
    }),
  );
}

const dimension = (Name: string, arn: string): Dimension => ({ Name, Value: fullName(arn) });

const count = (MetricName: string, Value: number, Dimensions: Dimension[]): MetricDatum => ({
  MetricName,
  Value,
  Unit: "Count",
  Dimensions,
});

/** Most metrics are reported only when there is something to report. */
const some = (name: string, n: number, dimensions: Dimension[]): MetricDatum[] =>
  n > 0 ? [count(name, n, dimensions)] : [];

function groupData(tally: Tally, dimensions: Dimension[]): MetricDatum[] {
  return [
    ...some("RequestCount", tally.requests, dimensions),
    // An upgraded connection is answered with 101, for which AWS has no metric.
    ...[...tally.targetAnswers].flatMap(([hundreds, n]) =>
      hundreds < 2 ? [] : [count(`HTTPCode_Target_${hundreds}XX_Count`, n, dimensions)],
    ),
    ...some("TargetConnectionErrorCount", tally.connectionErrors, dimensions),
    ...(dimensions.length > 1 ? some("UnhealthyRoutingRequestCount", tally.failOpen, dimensions) : []),
    ...responseTimes(tally, dimensions),
  ];
}

/** The statuses that have a metric of their own. */
const OWN_STATUSES = [500, 502, 503, 504];

function ownData(tally: Tally, dimensions: Dimension[]): MetricDatum[] {
  const hundreds = (wanted: number) =>
    [...tally.ownAnswers].reduce((sum, [status, n]) => (Math.floor(status / 100) === wanted ? sum + n : sum), 0);
  return [
    ...[3, 4, 5].flatMap((wanted) => some(`HTTPCode_ELB_${wanted}XX_Count`, hundreds(wanted), dimensions)),
    ...OWN_STATUSES.flatMap((status) =>
      some(`HTTPCode_ELB_${status}_Count`, tally.ownAnswers.get(status) ?? 0, dimensions),
    ),
    ...some("HTTP_Redirect_Count", tally.redirects, dimensions),
    ...some("HTTP_Redirect_Url_Limit_Exceeded_Count", tally.ownAnswers.get(507) ?? 0, dimensions),
    ...some("HTTP_Fixed_Response_Count", tally.fixedResponses, dimensions),
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
