import type { MetricDatum, StandardUnit } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogs, MetricFilter, MetricTransformation } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError, type Collection, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { groupOf, invalidParameter, type LogStore } from "./model.ts";
import { type Pattern, patternOf } from "./pattern/pattern.ts";

/** Metric filters: lines that match a pattern become data points as they arrive. */
interface StoredFilter extends MetricFilter {
  filterName: string;
  logGroupName: string;
}

const MOST_PER_GROUP = 100;
const MOST_DIMENSIONS = 3;
const MOST_TESTED = 50;

const keyOf = (group: string, name: string): string => `${group}:${name}`;

export interface Line {
  readonly timestamp: number;
  readonly message: string;
}

function transformationProblems(transformation: MetricTransformation, pattern: Pattern): string[] {
  const { metricName = "", metricNamespace = "", metricValue = "", defaultValue, dimensions = {} } = transformation;
  const names = Object.keys(dimensions);
  return [
    ...(/^[^:*$]{1,255}$/.test(metricName) ? [] : ["metricName must have 1 to 255 characters without :, * and $"]),
    ...(/^[^:*$]{1,255}$/.test(metricNamespace)
      ? []
      : ["metricNamespace must have 1 to 255 characters without :, * and $"]),
    ...(metricNamespace.startsWith("AWS/") ? ["metricNamespace must not begin with AWS/"] : []),
    ...(metricValue.startsWith("$") || Number.isFinite(Number(metricValue || "x"))
      ? []
      : [`metricValue must be a number or a field such as $.latency, got ${metricValue}`]),
    ...(names.length <= MOST_DIMENSIONS ? [] : [`a metric filter may have ${MOST_DIMENSIONS} dimensions at most`]),
    ...(names.length > 0 && defaultValue !== undefined
      ? ["a metric filter with dimensions cannot have a defaultValue"]
      : []),
    ...(names.length > 0 && pattern.kind === "text"
      ? ["dimensions need a pattern for JSON or space-delimited lines"]
      : []),
  ];
}

