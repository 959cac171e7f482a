import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataQuery,
  MetricDataResult,
} from "@aws-sdk/client-cloudwatch";
import { AwsError, type ServiceContext } from "../../../kernel.ts";
import { QueryValues } from "../math/queries.ts";
import { MathError } from "../math/tokens.ts";
import type { TimeSeries } from "../math/values.ts";
import { labelOf } from "./labels.ts";
import { orderProblem, periodProblem } from "./periods.ts";
import { readStat, search } from "./reader.ts";
import type { MetricStore } from "./series.ts";
import { statisticOf } from "./statistics.ts";

/** GetMetricData: metrics and expressions over one time range, in pages of data points. */
const MOST_POINTS = 100_800;
const MOST_QUERIES = 500;

/** AWS's code and, for what the sandbox lacks, ours: an expression's error names the expression. */
export function mathFault(error: unknown): unknown {
  if (!(error instanceof MathError)) return error;
  return error.isNotImplemented
    ? new AwsError("NotImplemented", error.message, { status: 501 })
    : new AwsError("ValidationError", error.message);
}

function queryProblems(query: MetricDataQuery, index: number): string[] {
  const { Id = "", Expression, MetricStat, Period } = query;
  const at = `MetricDataQueries[${index}]`;
  return [
    ...(/^[a-z][a-zA-Z0-9_]{0,254}$/.test(Id)
      ? []
      : [`${at}.Id must begin with a lower-case letter and hold letters, digits and _, got ${JSON.stringify(Id)}`]),
    ...((Expression === undefined) === (MetricStat === undefined)
      ? [`${at} needs exactly one of MetricStat and Expression`]
      : []),
    ...(MetricStat ? periodProblem(MetricStat.Period ?? 60, `${at}.MetricStat.Period`) : []),
    ...(Period === undefined ? [] : periodProblem(Period, `${at}.Period`)),
  ];
}

/** Also for the Metrics of an alarm. */
export function queriesProblems(queries: readonly MetricDataQuery[]): string[] {
  const ids = queries.map(({ Id }) => Id);
  return [
    ...(queries.length <= MOST_QUERIES
      ? []
      : [`MetricDataQueries must have at most ${MOST_QUERIES} members, got ${queries.length}`]),
    ...queries.flatMap(queryProblems),
    ...(new Set(ids).size === ids.length ? [] : ["The ids of the queries must differ"]),
  ];
}

function check({ MetricDataQueries = [], StartTime, EndTime, MaxDatapoints }: GetMetricDataCommandInput): void {
  const problems = [
    ...orderProblem({ start: StartTime ?? new Date(0), end: EndTime ?? new Date(0) }),
    ...queriesProblems(MetricDataQueries),
    ...(MaxDatapoints === undefined || (MaxDatapoints >= 1 && MaxDatapoints <= MOST_POINTS)
      ? []
      : [`MaxDatapoints must be between 1 and ${MOST_POINTS}, got ${MaxDatapoints}`]),
  ];
  if (problems.length > 0) throw new AwsError("ValidationError", `${problems.join("; ")}.`);
  for (const { MetricStat } of MetricDataQueries) if (MetricStat) statisticOf(MetricStat.Stat ?? "");
}

interface Whole {
  readonly id: string;
  readonly label: string;
  readonly points: readonly (readonly [at: number, value: number])[];
}

function whole(
  query: MetricDataQuery,
  series: TimeSeries,
  of: { input: GetMetricDataCommandInput; region: string },
): Whole {
  const points = [...series.points];
  if (of.input.ScanBy !== "TimestampAscending") points.reverse();
  const text = query.MetricStat ? (query.Label ?? series.label) : series.label;
  const label = labelOf(text, series, { query, region: of.region, options: of.input.LabelOptions });
  return { id: query.Id ?? "", label, points };
}

function computed(store: MetricStore, input: GetMetricDataCommandInput, region: string): Whole[] {
  const { MetricDataQueries: queries = [], StartTime = new Date(0), EndTime = new Date(0) } = input;
  const range = { start: StartTime, end: EndTime };
  try {
    const values = new QueryValues(queries, {
      read: (stat) => readStat(store, stat, range),
      search: (expression, stat, period) => search(store, expression, { stat, period, ...range }),
      start: StartTime.getTime() / 1000,
      end: EndTime.getTime() / 1000,
    });
    return queries
      .filter(({ ReturnData }) => ReturnData !== false)
      .flatMap((query) => values.seriesOf(query.Id ?? "").map((series) => whole(query, series, { input, region })));
  } catch (error) {
    throw mathFault(error);
  }
}

const tokenOf = (position: number): string => Buffer.from(`points:${position}`).toString("base64url");

function positionOf(token: string | undefined): number {
  if (!token) return 0;
  const position = /^points:(\d+)$/.exec(Buffer.from(token, "base64url").toString())?.[1];
  if (position === undefined) throw new AwsError("InvalidNextToken", "The specified token is not valid.");
  return Number(position);
}

/** Cuts a page of data points out of all results; a result that goes on is `PartialData`. */
function paged(results: readonly Whole[], from: number, most: number): { page: MetricDataResult[]; next?: string } {
  const page: MetricDataResult[] = [];
  let [skip, room] = [from, most];
  for (const { id, label, points } of results) {
    const start = Math.min(skip, points.length);
    skip -= start;
    if (points.length > 0 && start === points.length && from > 0) continue;
    if (room === 0 && points.length > 0) return { page, next: tokenOf(from + most) };
    const shown = points.slice(start, start + room);
    room -= shown.length;
    page.push({
      Id: id,
      Label: label,
      StatusCode: start + shown.length < points.length ? "PartialData" : "Complete",
      Timestamps: shown.map(([at]) => new Date(at * 1000)),
      Values: shown.map(([, value]) => value),
    });
  }
  const total = results.reduce((sum, { points }) => sum + points.length, 0);
  return from + most < total ? { page, next: tokenOf(from + most) } : { page };
}

export function getMetricData(
  store: MetricStore,
  input: GetMetricDataCommandInput,
  { region }: ServiceContext,
): Omit<GetMetricDataCommandOutput, "$metadata"> {
  check(input);
  const results = computed(store, input, region);
  const { page, next } = paged(results, positionOf(input.NextToken), input.MaxDatapoints ?? MOST_POINTS);
  return { MetricDataResults: page, Messages: [], NextToken: next };
}
