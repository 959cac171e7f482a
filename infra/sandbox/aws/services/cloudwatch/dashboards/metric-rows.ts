import { isRecord } from "../../../wire/values.ts";
import { isStatistic } from "../metrics/statistics.ts";
import { type Json, list, type Message, oneOf, record, text, wrong } from "./checks.ts";

/** The rows of a metric widget: `[Namespace, MetricName, Dim1, Value1, …, {options}]` or `[{expression, …}]`. */
const MOST_ROWS = 500;
const MOST_DIMENSIONS = 30;
const OPTIONS = [
  "color",
  "label",
  "period",
  "stat",
  "visible",
  "yAxis",
  "id",
  "region",
  "accountId",
  "expression",
  "timezone",
];

export const periodMessages = (period: unknown, path: string): Message[] =>
  period === undefined ||
  (typeof period === "number" && ([1, 5, 10, 30].includes(period) || (period > 0 && period % 60 === 0)))
    ? []
    : wrong(path, "Should be 1, 5, 10, 30 or a multiple of 60");

const colorMessages = (color: unknown, path: string): Message[] =>
  color === undefined || (typeof color === "string" && /^#[0-9a-fA-F]{6}$/.test(color))
    ? []
    : wrong(path, "Should be a color as #rrggbb");

function optionMessages(options: Json, path: string): Message[] {
  const { id, stat } = options;
  return [
    ...Object.keys(options)
      .filter((name) => !OPTIONS.includes(name))
      .flatMap((name) => wrong(`${path}/${name}`, `Should NOT have additional properties: ${name}`)),
    ...colorMessages(options.color, `${path}/color`),
    ...periodMessages(options.period, `${path}/period`),
    ...oneOf(options.yAxis, `${path}/yAxis`, ["left", "right"]),
    ...oneOf(options.visible, `${path}/visible`, [true, false]),
    ...(stat === undefined || (typeof stat === "string" && isStatistic(stat))
      ? []
      : wrong(`${path}/stat`, `Unknown statistic: ${String(stat)}`)),
    ...(id === undefined || (typeof id === "string" && /^[a-z][A-Za-z0-9_]*$/.test(id))
      ? []
      : wrong(`${path}/id`, "Should begin with a lower-case letter and hold letters, digits and _")),
  ];
}

/**
 * An object that is no renderer counts as one item of the row too many; that is AWS's own message for options it does
 * not know, e.g. `dimensions`. The names are added, because the count alone has misled many.
 */
function unknownOptions(options: Json, strings: number, path: string): Message[] {
  const names = Object.keys(options).filter((name) => !OPTIONS.includes(name));
  const hint =
    names[0] === "dimensions" ? "; dimensions are given as names and values in the row itself, not as an option" : "";
  return wrong(
    path,
    `Should NOT have more than ${strings} items (unknown option${names.length === 1 ? "" : "s"} ${names.join(", ")}${hint})`,
  );
}

function expressionRow(row: readonly unknown[], path: string): Message[] {
  const options = record(row[0]);
  return [
    ...(row.length === 1 ? [] : wrong(path, "Should NOT have more than 1 items")),
    ...text(options.expression, `${path}/0/expression`),
    ...optionMessages(options, `${path}/0`),
  ];
}

const isShort = (item: unknown): boolean => item === "." || item === "...";

function stringMessages(strings: readonly unknown[], path: string, index: number): Message[] {
  const isShortened = strings.some((item) => item === "...");
  const odd = !isShortened && strings.length % 2 === 1;
  return [
    ...(index === 0 && strings.some(isShort)
      ? wrong(path, 'The first row cannot use "." or "...": there is no row before it')
      : []),
    ...(strings.length >= 2 || isShortened ? [] : wrong(path, "Should NOT have fewer than 2 items")),
    ...(odd && strings.length > 2 ? wrong(path, `Should NOT have more than ${strings.length - 1} items`) : []),
    ...(strings.length <= 2 + 2 * MOST_DIMENSIONS
      ? []
      : wrong(path, `Should NOT have more than ${2 + 2 * MOST_DIMENSIONS} items`)),
    ...strings.flatMap((item, at) => {
      if (typeof item !== "string")
        return wrong(`${path}/${at}`, "Invalid metric field type, only 'String' type is allowed");
      return item === "" ? wrong(`${path}/${at}`, "Should NOT be shorter than 1 characters") : [];
    }),
  ];
}

function rowMessages(row: unknown, path: string, index: number): Message[] {
  if (!Array.isArray(row) || row.length === 0) return wrong(path, "Should be array");
  if (isRecord(row[0])) return expressionRow(row, path);
  const last: unknown = row.at(-1);
  const options = isRecord(last) ? last : undefined;
  const strings: readonly unknown[] = options ? row.slice(0, -1) : row;
  if (options && Object.keys(options).some((name) => !OPTIONS.includes(name)))
    return [...unknownOptions(options, strings.length, path), ...stringMessages(strings, path, index)];
  return [
    ...stringMessages(strings, path, index),
    ...(options ? optionMessages(options, `${path}/${row.length - 1}`) : []),
  ];
}

const optionsOf = (row: unknown): Json => record(list(row).at(-1));

/** Ids that an expression names: words in lower case outside of quotation marks. */
const idsIn = (expression: string): string[] =>
  expression.replace(/'[^']*'|"[^"]*"/g, "").match(/(?<![A-Za-z0-9_.])[a-z][A-Za-z0-9_]*/g) ?? [];

function referenceMessages(rows: readonly unknown[], path: string): Message[] {
  const ids = rows.flatMap((row) => (typeof optionsOf(row).id === "string" ? [String(optionsOf(row).id)] : []));
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const unknown = rows.flatMap((row, index) => {
    const { expression } = optionsOf(row);
    if (typeof expression !== "string" || /^\s*(SEARCH|SELECT)\b/.test(expression)) return [];
    const missing = idsIn(expression).filter((id) => !ids.includes(id));
    return missing.flatMap((id) =>
      wrong(`${path}/${index}`, `The expression refers to the id ${id}, which does not exist`),
    );
  });
  return [...twice.flatMap((id) => wrong(path, `The id ${id} is used twice`)), ...unknown];
}

export function metricRows(metrics: unknown, path: string): Message[] {
  if (!Array.isArray(metrics)) return wrong(path, "Should be array");
  const queries = metrics.filter((row) => /^\s*SELECT\b/i.test(String(optionsOf(row).expression ?? "")));
  return [
    ...(metrics.length <= MOST_ROWS ? [] : wrong(path, `Should NOT have more than ${MOST_ROWS} items`)),
    ...metrics.flatMap((row, index) => rowMessages(row, `${path}/${index}`, index)),
    ...(queries.length <= 1 ? [] : wrong(path, "A widget can have one Metrics Insights query only")),
    ...referenceMessages(metrics, path),
  ];
}
