import { AwsError } from "../../kernel.ts";
import { isRecord } from "../../wire/values.ts";

/** CloudWatch Logs' filter patterns: terms, phrases, regular expressions, and conditions on JSON lines. */
export type Matcher = (message: string) => boolean;

const invalid = (text: string): AwsError =>
  new AwsError("InvalidParameterException", `Invalid filter pattern: ${text}`);

interface Term {
  readonly kind: "all" | "any" | "none";
  readonly matches: Matcher;
}

function expression(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw invalid(`%${source}% is no regular expression`);
  }
}

function termOf(token: string): Term {
  const kind = token.startsWith("?") ? "any" : token.startsWith("-") ? "none" : "all";
  const bare = kind === "all" ? token : token.slice(1);
  const regex = /^%(.*)%$/s.exec(bare)?.[1];
  if (regex !== undefined) {
    const pattern = expression(regex);
    return { kind, matches: (message) => pattern.test(message) };
  }
  const text = bare.startsWith('"') ? bare.slice(1, -1).replace(/\\(["\\])/g, "$1") : bare;
  return { kind, matches: (message) => message.includes(text) };
}

/** Terms are all required, except those with `?` (any of them) and `-` (none of them). */
function terms(pattern: string): Matcher {
  const tokens = pattern.match(/[?-]?"(?:[^"\\]|\\.)*"|[?-]?%[^%]*%|\S+/g) ?? [];
  const parsed = tokens.map(termOf);
  const [all, any, none] = (["all", "any", "none"] as const).map((kind) => parsed.filter((term) => term.kind === kind));
  return (message) => {
    const holds = (term: Term) => term.matches(message);
    if (none?.some(holds)) return false;
    const required = (all ?? []).every(holds);
    return (any ?? []).length === 0 ? required : (any ?? []).some(holds) || ((all ?? []).length > 0 && required);
  };
}

type Condition = (line: unknown) => boolean;

function at(line: unknown, path: readonly string[]): unknown {
  let value = line;
  for (const name of path) {
    if (Array.isArray(value)) value = value[Number(name)];
    else value = isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

const wildcard = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*")}$`, "s");

function equality(wanted: string): (value: unknown) => boolean {
  const quoted = /^"(.*)"$/s.exec(wanted)?.[1];
  const text = quoted ?? wanted;
  if (quoted === undefined && /^(true|false)$/i.test(wanted)) return (value) => String(value) === wanted.toLowerCase();
  if (quoted === undefined && Number.isFinite(Number(wanted)))
    return (value) => typeof value === "number" && value === Number(wanted);
  return text.includes("*")
    ? (value) => typeof value === "string" && wildcard(text).test(value)
    : (value) => value === text;
}

const orders: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
};

function comparison(operator: string, wanted: string): (value: unknown) => boolean {
  if (operator === "=") return equality(wanted);
  if (operator === "!=") return (value) => value !== undefined && !equality(wanted)(value);
  const order = orders[operator];
  const limit = Number(wanted);
  if (!order || !Number.isFinite(limit)) throw invalid(`${operator} needs a number, got ${wanted}`);
  return (value) => typeof value === "number" && order(value, limit);
}

/** `$.a.b[0] = "x"`, `$.n >= 5`, `$.a IS NULL`, `$.a NOT EXISTS`. */
function conditionOf(text: string): Condition {
  const found =
    /^\$((?:\.[\w-]+|\[\d+\])+)\s*(=|!=|>=|<=|>|<|IS\s+NULL|IS\s+TRUE|IS\s+FALSE|NOT\s+EXISTS|EXISTS)\s*(.*)$/is.exec(
      text.trim(),
    );
  if (!found)
    throw invalid(`the sandbox does not understand ${JSON.stringify(text.trim())} (parentheses are not implemented)`);
  const path = (found[1] ?? "").match(/[\w-]+/g) ?? [];
  const operator = (found[2] ?? "").toUpperCase().replace(/\s+/g, " ");
  if (operator === "IS NULL") return (line) => at(line, path) === null;
  if (operator === "IS TRUE") return (line) => at(line, path) === true;
  if (operator === "IS FALSE") return (line) => at(line, path) === false;
  if (operator === "NOT EXISTS") return (line) => at(line, path) === undefined;
  if (operator === "EXISTS") return (line) => at(line, path) !== undefined;
  const compare = comparison(operator, (found[3] ?? "").trim());
  return (line) => compare(at(line, path));
}

/** Splits at an operator that stands outside quotation marks. */
function split(text: string, operator: "&&" | "||"): string[] {
  const parts: string[] = [];
  let [start, quoted] = [0, false];
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '"') quoted = !quoted;
    if (quoted || !text.startsWith(operator, index)) continue;
    parts.push(text.slice(start, index));
    start = index + operator.length;
    index++;
  }
  return [...parts, text.slice(start)];
}

function json(body: string): Matcher {
  const alternatives = split(body, "||").map((alternative) => split(alternative, "&&").map(conditionOf));
  return (message) => {
    if (!message.trimStart().startsWith("{")) return false;
    try {
      const line: unknown = JSON.parse(message);
      return alternatives.some((conditions) => conditions.every((condition) => condition(line)));
    } catch {
      return false;
    }
  };
}

/** @throws AwsError InvalidParameterException for a pattern that the sandbox does not understand; it never guesses. */
export function matcherOf(pattern: string | undefined): Matcher {
  const text = (pattern ?? "").trim();
  if (text === "") return () => true;
  if (text.startsWith("{") && text.endsWith("}")) return json(text.slice(1, -1));
  if (text.startsWith("["))
    throw invalid("patterns for space-delimited fields ([...]) are not implemented by the sandbox");
  return terms(text);
}
