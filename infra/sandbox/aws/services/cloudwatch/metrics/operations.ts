import type {
  CloudWatch,
  Dimension,
  DimensionFilter,
  GetMetricStatisticsCommandInput,
  ListMetricsCommandInput,
  MetricDatum,
} from "@aws-sdk/client-cloudwatch";
import { AwsError, type Operations, type RequestContext, type ServiceContext } from "../../../kernel.ts";
import { pageOf } from "../../../state/page.ts";
import { getMetricData } from "./data.ts";
import type { MetricJournal } from "./journal.ts";
import { checkWindow, periodsOf } from "./periods.ts";
import type { MetricStore, Series } from "./series.ts";
import { statisticOf } from "./statistics.ts";

/** Putting and reading metrics. */
const MOST_DATA = 1_000;
const MOST_DIMENSIONS = 30;
const MOST_VALUES = 150;
/** Milliseconds before and after now that AWS accepts a data point for. */
const OLDEST = 14 * 24 * 60 * 60 * 1000;
const NEWEST = 2 * 60 * 60 * 1000;

const SET_MEMBERS = ["SampleCount", "Sum", "Minimum", "Maximum"] as const;

function dimensionProblems(dimensions: readonly Dimension[], at: string): string[] {
  const names = dimensions.map(({ Name }) => Name);
  return [
    ...(dimensions.length <= MOST_DIMENSIONS ? [] : [`${at}.Dimensions must have at most ${MOST_DIMENSIONS} members`]),
    ...dimensions.flatMap(({ Name, Value }) =>
      Name && Value && Name.length <= 255 && Value.length <= 1024 && !Name.startsWith(":")
        ? []
        : [`${at}.Dimensions must have a name (1 to 255 characters, no colon first) and a value (1 to 1024) each`],
    ),
    ...(new Set(names).size === names.length ? [] : [`${at}.Dimensions must not name a dimension twice`]),
  ];
}

function valueProblems({ Value, Values, Counts, StatisticValues: set }: MetricDatum, at: string): string[] {
  const kinds = [Value, Values, set].filter((item) => item !== undefined).length;
  const numbers = [
    ...(Value === undefined ? [] : [Value]),
    ...(Values ?? []),
    ...(Counts ?? []),
    ...(set ? SET_MEMBERS.map((name) => set[name] ?? Number.NaN) : []),
  ];
  return [
    ...(kinds === 1 ? [] : [`${at} needs exactly one of Value, Values and StatisticValues`]),
    ...(numbers.every(Number.isFinite) ? [] : [`${at} must hold finite numbers`]),
    ...((Values?.length ?? 0) <= MOST_VALUES ? [] : [`${at}.Values must have at most ${MOST_VALUES} members`]),
    ...(Counts === undefined || Counts.length === Values?.length ? [] : [`${at}.Counts must be as long as Values`]),
    ...(set && (set.Minimum ?? 0) > (set.Maximum ?? 0)
      ? [`${at}.StatisticValues has a Minimum above its Maximum`]
      : []),
  ];
}

function datumProblems(datum: MetricDatum, at: string, now: number): string[] {
  const { MetricName = "", Dimensions = [], StorageResolution, Timestamp } = datum;
  const age = now - (Timestamp?.getTime() ?? now);
  return [
    ...(/^[^:].{0,254}$/s.test(MetricName) ? [] : [`${at}.MetricName must have 1 to 255 characters, no colon first`]),
    ...valueProblems(datum, at),
    ...dimensionProblems(Dimensions, at),
    ...(StorageResolution === undefined || StorageResolution === 1 || StorageResolution === 60
      ? []
      : [`${at}.StorageResolution must be 1 or 60, got ${StorageResolution}`]),
    ...(age <= OLDEST && age >= -NEWEST
      ? []
      : [`${at}.Timestamp must lie between two weeks before and two hours after now, got ${Timestamp?.toISOString()}`]),
  ];
}

/** Who calls in process: another service, or the sandbox itself under the key of its root context. */
const isOwn = ({ service, accessKeyId }: RequestContext["caller"]): boolean =>
  service !== undefined || accessKeyId === "sandbox";

function checkPut(namespace: string, data: readonly MetricDatum[], given: { inProcess: boolean; now: Date }): void {
  const problems = [
    ...(/^[^:].{0,254}$/s.test(namespace)
      ? []
      : ["Namespace must have 1 to 255 characters and not begin with a colon"]),
    // Only AWS's own services may write to AWS's namespaces; in the sandbox those call in process.
    ...(namespace.startsWith("AWS/") && !given.inProcess ? ["Namespace must not begin with AWS/"] : []),
    ...(data.length <= MOST_DATA ? [] : [`MetricData must have at most ${MOST_DATA} members, got ${data.length}`]),
    ...data.flatMap((datum, index) => datumProblems(datum, `MetricData[${index}]`, given.now.getTime())),
  ];
  if (problems.length > 0) throw new AwsError("InvalidParameterValue", `${problems.join("; ")}.`);
}

