import type { Dimension, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { ServiceContext } from "../../../kernel.ts";
import { isComposite, type PreviousState, type StoredAlarm, type StoredMetricAlarm } from "./model.ts";
import { stamp } from "./reasons.ts";

/** What an alarm's transition looks like to a topic, a function and an event bus. */
type Place = Pick<ServiceContext, "account" | "region">;

/** As notifications call regions; others keep their code. */
const REGION_NAMES: Readonly<Record<string, string>> = {
  "us-east-1": "US East (N. Virginia)",
  "us-east-2": "US East (Ohio)",
  "us-west-1": "US West (N. California)",
  "us-west-2": "US West (Oregon)",
  "eu-west-1": "EU (Ireland)",
  "eu-central-1": "EU (Frankfurt)",
  "ap-southeast-2": "Asia Pacific (Sydney)",
  "ap-northeast-1": "Asia Pacific (Tokyo)",
  "ap-northeast-2": "Asia Pacific (Seoul)",
};

const regionName = ({ region }: Place): string => REGION_NAMES[region] ?? region;

export const subjectOf = (alarm: StoredAlarm, place: Place): string =>
  `${alarm.StateValue}: "${alarm.AlarmName}" in ${regionName(place)}`.slice(0, 100); // SNS's limit

const small = (dimensions: readonly Dimension[] = []) =>
  dimensions.map(({ Name, Value }) => ({ value: Value, name: Name }));

const upper = (statistic: string | undefined): string | undefined =>
  statistic?.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();

function queryOf({ Id, Expression, MetricStat, Label, ReturnData }: MetricDataQuery) {
  const metric = MetricStat?.Metric;
  return {
    ...(Expression === undefined ? {} : { Expression }),
    Id,
    ...(Label === undefined ? {} : { Label }),
    ...(MetricStat && metric
      ? {
          MetricStat: {
            Metric: {
              Dimensions: small(metric.Dimensions),
              MetricName: metric.MetricName,
              Namespace: metric.Namespace,
            },
            Period: MetricStat.Period,
            Stat: MetricStat.Stat,
          },
        }
      : {}),
    ReturnData: ReturnData ?? true,
  };
}

function watched(alarm: StoredMetricAlarm) {
  if (alarm.Metrics?.length) return { Metrics: alarm.Metrics.map(queryOf) };
  const kind = alarm.Statistic
    ? { StatisticType: "Statistic", Statistic: upper(alarm.Statistic) }
    : { StatisticType: "ExtendedStatistic", ExtendedStatistic: alarm.ExtendedStatistic };
  return {
    MetricName: alarm.MetricName,
    Namespace: alarm.Namespace,
    ...kind,
    Unit: alarm.Unit ?? null,
    Dimensions: small(alarm.Dimensions),
  };
}

function trigger(alarm: StoredMetricAlarm) {
  return {
    ...watched(alarm),
    Period: alarm.Period,
    EvaluationPeriods: alarm.EvaluationPeriods,
    ...(alarm.DatapointsToAlarm === undefined ? {} : { DatapointsToAlarm: alarm.DatapointsToAlarm }),
    ComparisonOperator: alarm.ComparisonOperator,
    Threshold: alarm.Threshold,
    TreatMissingData: alarm.TreatMissingData ?? "missing",
    EvaluateLowSampleCountPercentile: alarm.EvaluateLowSampleCountPercentile ?? "",
  };
}

interface TriggeringAlarms {
  readonly triggeringAlarms?: readonly { arn: string; state: { value: string; timestamp: string } }[];
}

function children(reasonData: string | undefined) {
  const { triggeringAlarms = [] } = JSON.parse(reasonData ?? "{}") as TriggeringAlarms;
  return triggeringAlarms.map(({ arn, state }) => ({
    Arn: arn,
    State: { Value: state.value, Timestamp: state.timestamp },
  }));
}

/** The message of an SNS notification. */
export function notification(alarm: StoredAlarm, from: PreviousState, place: Place): string {
  const common = {
    AlarmName: alarm.AlarmName,
    AlarmDescription: alarm.AlarmDescription ?? null,
    AWSAccountId: place.account,
    AlarmConfigurationUpdatedTimestamp: stamp(alarm.AlarmConfigurationUpdatedTimestamp ?? new Date(0)),
    NewStateValue: alarm.StateValue,
    NewStateReason: alarm.StateReason,
    StateChangeTime: stamp(alarm.StateUpdatedTimestamp ?? new Date(0)),
    Region: regionName(place),
    AlarmArn: alarm.AlarmArn,
    OldStateValue: from.value,
    OKActions: alarm.OKActions ?? [],
    AlarmActions: alarm.AlarmActions ?? [],
    InsufficientDataActions: alarm.InsufficientDataActions ?? [],
  };
  return JSON.stringify(
    isComposite(alarm)
      ? { ...common, AlarmRule: alarm.AlarmRule, TriggeringChildren: children(alarm.StateReasonData) }
      : { ...common, Trigger: trigger(alarm) },
  );
}

const named = (dimensions: readonly Dimension[] = []) =>
  Object.fromEntries(dimensions.map(({ Name = "", Value }) => [Name, Value]));

function eventMetric({ Id, Expression, MetricStat, Label, ReturnData }: MetricDataQuery) {
  const metric = MetricStat?.Metric;
  return {
    id: Id,
    ...(Expression === undefined ? {} : { expression: Expression }),
    ...(Label === undefined ? {} : { label: Label }),
    ...(metric
      ? {
          metricStat: {
            metric: {
              namespace: metric.Namespace,
              name: metric.MetricName,
              dimensions: named(metric.Dimensions),
            },
            period: MetricStat?.Period,
            stat: MetricStat?.Stat,
          },
        }
      : {}),
    returnData: ReturnData ?? true,
  };
}

function configuration(alarm: StoredAlarm, id: string) {
  const description = alarm.AlarmDescription === undefined ? {} : { description: alarm.AlarmDescription };
  if (isComposite(alarm))
    return {
      alarmRule: alarm.AlarmRule,
      ...description,
      ...(alarm.ActionsSuppressor
        ? {
            actionsSuppressor: alarm.ActionsSuppressor,
            actionsSuppressorWaitPeriod: alarm.ActionsSuppressorWaitPeriod,
            actionsSuppressorExtensionPeriod: alarm.ActionsSuppressorExtensionPeriod,
          }
        : {}),
    };
  const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic } = alarm;
  const single = {
    Id: id,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: Statistic ?? ExtendedStatistic },
  };
  return { ...description, metrics: (alarm.Metrics?.length ? alarm.Metrics : [single]).map(eventMetric) };
}

