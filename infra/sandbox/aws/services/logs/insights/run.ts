import type { Command } from "./commands.ts";
import { ofGroup, ofRow } from "./expression.ts";
import { isTrue, order, type Row, textOf, type Value } from "./values.ts";

/** Runs a query's commands over log lines. Pure. */
export interface Result {
  /** Columns and their texts; a column without a value is left out. */
  readonly rows: readonly (readonly { readonly field: string; readonly value: string }[])[];
  /** Lines that got through the filters, before rows were aggregated or cut off. */
  readonly matched: number;
}

interface State {
  readonly rows: readonly Row[];
  /** Columns to show; `undefined` until a command names some. */
  readonly shown: readonly string[] | undefined;
  readonly isAggregated: boolean;
  readonly matched: number;
}

const DEFAULT_COLUMNS = ["@timestamp", "@message"];
const DEFAULT_LIMIT = 10_000;

const withValues = (row: Row, values: Iterable<readonly [string, Value]>): Row => new Map([...row, ...values]);

type Of<K extends Command["kind"]> = Extract<Command, { kind: K }>;

function fields(state: State, { kind, columns }: Of<"fields" | "display">): State {
  const rows = state.rows.map((row) =>
    withValues(
      row,
      columns.map(({ name, expression }) => [name, ofRow(expression, row)] as const),
    ),
  );
  const names = columns.map(({ name }) => name);
  const shown = kind === "display" ? names : [...new Set([...(state.shown ?? []), ...names])];
  return { ...state, rows, shown };
}

function parse(state: State, { field, pattern, names }: Of<"parse">): State {
  const rows = state.rows.map((row) => {
    const found = pattern.exec(textOf(row.get(field)) ?? "");
    if (!found) return row;
    return withValues(
      row,
      names.map((name, index) => [name, found.groups?.[name] ?? found[index + 1]] as const),
    );
  });
  return { ...state, rows };
}

function stats(state: State, { columns, by }: Of<"stats">): State {
  const groups = new Map<string, { readonly keys: readonly Value[]; readonly rows: Row[] }>();
  for (const row of state.rows) {
    const keys = by.map(({ expression }) => ofRow(expression, row));
    const id = JSON.stringify(keys.map((key) => textOf(key) ?? null));
    const group = groups.get(id) ?? { keys, rows: [] };
    groups.set(id, group);
    group.rows.push(row);
  }
  const rows = [...groups.values()].map(
    (group) =>
      new Map<string, Value>([
        ...by.map(({ name }, index) => [name, group.keys[index]] as const),
        ...columns.map(({ name, expression }) => [name, ofGroup(expression, group.rows)] as const),
      ]),
  );
  return { ...state, rows, shown: [...by, ...columns].map(({ name }) => name), isAggregated: true };
}

function sort(state: State, { keys }: Of<"sort">): State {
  const ranked = state.rows.map((row) => ({ row, values: keys.map(({ expression }) => ofRow(expression, row)) }));
  ranked.sort((a, b) => {
    for (const [index, { isDescending }] of keys.entries()) {
      const sign = order(a.values[index], b.values[index]);
      if (sign !== 0) return isDescending ? -sign : sign;
    }
    return 0;
  });
  return { ...state, rows: ranked.map(({ row }) => row) };
}

/** The first line of each combination stays; a line that lacks one of the fields is nobody's duplicate. */
function dedup(state: State, { fields: names }: Of<"dedup">): State {
  const seen = new Set<string>();
  const rows = state.rows.filter((row) => {
    const values = names.map((name) => textOf(row.get(name)));
    if (values.includes(undefined)) return true;
    const id = JSON.stringify(values);
    const isNew = !seen.has(id);
    seen.add(id);
    return isNew;
  });
  return { ...state, rows };
}

function filter(state: State, { condition }: Of<"filter">): State {
  const rows = state.rows.filter((row) => isTrue(ofRow(condition, row)));
  return { ...state, rows, matched: state.isAggregated ? state.matched : rows.length };
}

function apply(state: State, command: Command): State {
  switch (command.kind) {
    case "fields":
    case "display":
      return fields(state, command);
    case "filter":
      return filter(state, command);
    case "parse":
      return parse(state, command);
    case "stats":
      return stats(state, command);
    case "sort":
      return sort(state, command);
    case "dedup":
      return dedup(state, command);
    case "limit":
      return { ...state, rows: state.rows.slice(0, command.count) };
  }
}

/** @param rows newest first, which is the order without `sort`. */
export function runQuery(commands: readonly Command[], rows: readonly Row[], limit = DEFAULT_LIMIT): Result {
  const end = commands.reduce(apply, { rows, shown: undefined, isAggregated: false, matched: rows.length } as State);
  const columns = [...(end.shown ?? DEFAULT_COLUMNS), ...(end.isAggregated ? [] : ["@ptr"])];
  const shown = end.rows.slice(0, limit).map((row) =>
    columns.flatMap((field) => {
      const value = textOf(row.get(field));
      return value === undefined ? [] : [{ field, value }];
    }),
  );
  return { rows: shown, matched: end.matched };
}
