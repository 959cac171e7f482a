import { MathError } from "./tokens.ts";
import {
  array,
  kindOf,
  mapped,
  momentsOf,
  perSeries,
  pointsAt,
  scalar,
  single,
  type TimeSeries,
  type Value,
} from "./values.ts";

/**
 * Arithmetic, comparison and logic. Between two series a data point that only one of them has counts as 0 in the
 * other (CloudWatch user guide: "Missing values in a time series are treated as 0"); where that divides by zero, the
 * data point is dropped. Scalars may become infinite or NaN: what is computed with those has no data points either.
 */
type Compute = (a: number, b: number) => number;

const OPERATORS: Readonly<Record<string, Compute>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b, // a division by zero is not finite, so it is dropped
  "^": (a, b) => a ** b,
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  ">": (a, b) => Number(a > b),
  ">=": (a, b) => Number(a >= b),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  "&&": (a, b) => Number(a !== 0 && b !== 0),
  OR: (a, b) => Number(a !== 0 || b !== 0),
  "||": (a, b) => Number(a !== 0 || b !== 0),
};

function ofSeries(left: TimeSeries, right: TimeSeries, compute: Compute): TimeSeries {
  const at = momentsOf([left, right]);
  const points = pointsAt(at, (moment) => compute(left.points.get(moment) ?? 0, right.points.get(moment) ?? 0));
  return { label: left.label, period: Math.max(left.period, right.period), points };
}

/** @throws MathError for operands that do not go together. */
export function applied(operator: string, left: Value, right: Value): Value {
  const compute = OPERATORS[operator];
  if (!compute) throw new MathError(`Invalid syntax: unknown operator ${operator}`);
  if (left.kind === "scalar" && right.kind === "scalar") return scalar(compute(left.value, right.value));
  if (right.kind === "scalar")
    return perSeries(operator, left, (series) => mapped(series, (value) => compute(value, right.value)));
  if (left.kind === "scalar")
    return perSeries(operator, right, (series) => mapped(series, (value) => compute(left.value, value)));
  if (left.kind === "series" && right.kind === "series") return single(ofSeries(left.series, right.series, compute));
  if (left.kind === "array" && right.kind === "series")
    return array(left.items.map((item) => ofSeries(item, right.series, compute)));
  if (left.kind === "series" && right.kind === "array")
    return array(right.items.map((item) => ofSeries(left.series, item, compute)));
  throw new MathError(`Unsupported operand types for ${operator}: ${kindOf(left)} and ${kindOf(right)}`);
}

export const negated = (value: Value): Value =>
  value.kind === "scalar" ? scalar(-value.value) : perSeries("-", value, (series) => mapped(series, (point) => -point));
