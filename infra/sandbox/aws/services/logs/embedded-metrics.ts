import type { MetricDatum, PutMetricDataCommandInput, StandardUnit } from "@aws-sdk/client-cloudwatch";
import { isRecord } from "../../wire/values.ts";

/**
 * CloudWatch's embedded metric format: a JSON log line whose `_aws` member says which of its members are metrics.
 * What the specification does not allow is left out, as CloudWatch does; the line stays a log line.
 */
const MOST_VALUES = 100; // "Embedded metric format specification": values in the array of a metric
const MOST_DIMENSIONS = 30;
const MOST_METRICS = 100;

const UNITS: readonly string[] = [
  ...["Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"],
  ...["Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Percent", "Count", "Count/Second", "None"],
  ...["Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second"],
  ...["Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second"],
];

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const numbersIn = (value: unknown): number[] =>
  list(Array.isArray(value) ? value : [value]).filter(
    (item): item is number => typeof item === "number" && Number.isFinite(item),
  );

const unitOf = (unit: unknown): StandardUnit | undefined =>
  typeof unit === "string" && UNITS.includes(unit) ? (unit as StandardUnit) : undefined;

type Names = readonly string[];

function datum(line: Record<string, unknown>, definition: unknown, names: Names, at: Date): MetricDatum[] {
  if (!isRecord(definition) || typeof definition.Name !== "string" || definition.Name === "") return [];
  const Values = numbersIn(line[definition.Name]);
  if (Values.length === 0 || Values.length > MOST_VALUES) return [];
  const Dimensions = names.map((Name) => ({ Name, Value: String(line[Name]) }));
  const StorageResolution = definition.StorageResolution === 1 ? 1 : 60;
  return [
    {
      MetricName: definition.Name,
      Dimensions,
      Timestamp: at,
      Values,
      Unit: unitOf(definition.Unit),
      StorageResolution,
    },
  ];
}

/** A dimension is a text of the line (numbers and booleans are written as text) that is not empty. */
const isDimension = (value: unknown): boolean =>
  (typeof value === "string" && value !== "") || typeof value === "number" || typeof value === "boolean";

function setsOf(dimensions: unknown): Names[] {
  const sets = list(dimensions).map((names) => list(names).filter((name): name is string => typeof name === "string"));
  return sets.length > 0 ? sets : [[]];
}

function fromDirective(line: Record<string, unknown>, directive: unknown, at: Date): PutMetricDataCommandInput[] {
  if (!isRecord(directive) || typeof directive.Namespace !== "string") return [];
  const definitions = list(directive.Metrics).slice(0, MOST_METRICS);
  const MetricData = setsOf(directive.Dimensions)
    .filter((names) => names.length <= MOST_DIMENSIONS && names.every((name) => isDimension(line[name])))
    .flatMap((names) => definitions.flatMap((definition) => datum(line, definition, names, at)));
  return MetricData.length > 0 ? [{ Namespace: directive.Namespace, MetricData }] : [];
}

/** The metrics in a log line; none for any other line. */
export function embeddedMetrics(message: string): PutMetricDataCommandInput[] {
  if (!message.startsWith("{") || !message.includes('"_aws"')) return [];
  try {
    const line: unknown = JSON.parse(message);
    if (!isRecord(line) || !isRecord(line._aws)) return [];
    const { Timestamp, CloudWatchMetrics } = line._aws;
    if (typeof Timestamp !== "number" || !Number.isFinite(new Date(Timestamp).getTime())) return [];
    return list(CloudWatchMetrics).flatMap((directive) => fromDirective(line, directive, new Date(Timestamp)));
  } catch {
    return [];
  }
}

/** One list of data per namespace for a whole batch of lines. */
export function embeddedMetricsOf(messages: readonly string[]): Map<string, MetricDatum[]> {
  const byNamespace = new Map<string, MetricDatum[]>();
  for (const { Namespace = "", MetricData = [] } of messages.flatMap(embeddedMetrics)) {
    const data = byNamespace.get(Namespace) ?? [];
    byNamespace.set(Namespace, data);
    data.push(...MetricData);
  }
  return byNamespace;
}
