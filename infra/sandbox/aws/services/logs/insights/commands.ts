import type { Expression } from "./expression.ts";
import { type Column, parseColumn, parseExpression, parseName, regexOf } from "./parse-expression.ts";
import { TokenReader } from "./reader.ts";
import { malformed, type Token } from "./tokens.ts";

/** A query is a pipeline of commands. */
export type Command =
  | { readonly kind: "fields" | "display"; readonly columns: readonly Column[] }
  | { readonly kind: "filter"; readonly condition: Expression }
  | { readonly kind: "parse"; readonly field: string; readonly pattern: RegExp; readonly names: readonly string[] }
  | { readonly kind: "stats"; readonly columns: readonly Column[]; readonly by: readonly Column[] }
  | {
      readonly kind: "sort";
      readonly keys: readonly { readonly expression: Expression; readonly isDescending: boolean }[];
    }
  | { readonly kind: "limit"; readonly count: number }
  | { readonly kind: "dedup"; readonly fields: readonly string[] };

/** Commands that AWS has and the sandbox does not: refused by name. */
const ABSENT = [
  ...["anomaly", "addtotals", "diff", "fillmissing", "filterindex", "join", "lookup", "pattern"],
  ...["source", "unmask", "unnest", "tail", "head", "cat", "datasource"],
];
const MOST_ROWS = 10_000;
const LONGEST = 10_000;

const columns = (reader: TokenReader): Column[] => reader.list(() => parseColumn(reader));

/** `"user=*, took *"`: each star is the shortest text that fits. */
function globOf(text: string): RegExp {
  const parts = text.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const last = parts.at(-1) === "" ? "(.*)" : "(.*?)";
  return new RegExp(
    parts.map((part, index) => (index === 0 ? part : `${index === parts.length - 1 ? last : "(.*?)"}${part}`)).join(""),
    "s",
  );
}

function namesIn({ text }: Token): string[] {
  return [...text.matchAll(/\(\?<([A-Za-z_]\w*)>/g)].map(([, name = ""]) => name);
}

function parse(reader: TokenReader): Command {
  const field = parseName(reader);
  const regex = reader.accept("regex");
  if (regex) {
    const names = namesIn(regex);
    if (names.length === 0)
      throw malformed("a regular expression in parse needs named groups such as (?<name>…)", regex);
    return { kind: "parse", field, pattern: regexOf(regex), names };
  }
  const glob = reader.expect("text");
  const stars = glob.text.split("*").length - 1;
  reader.expect("word", "as");
  const names = reader.list(() => parseName(reader));
  if (names.length !== stars) throw malformed(`parse has ${stars} * and ${names.length} names`, glob);
  return { kind: "parse", field, pattern: globOf(glob.text), names };
}

function stats(reader: TokenReader): Command {
  const made = reader.list(() => parseColumn(reader, { aggregates: true }));
  const by = reader.accept("word", "by") ? columns(reader) : [];
  return { kind: "stats", columns: made, by };
}

function sort(reader: TokenReader): Command {
  const keys = reader.list(() => {
    // After stats the columns are called as they were written, e.g. `count(*)`: those are aggregates, read as names.
    const { start } = reader.token;
    const expression = parseExpression(reader, { aggregates: true });
    const written = reader.query.slice(start, reader.before);
    const isDescending = reader.accept("word", "desc") !== undefined;
    if (!isDescending) reader.accept("word", "asc");
    const named: Expression = expression.kind === "field" ? expression : { kind: "field", name: written };
    return { expression: isNamed(expression) ? named : expression, isDescending };
  });
  return { kind: "sort", keys };
}

/** Columns of an earlier `stats` or `fields` that are sorted by under the name they were written with. */
const isNamed = (expression: Expression): boolean => expression.kind === "aggregate" || isBin(expression);

const isBin = (expression: Expression): boolean =>
  expression.kind === "call" &&
  expression.name === "datefloor" &&
  expression.args[0]?.kind === "field" &&
  expression.args[0].name === "@timestamp";

function limit(reader: TokenReader): Command {
  const token = reader.expect("number");
  const count = Number(token.text);
  if (!Number.isInteger(count) || count < 1 || count > MOST_ROWS)
    throw malformed(`limit must be between 1 and ${MOST_ROWS}, got ${token.text}`, token);
  return { kind: "limit", count };
}

const READ: Readonly<Record<string, (reader: TokenReader) => Command>> = {
  fields: (reader) => ({ kind: "fields", columns: columns(reader) }),
  display: (reader) => ({ kind: "display", columns: columns(reader) }),
  filter: (reader) => ({ kind: "filter", condition: parseExpression(reader) }),
  dedup: (reader) => ({ kind: "dedup", fields: reader.list(() => parseName(reader)) }),
  parse,
  stats,
  sort,
  limit,
};

function command(reader: TokenReader, before: Command | undefined): Command {
  const word = reader.expect("word");
  const name = word.text.toLowerCase();
  if (ABSENT.includes(name)) throw malformed(`the command ${word.text} is not implemented by the sandbox`, word);
  const read = Object.hasOwn(READ, name) ? READ[name] : undefined;
  // AWS: only limit may follow dedup.
  if (!read || (before?.kind === "dedup" && name !== "limit"))
    throw malformed(`unexpected symbol found ${word.text}`, word);
  return read(reader);
}

/** @throws AwsError MalformedQueryException with the position */
export function parseQuery(query: string): Command[] {
  if (query.length > LONGEST)
    throw malformed(`the query is longer than ${LONGEST} characters`, { start: LONGEST, end: query.length });
  const reader = new TokenReader(query);
  const commands: Command[] = [];
  reader.accept("operator", "|");
  do commands.push(command(reader, commands.at(-1)));
  while (reader.accept("operator", "|"));
  if (!reader.is("end")) throw reader.unexpected();
  return commands;
}
