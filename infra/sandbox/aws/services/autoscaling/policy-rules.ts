import type {
  CustomizedMetricSpecification,
  PolicyType,
  PutScalingPolicyCommandInput,
  StepAdjustment,
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from "@aws-sdk/client-application-auto-scaling";
import type { PolicyRecord } from "./book.ts";

/** What PutScalingPolicy refuses. Pure; every problem is returned. */

const PREDEFINED = [
  "ECSServiceAverageCPUUtilization",
  "ECSServiceAverageMemoryUtilization",
  "ALBRequestCountPerTarget",
];
const ADJUSTMENTS = ["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"];
const LABEL = /^app\/[^/]+\/[^/]+\/targetgroup\/[^/]+\/[^/]+$/;

const lower = ({ MetricIntervalLowerBound: bound }: StepAdjustment): number => bound ?? Number.NEGATIVE_INFINITY;
const upper = ({ MetricIntervalUpperBound: bound }: StepAdjustment): number => bound ?? Number.POSITIVE_INFINITY;

function stepProblems({ AdjustmentType, StepAdjustments = [], Cooldown }: StepScalingPolicyConfiguration): string[] {
  const problems: string[] = [];
  if (!AdjustmentType || !ADJUSTMENTS.includes(AdjustmentType))
    problems.push(`AdjustmentType must be one of ${ADJUSTMENTS.join(", ")}. Got: ${AdjustmentType}`);
  if (StepAdjustments.length === 0) problems.push("At least one StepAdjustment is required.");
  if ((Cooldown ?? 0) < 0) problems.push(`Cooldown must not be negative. Got: ${Cooldown}`);
  const sorted = StepAdjustments.toSorted((a, b) => lower(a) - lower(b));
  for (const [index, step] of sorted.entries()) {
    const next = sorted[index + 1];
    if (lower(step) >= upper(step)) problems.push("MetricIntervalLowerBound must be below MetricIntervalUpperBound.");
    if (next && upper(step) > lower(next)) problems.push("StepAdjustments must not overlap.");
    if (next && upper(step) < lower(next)) problems.push("StepAdjustments must not leave a gap.");
  }
  return problems;
}

function customizedProblems({ Metrics, MetricName, Namespace, Statistic }: CustomizedMetricSpecification): string[] {
  if (Metrics?.length) {
    const returned = Metrics.filter(({ ReturnData }) => ReturnData !== false);
    if (MetricName || Namespace) return ["Specify either Metrics or a MetricName with its Namespace, not both."];
    return returned.length === 1
      ? []
      : [`Exactly one metric of a metric math expression must return data. Got: ${returned.length}`];
  }
  return MetricName && Namespace && Statistic ? [] : ["A customized metric needs MetricName, Namespace and Statistic."];
}

function predefinedProblems({
  PredefinedMetricSpecification: given,
}: TargetTrackingScalingPolicyConfiguration): string[] {
  const type = given?.PredefinedMetricType ?? "";
  if (!PREDEFINED.includes(type))
    return [`The sandbox tracks the predefined metrics ${PREDEFINED.join(", ")}, not ${type}.`];
  if (type === "ALBRequestCountPerTarget" && !LABEL.test(given?.ResourceLabel ?? ""))
    return [
      `ResourceLabel must be app/<load balancer>/<id>/targetgroup/<target group>/<id>. Got: ${given?.ResourceLabel}`,
    ];
  return [];
}

function trackingProblems(configuration: TargetTrackingScalingPolicyConfiguration): string[] {
  const { CustomizedMetricSpecification: customized, PredefinedMetricSpecification: predefined } = configuration;
  const problems: string[] = [];
  if (!customized === !predefined)
    problems.push("Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification is required.");
  if (customized) problems.push(...customizedProblems(customized));
  if (predefined) problems.push(...predefinedProblems(configuration));
  if (!((configuration.TargetValue ?? 0) > 0))
    problems.push(`TargetValue must be above 0. Got: ${configuration.TargetValue}`);
  for (const name of ["ScaleInCooldown", "ScaleOutCooldown"] as const)
    if ((configuration[name] ?? 0) < 0) problems.push(`${name} must not be negative. Got: ${configuration[name]}`);
  return problems;
}

/** Two target tracking policies of one target must not track the same predefined metric. */
function repeats(configuration: TargetTrackingScalingPolicyConfiguration, others: readonly PolicyRecord[]): string[] {
  const key = (one: TargetTrackingScalingPolicyConfiguration | undefined) => {
    const { PredefinedMetricType, ResourceLabel } = one?.PredefinedMetricSpecification ?? {};
    return PredefinedMetricType && `${PredefinedMetricType} ${ResourceLabel ?? ""}`;
  };
  const own = key(configuration);
  return own && others.some(({ tracking }) => key(tracking) === own)
    ? ["Only one TargetTrackingScaling policy for a given metric specification is allowed."]
    : [];
}

export function policyProblems(
  type: PolicyType,
  input: PutScalingPolicyCommandInput,
  others: readonly PolicyRecord[],
): string[] {
  const { StepScalingPolicyConfiguration: step, TargetTrackingScalingPolicyConfiguration: tracking } = input;
  switch (type) {
    case "TargetTrackingScaling":
      if (step) return ["A TargetTrackingScaling policy takes no StepScalingPolicyConfiguration."];
      if (!tracking) return ["A TargetTrackingScaling policy needs a TargetTrackingScalingPolicyConfiguration."];
      return [...trackingProblems(tracking), ...repeats(tracking, others)];
    case "StepScaling":
      if (tracking) return ["A StepScaling policy takes no TargetTrackingScalingPolicyConfiguration."];
      return step ? stepProblems(step) : ["A StepScaling policy needs a StepScalingPolicyConfiguration."];
    default:
      return [`The sandbox has policies of type StepScaling and TargetTrackingScaling, not ${type}.`];
  }
}