function numberIn(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function dimensionsOf(message: string, pattern: Pattern, { dimensions = {} }: MetricTransformation) {
  const found = Object.entries(dimensions).map(([Name, selector]) => ({
    Name,
    value: pattern.select(message, selector),
  }));
  // A line without one of the fields gives a data point without dimensions (documented for PutMetricFilter).
  if (found.some(({ value }) => value === undefined || value === null || typeof value === "object")) return [];
  return found.map(({ Name, value }) => ({ Name, Value: String(value) }));
}

/** Compiled patterns and the minutes in which a filter has published something. */
export class MetricFilters {
  readonly #stored: Collection<StoredFilter>;
  readonly #store: LogStore;
  readonly #patterns = new Map<string, Pattern>();
  readonly #published = new Map<string, number>();

  constructor(store: LogStore) {
    this.#store = store;
    this.#stored = store.context.state.collection("metricFilters");
  }

  #patternOf(text: string): Pattern {
    const known = this.#patterns.get(text) ?? patternOf(text);
    this.#patterns.set(text, known);
    return known;
  }

  of(group: string): StoredFilter[] {
    return [...this.#stored.values()].filter(({ logGroupName }) => logGroupName === group);
  }

  removeGroup(group: string): void {
    for (const { filterName } of this.of(group)) this.#stored.delete(keyOf(group, filterName));
  }

  /** What a batch of new lines publishes, by namespace. */
  publish(group: string, lines: readonly Line[]): Map<string, MetricDatum[]> {
    const byNamespace = new Map<string, MetricDatum[]>();
    if (this.#stored.size === 0) return byNamespace;
    for (const filter of this.of(group))
      for (const transformation of filter.metricTransformations ?? []) {
        const namespace = transformation.metricNamespace ?? "";
        const data = [...(byNamespace.get(namespace) ?? []), ...this.#data(filter, transformation, lines)];
        byNamespace.set(namespace, data);
      }
    return byNamespace;
  }

  #data(filter: StoredFilter, transformation: MetricTransformation, lines: readonly Line[]): MetricDatum[] {
    const pattern = this.#patternOf(filter.filterPattern ?? "");
    const { metricName: MetricName, metricValue = "", defaultValue } = transformation;
    const unit = { MetricName, Unit: transformation.unit as StandardUnit | undefined };
    const data: MetricDatum[] = [];
    const matched = new Set<number>();
    for (const { timestamp, message } of lines) {
      if (!pattern.matches(message)) continue;
      const value = metricValue.startsWith("$") ? pattern.select(message, metricValue) : metricValue;
      const Value = numberIn(value);
      if (Value === undefined) continue;
      matched.add(Math.floor(timestamp / 60_000));
      const Dimensions = dimensionsOf(message, pattern, transformation);
      data.push({ ...unit, Value, Timestamp: new Date(timestamp), Dimensions });
    }
    const defaults = this.#minutesWithout(filter, lines, matched).map((minute) => new Date(minute * 60_000));
    if (defaultValue === undefined) return data;
    return [...data, ...defaults.map((Timestamp) => ({ ...unit, Value: defaultValue, Timestamp }))];
  }

  /**
   * Minutes with lines of which none matched. A minute gets its default once, however many batches it has; a match
   * that comes later in the same minute is added to it (AWS decides at the end of the minute).
   */
  #minutesWithout({ logGroupName, filterName }: StoredFilter, lines: readonly Line[], matched: ReadonlySet<number>) {
    const key = keyOf(logGroupName, filterName);
    const last = this.#published.get(key) ?? -1;
    const minutes = [...new Set(lines.map(({ timestamp }) => Math.floor(timestamp / 60_000)))];
    this.#published.set(key, Math.max(last, ...minutes));
    return minutes.filter((minute) => minute > last && !matched.has(minute));
  }

  operations(): Operations<CloudWatchLogs> {
    return {
      PutMetricFilter: (input) => {
        this.#put(input);
        return {};
      },
      DescribeMetricFilters: (input) => {
        const { logGroupName, filterNamePrefix = "", metricName, metricNamespace, limit = 50, nextToken } = input;
        if (logGroupName !== undefined) groupOf(this.#store, logGroupName);
        if ((metricName === undefined) !== (metricNamespace === undefined))
          throw invalidParameter("metricName and metricNamespace must be given together.");
        const found = [...this.#stored.values()]
          .filter((filter) => logGroupName === undefined || filter.logGroupName === logGroupName)
          .filter(({ filterName }) => filterName.startsWith(filterNamePrefix))
          .filter(({ metricTransformations = [] }) =>
            metricName === undefined
              ? true
              : metricTransformations.some(
                  (made) => made.metricName === metricName && made.metricNamespace === metricNamespace,
                ),
          )
          .sort((a, b) => (keyOf(a.logGroupName, a.filterName) < keyOf(b.logGroupName, b.filterName) ? -1 : 1));
        const page = pageOf(found, { token: nextToken, limit, invalidToken: "InvalidParameterException" });
        return { metricFilters: page.items, nextToken: page.nextToken };
      },
      DeleteMetricFilter: ({ logGroupName, filterName = "" }) => {
        const key = keyOf(groupOf(this.#store, logGroupName).name, filterName);
        if (!this.#stored.delete(key))
          throw new AwsError("ResourceNotFoundException", "The specified metric filter does not exist.");
        return {};
      },
      TestMetricFilter: ({ filterPattern, logEventMessages = [] }) => {
        if (logEventMessages.length < 1 || logEventMessages.length > MOST_TESTED)
          throw invalidParameter(`logEventMessages must hold 1 to ${MOST_TESTED}, got ${logEventMessages.length}.`);
        const pattern = patternOf(filterPattern);
        const matches = logEventMessages.flatMap((eventMessage, index) =>
          pattern.matches(eventMessage)
            ? [{ eventNumber: index + 1, eventMessage, extractedValues: { ...pattern.extract(eventMessage) } }]
            : [],
        );
        return { matches };
      },
    };
  }

  #put(input: Parameters<NonNullable<Operations<CloudWatchLogs>["PutMetricFilter"]>>[0]): void {
    const { logGroupName, filterName = "", filterPattern = "", metricTransformations = [] } = input;
    const { name: group } = groupOf(this.#store, logGroupName);
    const pattern = patternOf(filterPattern);
    const isNew = !this.#stored.has(keyOf(group, filterName));
    const problems = [
      ...(/^[^:*]{1,512}$/.test(filterName) ? [] : ["filterName must have 1 to 512 characters without : and *"]),
      ...(filterPattern.length <= 1024 ? [] : ["filterPattern must have at most 1024 characters"]),
      ...(metricTransformations.length === 1
        ? []
        : [`metricTransformations must have exactly 1 member, got ${metricTransformations.length}`]),
      ...metricTransformations.flatMap((transformation) => transformationProblems(transformation, pattern)),
    ];
    if (problems.length > 0) throw invalidParameter(`${problems.join("; ")}.`);
    if (isNew && this.of(group).length >= MOST_PER_GROUP)
      throw new AwsError("LimitExceededException", "Resource limit exceeded.");
    this.#stored.set(keyOf(group, filterName), {
      filterName,
      logGroupName: group,
      filterPattern,
      metricTransformations,
      creationTime: this.#store.now(),
    });
  }
}
