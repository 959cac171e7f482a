import type { MetricDatum, PutMetricDataCommandInput, StandardUnit } from "@aws-sdk/client-cloudwatch";
import { isRecord } from "../../wire/values.ts";

/** CloudWatch's embedded metric format: a JSON log line whose `_aws` member says which of its members are metrics. */
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const numbersIn = (value: unknown): number[] =>
  list(Array.isArray(value) ? value : [value]).filter((item) => typeof item === "number");

function datum(line: Record<string, unknown>, definition: unknown, names: readonly string[], at: Date): MetricDatum[] {
  if (!isRecord(definition) || typeof definition.Name !== "string") return [];
  const Values = numbersIn(line[definition.Name]);
  if (Values.length === 0) return [];
  const Dimensions = names.map((Name) => ({ Name, Value: String(line[Name]) }));
  const Unit = typeof definition.Unit === "string" ? (definition.Unit as StandardUnit) : undefined;
  const StorageResolution = definition.StorageResolution === 1 ? 1 : 60;
  return [{ MetricName: definition.Name, Dimensions, Timestamp: at, Values, Unit, StorageResolution }];
}

function fromDirective(line: Record<string, unknown>, directive: unknown, at: Date): PutMetricDataCommandInput[] {
  if (!isRecord(directive) || typeof directive.Namespace !== "string") return [];
  const sets = list(directive.Dimensions).map((names) =>
    list(names).filter((name): name is string => typeof name === "string"),
  );
  const MetricData = (sets.length > 0 ? sets : [[]])
    .filter((names) => names.every((name) => line[name] !== undefined))
    .flatMap((names) => list(directive.Metrics).flatMap((definition) => datum(line, definition, names, at)));
  return MetricData.length > 0 ? [{ Namespace: directive.Namespace, MetricData }] : [];
}

/** The metrics in a log line; none for any other line. */
export function embeddedMetrics(message: string): PutMetricDataCommandInput[] {
  if (!message.startsWith("{") || !message.includes('"_aws"')) return [];
  try {
    const line: unknown = JSON.parse(message);
    if (!isRecord(line) || !isRecord(line._aws)) return [];
    const { Timestamp, CloudWatchMetrics } = line._aws;
    if (typeof Timestamp !== "number") return [];
    return list(CloudWatchMetrics).flatMap((directive) => fromDirective(line, directive, new Date(Timestamp)));
  } catch {
    return [];
  }
}

/** One call per namespace for a whole batch of lines. */
export function embeddedMetricsOf(messages: readonly string[]): PutMetricDataCommandInput[] {
  const byNamespace = new Map<string, MetricDatum[]>();
  for (const { Namespace = "", MetricData = [] } of messages.flatMap(embeddedMetrics))
    byNamespace.set(Namespace, [...(byNamespace.get(Namespace) ?? []), ...MetricData]);
  return [...byNamespace].map(([Namespace, MetricData]) => ({ Namespace, MetricData }));
}
