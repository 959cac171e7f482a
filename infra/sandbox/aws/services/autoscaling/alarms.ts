import type { TargetTrackingScalingPolicyConfiguration } from "@aws-sdk/client-application-auto-scaling";
import type {
  MetricAlarm,
  MetricDataQuery,
  PutMetricAlarmCommandInput,
  StandardUnit,
  Statistic,
} from "@aws-sdk/client-cloudwatch";
import type { PolicyRecord } from "./book.ts";

/** The CloudWatch alarms of a target tracking policy, named and configured as AWS does it. Pure. */

const PERIOD = 60;
const HIGH_PERIODS = 3;
const LOW_PERIODS = 15;
/** Scale-in begins below this share of the target. */
const LOW_SHARE = 0.9;

type Metric = Pick<
  PutMetricAlarmCommandInput,
  "Namespace" | "MetricName" | "Dimensions" | "Statistic" | "Unit" | "Period" | "Metrics"
>;

const ECS_METRIC: Readonly<Record<string, string>> = {
  ECSServiceAverageCPUUtilization: "CPUUtilization",
  ECSServiceAverageMemoryUtilization: "MemoryUtilization",
};

function predefined(type: string, label: string | undefined, resourceId: string): Metric {
  const [, ClusterName, ServiceName] = resourceId.split("/");
  const name = ECS_METRIC[type];
  if (name)
    return {
      Namespace: "AWS/ECS",
      MetricName: name,
      Dimensions: [
        { Name: "ClusterName", Value: ClusterName },
        { Name: "ServiceName", Value: ServiceName },
      ],
      Statistic: "Average",
      Unit: "Percent",
      Period: PERIOD,
    };
  return {
    Namespace: "AWS/ApplicationELB",
    MetricName: "RequestCountPerTarget",
    Dimensions: [{ Name: "TargetGroup", Value: label?.slice(label.indexOf("targetgroup/")) }],
    Statistic: "Sum",
    Period: PERIOD,
  };
}

function metricOf(configuration: TargetTrackingScalingPolicyConfiguration, resourceId: string): Metric {
  const { PredefinedMetricSpecification: given, CustomizedMetricSpecification: custom } = configuration;
  if (given) return predefined(given.PredefinedMetricType ?? "", given.ResourceLabel, resourceId);
  if (custom?.Metrics?.length)
    return {
      Metrics: custom.Metrics.map(({ MetricStat, ...query }): MetricDataQuery => {
        const { Unit, ...stat } = MetricStat ?? { Metric: undefined, Stat: undefined };
        return MetricStat ? { ...query, MetricStat: { ...stat, Period: PERIOD, Unit: Unit as StandardUnit } } : query;
      }),
    };
  return {
    Namespace: custom?.Namespace,
    MetricName: custom?.MetricName,
    Dimensions: custom?.Dimensions,
    Statistic: custom?.Statistic as Statistic,
    Unit: custom?.Unit as StandardUnit,
    Period: PERIOD,
  };
}

/** One for scale-out and, unless scale-in is disabled, one for scale-in. */
export function alarmsOf(policy: PolicyRecord, { uuid }: { uuid: () => string }): PutMetricAlarmCommandInput[] {
  const { tracking, resourceId, arn } = policy;
  if (!tracking) return [];
  const target = tracking.TargetValue ?? 0;
  const action = `${arn}:createdBy/${uuid()}`;
  const common = {
    AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${action}.`,
    ActionsEnabled: true,
    AlarmActions: [action],
    TreatMissingData: "missing",
    ...metricOf(tracking, resourceId),
  };
  const high: PutMetricAlarmCommandInput = {
    ...common,
    AlarmName: `TargetTracking-${resourceId}-AlarmHigh-${uuid()}`,
    ComparisonOperator: "GreaterThanThreshold",
    Threshold: target,
    EvaluationPeriods: HIGH_PERIODS,
  };
  if (tracking.DisableScaleIn) return [high];
  const low: PutMetricAlarmCommandInput = {
    ...common,
    AlarmName: `TargetTracking-${resourceId}-AlarmLow-${uuid()}`,
    ComparisonOperator: "LessThanThreshold",
    Threshold: target * LOW_SHARE,
    EvaluationPeriods: LOW_PERIODS,
  };
  return [high, low];
}

export const isHigh = ({ AlarmName = "" }: Pick<MetricAlarm, "AlarmName">): boolean =>
  AlarmName.includes("-AlarmHigh-");

/** What an alarm measures, as queries whose one result is called `m`. */
export function queriesOf(alarm: MetricAlarm): MetricDataQuery[] {
  if (alarm.Metrics?.length) return alarm.Metrics;
  const { Namespace, MetricName, Dimensions, Period = PERIOD, Statistic: stat, ExtendedStatistic, Unit } = alarm;
  const Metric = { Namespace, MetricName, Dimensions };
  return [{ Id: "m", MetricStat: { Metric, Period, Stat: stat ?? ExtendedStatistic, Unit } }];
}
