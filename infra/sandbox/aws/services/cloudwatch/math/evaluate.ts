import { aggregated, isAggregate } from "./aggregate.ts";
import { arrayFunction, arrayFunctions, isArrayFunction, sorted } from "./array-functions.ts";
import { chosen } from "./choice.ts";
import { applied, negated } from "./operators.ts";
import type { Node } from "./parse.ts";
import { type Filler, filled, seriesFunction, seriesFunctions } from "./series-functions.ts";
import { MathError } from "./tokens.ts";
import {
  array,
  type Grid,
  itemsIn,
  moments,
  numberIn,
  perSeries,
  scalar,
  seriesIn,
  single,
  type TimeSeries,
  type Value,
} from "./values.ts";

/** What an expression may refer to. */
export interface Scope {
  readonly grid: Grid;
  /** The value of another query. @throws MathError when there is none of this id. */
  readonly valueOf: (id: string) => Value;
  /** The metrics (not the expressions) of the request, with their ids. */
  readonly metrics: () => readonly { readonly id: string; readonly series: TimeSeries }[];
  readonly search: (expression: string, statistic: string, period: number) => readonly TimeSeries[];
}

/** Functions that AWS has and the sandbox does not: refused by name, never ignored. */
const ABSENT = ["ANOMALY_DETECTION_BAND", "INSIGHT_RULE_METRIC", "SERVICE_QUOTA", "DB_PERF_INSIGHTS", "LAMBDA"];

type Args = readonly Node[];
type Evaluate = (node: Node) => Value;

function word(node: Node | undefined): string | undefined {
  return node?.kind === "call" && node.args === undefined ? node.name : undefined;
}

const optional = (node: Node | undefined, evaluate: Evaluate): Value | undefined => node && evaluate(node);

function textIn(name: string, node: Node | undefined): string {
  if (node?.kind === "text") return node.value;
  throw new MathError(`${name} needs a text in quotation marks`);
}

function metricsOf([filter]: Args, { metrics }: Scope): Value {
  const contains = filter === undefined ? "" : textIn("METRICS", filter);
  return array(metrics().flatMap(({ id, series }) => (id.includes(contains) ? [series] : [])));
}

function fill([target, filler]: Args, evaluate: Evaluate, { grid }: Scope): Value {
  if (!target || !filler) throw new MathError("FILL needs a time series and what to fill it with");
  const named = word(filler);
  const by: Filler = named === "REPEAT" || named === "LINEAR" ? { word: named } : { value: evaluate(filler) };
  return perSeries("FILL", evaluate(target), (series) => filled(series, by, grid));
}

function sort([target, by, order, limit]: Args, evaluate: Evaluate): Value {
  const items = itemsIn("SORT", optional(target, evaluate));
  const most = limit && numberIn("SORT", evaluate(limit));
  return sorted(items, word(by) ?? "(nothing)", word(order) ?? "(nothing)", most);
}

function period([target]: Args, scope: Scope): Value {
  if (target?.kind !== "id") throw new MathError("PERIOD needs the id of a metric");
  return scalar(seriesIn("PERIOD", scope.valueOf(target.name)).period);
}

function timeSeries([value]: Args, evaluate: Evaluate, { grid }: Scope): Value {
  const constant = numberIn("TIME_SERIES", optional(value, evaluate));
  const at = Number.isFinite(constant) ? moments(grid) : [];
  return single({ label: "TIME_SERIES", period: grid.period, points: new Map(at.map((moment) => [moment, constant])) });
}

function search([expression, statistic, given]: Args, evaluate: Evaluate, { search: find, grid }: Scope): Value {
  const seconds = given === undefined ? grid.period : numberIn("SEARCH", evaluate(given));
  return array(find(textIn("SEARCH", expression), statistic ? textIn("SEARCH", statistic) : "Average", seconds));
}

/** Functions whose arguments are not simply values, or that need the grid or the request. */
const SPECIAL: Readonly<Record<string, (args: Args, evaluate: Evaluate, scope: Scope) => Value>> = {
  METRICS: (args, _evaluate, scope) => metricsOf(args, scope),
  FILL: fill,
  SORT: sort,
  PERIOD: (args, _evaluate, scope) => period(args, scope),
  TIME_SERIES: timeSeries,
  SEARCH: search,
  IF: ([condition, yes, no], evaluate) =>
    chosen(optional(condition, evaluate), optional(yes, evaluate), optional(no, evaluate)),
};

export const functionNames: readonly string[] = [
  ...Object.keys(SPECIAL),
  ...seriesFunctions,
  ...arrayFunctions,
  ...["SUM", "AVG", "MIN", "MAX", "STDDEV", "DATAPOINT_COUNT"],
].sort();

function called(name: string, args: Args, evaluate: Evaluate, scope: Scope): Value {
  if (ABSENT.includes(name))
    throw new MathError(`Function '${name}' is not implemented by the sandbox`, { isNotImplemented: true });
  const special = Object.hasOwn(SPECIAL, name) ? SPECIAL[name] : undefined;
  if (special) return special(args, evaluate, scope);
  const values = args.map(evaluate);
  if (isAggregate(name)) return aggregated(name, values[0], scope.grid);
  if (isArrayFunction(name))
    return arrayFunction(
      name,
      values[0],
      values.slice(1).map((value) => numberIn(name, value)),
    );
  const result = seriesFunction(name, values[0], scope.grid);
  if (!result) throw new MathError(`Function '${name}' not found`);
  return result;
}

/** A list joins its members: `[m1, METRICS("errors")]`. */
function listed(items: Args, evaluate: Evaluate): Value {
  return array(items.flatMap((item) => [...itemsIn("[…]", evaluate(item))]));
}

/** @throws MathError */
export function evaluateNode(node: Node, scope: Scope): Value {
  const evaluate = (inner: Node): Value => evaluateNode(inner, scope);
  switch (node.kind) {
    case "number":
      return scalar(node.value);
    case "id":
      return scope.valueOf(node.name);
    case "list":
      return listed(node.items, evaluate);
    case "negate":
      return negated(evaluate(node.operand));
    case "binary":
      return applied(node.operator, evaluate(node.left), evaluate(node.right));
    case "text":
      throw new MathError(`Invalid syntax: the text "${node.value}" stands where a value is needed`);
    case "call":
      if (!node.args) throw new MathError(`Invalid syntax: ${node.name} needs parentheses, or an id in lower case`);
      return called(node.name, node.args, evaluate, scope);
  }
}
