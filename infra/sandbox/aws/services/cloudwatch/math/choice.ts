import { MathError } from "./tokens.ts";
import { mapped, pointsAt, single, type TimeSeries, type Value } from "./values.ts";

/** IF(condition, then, else): the tables of the CloudWatch user guide, "Using IF expressions". */
function branch(name: string, value: Value | undefined): ((at: number) => number | undefined) | undefined {
  if (!value) return undefined;
  if (value.kind === "scalar") return () => value.value;
  if (value.kind === "series") return (at) => value.series.points.get(at);
  throw new MathError(`IF: the ${name} value must be a scalar or a time series, not an array`);
}

function chosenOnce(condition: number, yes: Value, no: Value | undefined): Value {
  const chosen = condition !== 0 ? yes : no;
  if (yes.kind !== "series" && no?.kind !== "series")
    throw new MathError("IF with a scalar condition needs a time series as one of its values");
  const shape = yes.kind === "series" ? yes.series : no?.kind === "series" ? no.series : undefined;
  const empty: TimeSeries = { label: "IF", period: 60, points: new Map() };
  if (!chosen) return single({ ...(shape ?? empty), points: new Map() });
  if (chosen.kind === "scalar") return single(mapped(shape ?? empty, () => chosen.value));
  return chosen;
}

/** Where the condition holds and `yes` has no data point there is a 0; where it does not and `no` has none, nothing. */
export function chosen(condition: Value | undefined, yes: Value | undefined, no: Value | undefined): Value {
  if (!condition || !yes) throw new MathError("IF needs a condition and a value");
  if (condition.kind === "array")
    throw new MathError("IF needs a time series or a scalar as its condition, not an array");
  const [then, otherwise] = [branch("true", yes), branch("false", no)];
  if (condition.kind === "scalar") return chosenOnce(condition.value, yes, no);
  const { series } = condition;
  const points = pointsAt([...series.points.keys()], (at) =>
    series.points.get(at) !== 0 ? (then?.(at) ?? 0) : otherwise?.(at),
  );
  return single({ ...series, label: "IF", points });
}
