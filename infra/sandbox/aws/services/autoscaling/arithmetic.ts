import type { StepAdjustment, StepScalingPolicyConfiguration } from "@aws-sdk/client-application-auto-scaling";

/** How many tasks a policy wants. Pure. */

/**
 * Target tracking: proportional to how far the metric is from its target, rounded up. Rounding up adds enough when
 * scaling out and takes away too little rather than too much when scaling in ("always acts conservatively by rounding
 * up or down", ECS developer guide); AWS publishes no formula, so this is the one place to change it.
 */
export const tracked = (current: number, value: number, target: number): number =>
  // A tenth of a millionth is no task: sums of decimals are not exact.
  Math.ceil((current * value) / target - 1e-7);

const covers = (
  { MetricIntervalLowerBound: low, MetricIntervalUpperBound: high }: StepAdjustment,
  breach: number,
  isAbove: boolean,
): boolean => {
  const [from, to] = [low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY];
  // Above the threshold the lower bound belongs to the step, below it the upper one. Source: SDK, StepAdjustment.
  return isAbove ? from <= breach && breach < to : from < breach && breach <= to;
};

/** Less than one task is one task; more than that loses its fraction (6.7 is 6, -6.7 is -6). */
function percent(current: number, adjustment: number, least: number): number {
  const exact = (current * adjustment) / 100;
  const whole = Math.abs(exact) < 1 && exact !== 0 ? Math.sign(exact) : Math.trunc(exact);
  return Math.sign(adjustment) * Math.max(Math.abs(whole), least);
}

/**
 * Step scaling. @param breach how far the metric is beyond the alarm's threshold, below 0 when it is under it.
 * @returns `undefined` when no step covers the breach.
 */
export function stepped(
  current: number,
  { AdjustmentType, StepAdjustments = [], MinAdjustmentMagnitude = 0 }: StepScalingPolicyConfiguration,
  breach: number,
): number | undefined {
  const step = StepAdjustments.find((one) => covers(one, breach, breach >= 0));
  const adjustment = step?.ScalingAdjustment;
  if (adjustment === undefined) return undefined;
  if (AdjustmentType === "ExactCapacity") return adjustment;
  if (AdjustmentType === "PercentChangeInCapacity")
    return current + percent(current, adjustment, MinAdjustmentMagnitude);
  return current + adjustment;
}

export const within = (count: number, { min, max }: { min: number; max: number }): number =>
  Math.min(Math.max(count, min), max);
