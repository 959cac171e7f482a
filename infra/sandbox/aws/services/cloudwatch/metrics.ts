import type { CloudWatch, Dimension, MetricDataQuery, MetricDataResult, MetricDatum } from "@aws-sdk/client-cloudwatch";
import { AwsError, type Operations, type ServiceContext } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import type { MetricStore, Series } from "./series.ts";
import { checkWindow, periodsOf, statisticOf, type Window } from "./statistics.ts";

/** Putting and reading metrics. */
const maxData = 1_000;
const maxDimensions = 30;
const maxValues = 150;

function datumProblems(datum: MetricDatum, at: string): string[] {
  const { Value, Values, Counts, StatisticValues, MetricName = "", Dimensions = [] } = datum;
  const kinds = [Value, Values, StatisticValues].filter((item) => item !== undefined).length;
  const numbers = [...(Value === undefined ? [] : [Value]), ...(Values ?? [])];
  return [
    ...(MetricName.length >= 1 && MetricName.length <= 255 ? [] : [`${at}.MetricName must have 1 to 255 characters`]),
    ...(kinds === 1 ? [] : [`${at} needs exactly one of Value, Values and StatisticValues`]),
    ...(numbers.every(Number.isFinite) ? [] : [`${at} must hold finite numbers`]),
    ...((Values?.length ?? 0) <= maxValues ? [] : [`${at}.Values must have at most ${maxValues} members`]),
    ...(Counts === undefined || Counts.length === Values?.length ? [] : [`${at}.Counts must be as long as Values`]),
    ...(Dimensions.length <= maxDimensions ? [] : [`${at}.Dimensions must have at most ${maxDimensions} members`]),
    ...Dimensions.filter(({ Name, Value: text }) => !Name || !text).map(
      () => `${at}.Dimensions must have a name and a value each`,
    ),
  ];
}

function checkPut(namespace: string, data: readonly MetricDatum[], inProcess: boolean): void {
  const problems = [
    ...(/^[^:].{0,254}$/s.test(namespace)
      ? []
      : ["Namespace must have 1 to 255 characters and not begin with a colon"]),
    // Only AWS's own services may write to AWS's namespaces; in the sandbox those call in process.
    ...(namespace.startsWith("AWS/") && !inProcess ? ["Namespace must not begin with AWS/"] : []),
    ...(data.length <= maxData ? [] : [`MetricData must have at most ${maxData} members, got ${data.length}`]),
    ...data.flatMap((datum, index) => datumProblems(datum, `MetricData[${index}]`)),
  ];
  if (problems.length > 0) throw new AwsError("InvalidParameterValue", `${problems.join("; ")}.`);
}

/** Who calls in process: the key that the sandbox's own root context carries. */
const ownKey = "sandbox";

function queryResult(
  store: MetricStore,
  query: MetricDataQuery,
  window: Omit<Window, "period">,
  descending: boolean,
): MetricDataResult {
  const { Id, Label, MetricStat, Expression } = query;
  if (Expression !== undefined || !MetricStat)
    throw new AwsError(
      "NotImplemented",
      `cloudwatch.GetMetricData: the sandbox computes MetricStat queries only, not the expression of ${Id}: ${Expression}`,
      { status: 501 },
    );
  const { Metric, Period = 60, Stat = "" } = MetricStat;
  const full = { ...window, period: Period };
  checkWindow(full);
  const statistic = statisticOf(Stat);
  const series = store.get(Metric?.Namespace ?? "", Metric?.MetricName ?? "", Metric?.Dimensions ?? []);
  const points = periodsOf(series, full).flatMap(([at, bucket]) => {
    const value = statistic(bucket);
    return value === undefined ? [] : [{ at, value }];
  });
  if (descending) points.reverse();
  return {
    Id,
    Label: Label ?? Metric?.MetricName,
    StatusCode: "Complete",
    Timestamps: points.map(({ at }) => at),
    Values: points.map(({ value }) => value),
  };
}

function hasDimensions({ dimensions }: Series, wanted: readonly { Name?: string; Value?: string }[]): boolean {
  return wanted.every(({ Name, Value }) =>
    dimensions.some((dimension) => dimension.Name === Name && (Value === undefined || dimension.Value === Value)),
  );
}

const shownMetric = ({ namespace, name, dimensions }: Series) => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: dimensions.map(({ Name, Value }): Dimension => ({ Name, Value })),
});

export function metrics(store: MetricStore, context: ServiceContext): Operations<CloudWatch> {
  return {
    PutMetricData: ({ Namespace = "", MetricData = [] }, { caller }) => {
      checkPut(Namespace, MetricData, caller.accessKeyId === ownKey);
      for (const datum of MetricData) store.put(Namespace, datum, context.clock.now());
      return {};
    },
    GetMetricData: ({ MetricDataQueries = [], StartTime = new Date(0), EndTime = new Date(0), ScanBy }) => {
      const shown = MetricDataQueries.filter(({ ReturnData }) => ReturnData !== false);
      const descending = ScanBy !== "TimestampAscending";
      const window = { start: StartTime, end: EndTime };
      return { MetricDataResults: shown.map((query) => queryResult(store, query, window, descending)), Messages: [] };
    },
    GetMetricStatistics: (input) => {
      const { Namespace = "", MetricName = "", Dimensions = [], Statistics = [], ExtendedStatistics = [] } = input;
      const window = {
        start: input.StartTime ?? new Date(0),
        end: input.EndTime ?? new Date(0),
        period: input.Period ?? 60,
      };
      checkWindow(window);
      if (Statistics.length + ExtendedStatistics.length === 0)
        throw new AwsError(
          "MissingRequiredParameter",
          "At least one of Statistics and ExtendedStatistics must be given.",
        );
      const series = store.get(Namespace, MetricName, Dimensions);
      const Datapoints = periodsOf(series, window).map(([Timestamp, bucket]) => ({
        Timestamp,
        Unit: (series?.unit ?? "None") as never,
        ...Object.fromEntries(Statistics.map((name) => [name, statisticOf(name)(bucket)])),
        ...(ExtendedStatistics.length > 0
          ? {
              ExtendedStatistics: Object.fromEntries(
                ExtendedStatistics.map((name) => [name, statisticOf(name)(bucket) ?? 0]),
              ),
            }
          : {}),
      }));
      return { Label: MetricName, Datapoints };
    },
    ListMetrics: ({ Namespace, MetricName, Dimensions = [], NextToken }) => {
      const found = store
        .all()
        .filter(({ namespace, name }) => (Namespace ?? namespace) === namespace && (MetricName ?? name) === name)
        .filter((series) => hasDimensions(series, Dimensions));
      const { items, nextToken } = pageOf(found, {
        token: NextToken,
        limit: 500,
        invalidToken: "InvalidParameterValue",
      });
      return { Metrics: items.map(shownMetric), NextToken: nextToken };
    },
  };
}
