import type { LabelOptions, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { TimeSeries } from "../math/values.ts";

/** Dynamic labels: `${MAX}`, `${LAST_TIME}`, `${PROP('Dim.Agent')}` and so on become what they stand for. */
type Point = readonly [at: number, value: number];

const number = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? "" : String(Number(value.toPrecision(6)));

/** @param zone "+0130" or "-0800". */
function time(at: number | undefined, zone: string): string {
  if (at === undefined) return "";
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === "-" ? -1 : 1);
  const text = new Date((at + offset * 60) * 1000).toISOString().replace(/\.\d+Z$/, "");
  return `${text}${offset === 0 ? "Z" : zone.replace(/^([+-]\d{2}):?(\d{2})$/, "$1:$2")}`;
}

function extreme(points: readonly Point[], better: (a: number, b: number) => boolean): Point | undefined {
  return points.reduce<Point | undefined>(
    (best, point) => (!best || better(point[1], best[1]) ? point : best),
    undefined,
  );
}

function ofPoints(points: readonly Point[]): Readonly<Record<string, Point | undefined>> {
  return {
    MAX: extreme(points, (a, b) => a > b),
    MIN: extreme(points, (a, b) => a < b),
    FIRST: points[0],
    LAST: points.at(-1),
  };
}

function property(name: string, { MetricStat }: MetricDataQuery, region: string): string | undefined {
  const dimension = /^Dim\.(.+)$/.exec(name)?.[1];
  if (dimension !== undefined) return MetricStat?.Metric?.Dimensions?.find(({ Name }) => Name === dimension)?.Value;
  const properties: Readonly<Record<string, string | undefined>> = {
    MetricName: MetricStat?.Metric?.MetricName,
    Namespace: MetricStat?.Metric?.Namespace,
    Period: MetricStat?.Period?.toString(),
    Stat: MetricStat?.Stat,
    Region: region,
  };
  return properties[name];
}

/** What AWS does not document stays as it is written. */
export function labelOf(
  text: string,
  series: TimeSeries,
  of: { readonly query: MetricDataQuery; readonly region: string; readonly options: LabelOptions | undefined },
): string {
  if (!text.includes("${")) return text;
  const points = [...series.points];
  const extremes = ofPoints(points);
  const zone = of.options?.Timezone ?? "+0000";
  const total = points.reduce((sum, [, value]) => sum + value, 0);
  const values: Readonly<Record<string, string>> = {
    LABEL: series.label,
    SUM: number(total),
    AVG: points.length > 0 ? number(total / points.length) : "",
    DATAPOINT_COUNT: String(points.length),
  };
  return text.replace(/\$\{(?:PROP\('([^']*)'\)|([A-Z_]+?)(_TIME(?:_RELATIVE)?)?)\}/g, (whole, prop, name, suffix) => {
    if (prop !== undefined) return property(prop, of.query, of.region) ?? whole;
    if (suffix === "_TIME" && name in extremes) return time(extremes[name]?.[0], zone);
    if (suffix) return whole;
    return name in extremes ? number(extremes[name]?.[1]) : (values[name] ?? whole);
  });
}