const MOST_STATISTICS_POINTS = 1_440;

function checkStatistics({ Statistics = [], ExtendedStatistics = [], ...input }: GetMetricStatisticsCommandInput) {
  const window = {
    start: input.StartTime ?? new Date(0),
    end: input.EndTime ?? new Date(0),
    period: input.Period ?? 60,
  };
  checkWindow(window);
  if (Statistics.length + ExtendedStatistics.length === 0)
    throw new AwsError("MissingRequiredParameter", "At least one of Statistics and ExtendedStatistics must be given.");
  const points = Math.ceil((window.end.getTime() - window.start.getTime()) / 1000 / window.period);
  if (points > MOST_STATISTICS_POINTS)
    throw new AwsError(
      "InvalidParameterCombination",
      `You have requested up to ${points} datapoints, which exceeds the limit of ${MOST_STATISTICS_POINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  return window;
}

function statistics(store: MetricStore, input: GetMetricStatisticsCommandInput) {
  const { Namespace = "", MetricName = "", Dimensions = [], Statistics = [], ExtendedStatistics = [], Unit } = input;
  const window = checkStatistics(input);
  const series = store.get(Namespace, MetricName, Dimensions);
  const units = [...(series?.units.keys() ?? [])].filter((unit) => Unit === undefined || unit === Unit);
  const values = (names: readonly string[], bucket: Parameters<ReturnType<typeof statisticOf>>[0]) =>
    Object.fromEntries(
      names.map((name) => [name, statisticOf(name)(bucket)]).filter(([, value]) => value !== undefined),
    );
  for (const name of [...Statistics, ...ExtendedStatistics]) statisticOf(name);
  const Datapoints = units.flatMap((unit) =>
    periodsOf(series, window, { unit }).map(([Timestamp, bucket]) => ({
      Timestamp,
      Unit: unit as never,
      ...values(Statistics, bucket),
      ...(ExtendedStatistics.length > 0 ? { ExtendedStatistics: values(ExtendedStatistics, bucket) } : {}),
    })),
  );
  return { Label: MetricName, Datapoints };
}

function hasDimensions({ dimensions }: Series, wanted: readonly DimensionFilter[]): boolean {
  return wanted.every(({ Name, Value }) =>
    dimensions.some((dimension) => dimension.Name === Name && (Value === undefined || dimension.Value === Value)),
  );
}

const shownMetric = ({ namespace, name, dimensions }: Series) => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: dimensions.map(({ Name, Value }): Dimension => ({ Name, Value })),
});

const ACTIVE_SECONDS = 3 * 60 * 60;

function listed(store: MetricStore, input: ListMetricsCommandInput, now: Date): Series[] {
  const { Namespace, MetricName, Dimensions = [], RecentlyActive } = input;
  if (RecentlyActive !== undefined && RecentlyActive !== "PT3H")
    throw new AwsError("InvalidParameterValue", `RecentlyActive must be PT3H, got ${RecentlyActive}.`);
  const since = RecentlyActive ? now.getTime() / 1000 - ACTIVE_SECONDS : 0;
  return store
    .all()
    .filter(({ namespace, name }) => (Namespace ?? namespace) === namespace && (MetricName ?? name) === name)
    .filter((series) => hasDimensions(series, Dimensions) && series.newest >= since);
}

export function metrics(store: MetricStore, journal: MetricJournal, context: ServiceContext): Operations<CloudWatch> {
  return {
    PutMetricData: ({ Namespace = "", MetricData = [], EntityMetricData = [] }, { caller }) => {
      const now = context.clock.now();
      const data = [...MetricData, ...EntityMetricData.flatMap((entity) => entity.MetricData ?? [])];
      checkPut(Namespace, data, { inProcess: isOwn(caller), now });
      for (const datum of data) store.put(Namespace, datum, now);
      journal.append(Namespace, data, now);
      return {};
    },
    GetMetricData: (input) => getMetricData(store, input, context),
    GetMetricStatistics: (input) => statistics(store, input),
    ListMetrics: (input) => {
      const found = listed(store, input, context.clock.now());
      const { items, nextToken } = pageOf(found, {
        token: input.NextToken,
        limit: 500,
        invalidToken: "InvalidParameterValue",
      });
      return { Metrics: items.map(shownMetric), NextToken: nextToken };
    },
  };
}