const shownState = (state: PreviousState) => ({
  value: state.value,
  reason: state.reason,
  ...(state.reasonData ? { reasonData: state.reasonData } : {}),
  timestamp: stamp(state.since ?? new Date(0)),
});

/** The `detail` of the event "CloudWatch Alarm State Change", which is also what a function gets as `alarmData`. */
export function stateChange(alarm: StoredAlarm, from: PreviousState, id: string) {
  const suppressed =
    isComposite(alarm) && alarm.ActionsSuppressedBy
      ? { actionsSuppressedBy: alarm.ActionsSuppressedBy, actionsSuppressedReason: alarm.ActionsSuppressedReason }
      : {};
  const now = { value: alarm.StateValue, reason: alarm.StateReason ?? "", reasonData: alarm.StateReasonData };
  return {
    alarmName: alarm.AlarmName,
    state: { ...suppressed, ...shownState({ ...now, since: alarm.StateUpdatedTimestamp }) },
    previousState: shownState(from),
    configuration: configuration(alarm, id),
  };
}

/** What a Lambda function that is an alarm action is invoked with. */
export function functionPayload(alarm: StoredAlarm, from: PreviousState, place: Place & { id: string }): string {
  return JSON.stringify({
    source: "aws.cloudwatch",
    alarmArn: alarm.AlarmArn,
    accountId: place.account,
    time: stamp(alarm.StateUpdatedTimestamp ?? new Date(0)),
    region: place.region,
    alarmData: stateChange(alarm, from, place.id),
  });
}
