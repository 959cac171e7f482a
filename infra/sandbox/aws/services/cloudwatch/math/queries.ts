import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { evaluateNode, type Scope } from "./evaluate.ts";
import { idsIn, type Node, parseExpression } from "./parse.ts";
import { MathError } from "./tokens.ts";
import { array, type Grid, kindOf, single, type TimeSeries, type Value } from "./values.ts";

/** A set of queries that refer to each other, as in GetMetricData and in an alarm. */
export type MetricStat = NonNullable<MetricDataQuery["MetricStat"]>;

export interface Source {
  /** The data points of a metric; its label is the metric's. */
  readonly read: (stat: MetricStat) => TimeSeries;
  readonly search: Scope["search"];
  /** Seconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** Second at which periods begin; multiples of their length by default. */
  readonly anchor?: number;
}

const DEFAULT_PERIOD = 60;

/** An error of one query, with its id. @param at the id */
export class QueryError extends MathError {
  constructor(at: string, cause: MathError) {
    super(`Error in expression '${at}': ${cause.message}`, { isNotImplemented: cause.isNotImplemented });
  }
}

const within = <T>(id: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw error instanceof MathError && !(error instanceof QueryError) ? new QueryError(id, error) : error;
  }
};

interface Parsed {
  readonly query: MetricDataQuery;
  readonly node: Node | undefined;
}

const parse = (queries: readonly MetricDataQuery[]): Map<string, Parsed> =>
  new Map(
    queries.map((query) => {
      const { Id = "", Expression } = query;
      return [
        Id,
        { query, node: Expression === undefined ? undefined : within(Id, () => parseExpression(Expression)) },
      ];
    }),
  );

/** Ids that do not exist, and expressions that refer to themselves. @throws MathError */
export function checkReferences(queries: readonly MetricDataQuery[]): void {
  const parsed = parse(queries);
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id)) throw new QueryError(id, new MathError(`it refers to itself: ${[...path, id].join(" → ")}`));
    if (done.has(id)) return;
    for (const name of parsed.get(id)?.node ? idsIn(parsed.get(id)?.node as Node) : []) {
      if (!parsed.has(name)) throw new QueryError(id, new MathError(`there is no query with the id ${name}`));
      visit(name, [...path, id]);
    }
    done.add(id);
  };
  for (const id of parsed.keys()) visit(id, []);
}

/** Values of the queries, each computed once, on demand. */
export class QueryValues {
  readonly #parsed: ReadonlyMap<string, Parsed>;
  readonly #source: Source;
  readonly #values = new Map<string, Value>();

  /** @throws MathError when the queries do not fit together. */
  constructor(queries: readonly MetricDataQuery[], source: Source) {
    checkReferences(queries);
    this.#parsed = parse(queries);
    this.#source = source;
  }

  of(id: string): Value {
    const known = this.#values.get(id);
    if (known) return known;
    const found = this.#parsed.get(id);
    if (!found) throw new MathError(`there is no query with the id ${id}`);
    const value = within(id, () => this.#compute(found));
    this.#values.set(id, value);
    return value;
  }

  /** The series of a query's final result. @throws MathError for a scalar. */
  seriesOf(id: string): readonly TimeSeries[] {
    const value = this.of(id);
    if (value.kind === "series") return [value.series];
    if (value.kind === "array") return value.items;
    throw new QueryError(id, new MathError(`the result must be a time series, not ${kindOf(value)}`));
  }

  #compute({ query, node }: Parsed): Value {
    if (query.MetricStat) return single(this.#source.read(query.MetricStat));
    if (!node) throw new MathError("it has neither MetricStat nor Expression");
    const grid = this.#gridOf(query, node);
    return named(
      query,
      evaluateNode(node, {
        grid,
        valueOf: (id) => this.of(id),
        metrics: () => this.#metrics(),
        search: this.#source.search,
      }),
    );
  }

  #metrics(): { id: string; series: TimeSeries }[] {
    return [...this.#parsed].flatMap(([id, { query }]) => {
      const value = query.MetricStat ? this.of(id) : undefined;
      return value?.kind === "series" ? [{ id, series: value.series }] : [];
    });
  }

  /** The expression's own period, else the longest of the metrics that it refers to, else a minute. */
  #gridOf({ Period }: MetricDataQuery, node: Node): Grid {
    const period = Period ?? this.#periodsOf(node, new Set()).sort((a, b) => b - a)[0] ?? DEFAULT_PERIOD;
    const { start, end, anchor = 0 } = this.#source;
    return { start: start - ((((start - anchor) % period) + period) % period), end, period };
  }

  #periodsOf(node: Node, seen: Set<string>): number[] {
    const ids = idsIn(node);
    const all = usesMetrics(node) ? [...this.#parsed.keys()] : ids;
    return all.flatMap((id) => {
      if (seen.has(id)) return [];
      seen.add(id);
      const found = this.#parsed.get(id);
      if (found?.query.MetricStat) return [found.query.MetricStat.Period ?? DEFAULT_PERIOD];
      return found?.node ? (found.query.Period ?? this.#periodsOf(found.node, seen)) : [];
    });
  }
}

function usesMetrics(node: Node): boolean {
  if (node.kind === "call") return node.name === "METRICS" || (node.args ?? []).some(usesMetrics);
  if (node.kind === "binary") return usesMetrics(node.left) || usesMetrics(node.right);
  if (node.kind === "negate") return usesMetrics(node.operand);
  return node.kind === "list" && node.items.some(usesMetrics);
}

/** A single result has the expression's label; each of several has it before its own. */
function named({ Id = "", Label }: MetricDataQuery, value: Value): Value {
  if (value.kind === "series") return single({ ...value.series, label: Label ?? Id });
  if (value.kind !== "array") return value;
  const prefix = Label ?? Id;
  return array(value.items.map((item) => ({ ...item, label: `${prefix} ${item.label}`.trim() })));
}
