import type { ComparisonOperator, StateValue } from "@aws-sdk/client-cloudwatch";

/** When a metric alarm is in which state: a pure function of its data points. */
export interface Point {
  /** Start of the period, in seconds since 1970. */
  readonly at: number;
  /** `undefined` where no data came. */
  readonly value: number | undefined;
  readonly samples?: number;
}

export type MissingData = "missing" | "notBreaching" | "breaching" | "ignore";

export interface Condition {
  /** N: how many data points are compared. */
  readonly periods: number;
  /** M: how many of them have to breach. */
  readonly toAlarm: number;
  readonly threshold: number;
  readonly operator: ComparisonOperator;
  readonly missing: MissingData;
}

export interface Decision {
  /** `retain`: the state stays what it is. */
  readonly state: StateValue | "retain";
  /** The data points that were compared, newest first. */
  readonly evaluated: readonly (Point & { readonly value: number })[];
  /** How many missing data points were filled in. */
  readonly filled: number;
}

/**
 * How many periods more than N are looked at. AWS gives no number except in the tables of "Configuring how CloudWatch
 * alarms treat missing data": 5 data points for N = 3.
 */
export const EXTRA_PERIODS = 2;

const COMPARE: Readonly<Partial<Record<ComparisonOperator, (value: number, threshold: number) => boolean>>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

export const comparisons: readonly string[] = Object.keys(COMPARE);

export const isBreaching = (value: number, { operator, threshold }: Condition): boolean =>
  COMPARE[operator]?.(value, threshold) ?? false;

/**
 * Fewer real data points than N, treated as missing or ignored. With enough breaching ones: ALARM. With a good one
 * among them: OK. When all breach, ALARM comes early if the oldest is at least M periods old ("avoiding premature
 * transitions to alarm state"); before that the state stays.
 */
function undecided(points: readonly Point[], breaching: number, real: number, condition: Condition): Decision["state"] {
  if (real === 0) return condition.missing === "missing" ? "INSUFFICIENT_DATA" : "retain";
  if (breaching >= condition.toAlarm) return "ALARM";
  if (breaching < real) return "OK";
  const oldest = points.findIndex(({ value }) => value !== undefined);
  const age = points.length - oldest;
  return age >= condition.toAlarm && condition.missing === "missing" ? "ALARM" : "retain";
}

/** @param points the evaluation range, oldest first, without gaps in time. */
export function decide(points: readonly Point[], condition: Condition): Decision {
  const real = points.filter((point): point is Point & { value: number } => point.value !== undefined).toReversed();
  const evaluated = real.slice(0, condition.periods);
  const breaching = evaluated.filter(({ value }) => isBreaching(value, condition)).length;
  const filled = condition.periods - evaluated.length;
  const decided = (count: number): StateValue => (count >= condition.toAlarm ? "ALARM" : "OK");
  if (filled === 0) return { state: decided(breaching), evaluated, filled };
  if (condition.missing === "breaching") return { state: decided(breaching + filled), evaluated, filled };
  if (condition.missing === "notBreaching") return { state: decided(breaching), evaluated, filled };
  return { state: undecided(points, breaching, evaluated.length, condition), evaluated, filled };
}

/**
 * Fewer samples than a percentile needs to mean anything: 10/(1-p), below the median 10/p.
 * @param percent 0 to 100
 */
export function isLowSample(percent: number, samples: number): boolean {
  const share = percent / 100;
  const tail = share >= 0.5 ? 1 - share : share;
  return tail > 0 && samples < 10 / tail - 1e-9;
}
