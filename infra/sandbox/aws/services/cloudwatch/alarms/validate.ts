import type {
  MetricDataQuery,
  PutCompositeAlarmCommandInput,
  PutMetricAlarmCommandInput,
} from "@aws-sdk/client-cloudwatch";
import { AwsError } from "../../../kernel.ts";
import { checkReferences } from "../math/queries.ts";
import { mathFault, queriesProblems } from "../metrics/data.ts";
import { isStatistic } from "../metrics/statistics.ts";
import { comparisons } from "./evaluation.ts";

/** What PutMetricAlarm and PutCompositeAlarm refuse, all problems together. */
const MISSING = ["breaching", "notBreaching", "ignore", "missing"];
const STATISTICS = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
const DAY = 86_400;
const MOST_ACTIONS = 5;
const MOST_METRICS = 10;

type Common = Pick<
  PutMetricAlarmCommandInput,
  "AlarmName" | "AlarmDescription" | "AlarmActions" | "OKActions" | "InsufficientDataActions"
>;

const oneOf = (name: string, value: string | undefined, allowed: readonly string[]): string[] =>
  value === undefined || allowed.includes(value) ? [] : [`${name} must be one of ${allowed.join(", ")}, got ${value}`];

function commonProblems(input: Common): string[] {
  const { AlarmName = "", AlarmDescription = "", AlarmActions, OKActions, InsufficientDataActions } = input;
  const actions = Object.entries({ AlarmActions, OKActions, InsufficientDataActions });
  return [
    ...(AlarmName.length >= 1 && AlarmName.length <= 255 ? [] : ["AlarmName must have 1 to 255 characters"]),
    ...(AlarmDescription.length <= 1024 ? [] : ["AlarmDescription must have at most 1024 characters"]),
    ...actions.flatMap(([name, list = []]) => [
      ...(list.length <= MOST_ACTIONS ? [] : [`${name} must have at most ${MOST_ACTIONS} members, got ${list.length}`]),
      ...list
        .filter((action) => !/^arn:[^:]+:[^:]+:/.test(action))
        .map((action) => `${name} must hold ARNs, got ${action}`),
    ]),
  ];
}

function periodProblems(period: number, periods: number, name: string): string[] {
  const total = period * periods;
  const most = period < 3600 ? DAY : 7 * DAY;
  return [
    ...([10, 20, 30].includes(period) || (period > 0 && period % 60 === 0)
      ? []
      : [`${name} must be 10, 20, 30 or a multiple of 60, got ${period}`]),
    ...(total <= most ? [] : [`EvaluationPeriods times ${name} must not exceed ${most} seconds, got ${total}`]),
  ];
}

function singleProblems(input: PutMetricAlarmCommandInput): string[] {
  const { Namespace, Period, Statistic, ExtendedStatistic, EvaluationPeriods = 1 } = input;
  return [
    ...(Namespace ? [] : ["Namespace is required with MetricName"]),
    ...(!Statistic === !ExtendedStatistic
      ? ["exactly one of Statistic and ExtendedStatistic is required with MetricName"]
      : []),
    ...oneOf("Statistic", Statistic, STATISTICS),
    ...(ExtendedStatistic && (STATISTICS.includes(ExtendedStatistic) || !isStatistic(ExtendedStatistic))
      ? [`ExtendedStatistic must be p0.0 to p100, TM, WM, PR, TC, TS or IQM, got ${ExtendedStatistic}`]
      : []),
    ...(Period ? periodProblems(Period, EvaluationPeriods, "Period") : ["Period is required with MetricName"]),
  ];
}

function mathProblems(input: PutMetricAlarmCommandInput, queries: readonly MetricDataQuery[]): string[] {
  const shown = queries.filter(({ ReturnData }) => ReturnData !== false);
  const extra = (["Period", "Statistic", "ExtendedStatistic", "Unit", "Namespace", "Dimensions"] as const).filter(
    (name) => input[name] !== undefined && !(Array.isArray(input[name]) && input[name].length === 0),
  );
  return [
    ...extra.map((name) => `${name} must not be given together with Metrics`),
    ...(shown.length === 1 ? [] : [`exactly one of Metrics must have ReturnData true, got ${shown.length}`]),
    ...(queries.filter(({ MetricStat }) => MetricStat).length <= MOST_METRICS
      ? []
      : [`an expression may use at most ${MOST_METRICS} metrics`]),
    ...queriesProblems(queries).map((problem) => problem.replace("MetricDataQueries", "Metrics")),
    ...queries.flatMap(({ MetricStat, Period }) => {
      const period = MetricStat?.Period ?? Period;
      return period ? periodProblems(period, input.EvaluationPeriods ?? 1, "the period of each metric") : [];
    }),
  ];
}

function evaluationProblems(input: PutMetricAlarmCommandInput): string[] {
  const { EvaluationPeriods = 0, DatapointsToAlarm = 1, ExtendedStatistic } = input;
  const low = input.EvaluateLowSampleCountPercentile;
  return [
    ...(EvaluationPeriods >= 1 ? [] : ["EvaluationPeriods must be at least 1"]),
    ...(DatapointsToAlarm >= 1 && DatapointsToAlarm <= EvaluationPeriods
      ? []
      : ["DatapointsToAlarm must be at least 1 and must not exceed EvaluationPeriods"]),
    ...oneOf("TreatMissingData", input.TreatMissingData, MISSING),
    ...oneOf("EvaluateLowSampleCountPercentile", low, ["evaluate", "ignore"]),
    ...(low && !ExtendedStatistic?.startsWith("p")
      ? ["EvaluateLowSampleCountPercentile needs a percentile as ExtendedStatistic"]
      : []),
    ...(input.Threshold === undefined ? ["Threshold is required"] : []),
  ];
}

/** @throws AwsError ValidationError, or NotImplemented for anomaly detection and Metrics Insights. */
export function checkMetricAlarm(input: PutMetricAlarmCommandInput): void {
  const { MetricName, Metrics = [], ThresholdMetricId, ComparisonOperator = "" } = input;
  if (ThresholdMetricId !== undefined || !comparisons.includes(ComparisonOperator))
    throw new AwsError(
      "NotImplemented",
      `cloudwatch.PutMetricAlarm: alarms on anomaly detection bands (ThresholdMetricId, ${ComparisonOperator}) are not implemented by the sandbox; use ${comparisons.join(", ")}.`,
      { status: 501 },
    );
  const hasMetric = MetricName !== undefined;
  const problems = [
    ...commonProblems(input),
    ...(hasMetric === Metrics.length > 0 ? ["exactly one of MetricName and Metrics must be given"] : []),
    ...(hasMetric ? singleProblems(input) : []),
    ...(Metrics.length > 0 ? mathProblems(input, Metrics) : []),
    ...evaluationProblems(input),
  ];
  if (problems.length > 0) throw new AwsError("ValidationError", `${problems.join("; ")}.`);
  try {
    checkReferences(Metrics);
  } catch (error) {
    throw mathFault(error);
  }
}

export function compositeProblems(input: PutCompositeAlarmCommandInput): string[] {
  const { ActionsSuppressor, ActionsSuppressorWaitPeriod: wait, ActionsSuppressorExtensionPeriod: extension } = input;
  const hasBoth = wait !== undefined && extension !== undefined;
  return [
    ...commonProblems(input),
    ...(ActionsSuppressor === undefined || hasBoth
      ? []
      : ["ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required with ActionsSuppressor"]),
    ...(ActionsSuppressor === undefined && (wait !== undefined || extension !== undefined)
      ? ["ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod need an ActionsSuppressor"]
      : []),
  ];
}
