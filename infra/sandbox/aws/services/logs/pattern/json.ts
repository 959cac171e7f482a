import { isRecord } from "../../../wire/values.ts";
import { booleanOf } from "./boolean.ts";
import { comparison, invalidPattern } from "./compare.ts";

/** Patterns for JSON lines: `{ $.level = "error" && ($.status >= 500 || $.path = "/a*") }`. */
const SELECTOR = String.raw`\$(?:\.[\w-]+|\['[^']*'\]|\["[^"]*"\]|\[\d+\])+`;
const CONDITION = new RegExp(
  `^(${SELECTOR})\\s*(!=|>=|<=|=|>|<|IS\\s+NULL|IS\\s+TRUE|IS\\s+FALSE|NOT\\s+EXISTS|EXISTS)\\s*(.*)$`,
  "is",
);

export const isSelector = (text: string): boolean => new RegExp(`^${SELECTOR}$`).test(text);

const pathOf = (selector: string): string[] =>
  [...selector.matchAll(/\.([\w-]+)|\[(?:'([^']*)'|"([^"]*)"|(\d+))\]/g)].map(
    ([, name, single, double, index]) => name ?? single ?? double ?? index ?? "",
  );

/** What stands at `$.a.b[0]`; `undefined` when nothing does. */
export function selected(line: unknown, selector: string): unknown {
  let value = line;
  for (const name of pathOf(selector)) {
    if (Array.isArray(value)) value = /^\d+$/.test(name) ? value[Number(name)] : undefined;
    else value = isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function conditionOf(text: string): (line: unknown) => boolean {
  const found = CONDITION.exec(text);
  if (!found) throw invalidPattern(`${JSON.stringify(text)} is no condition on a JSON field`);
  const [, selector = "", written = "", wanted = ""] = found;
  const operator = written.toUpperCase().replace(/\s+/g, " ");
  if (operator === "IS NULL") return (line) => selected(line, selector) === null;
  if (operator === "IS TRUE") return (line) => selected(line, selector) === true;
  if (operator === "IS FALSE") return (line) => selected(line, selector) === false;
  if (operator === "NOT EXISTS") return (line) => selected(line, selector) === undefined;
  if (operator === "EXISTS") return (line) => selected(line, selector) !== undefined;
  const test = comparison(operator, wanted.trim());
  return (line) => test(selected(line, selector));
}

export function parsedJson(message: string): unknown {
  if (!message.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

/** @param body what stands between the braces */
export function jsonTest(body: string): (message: string) => boolean {
  const test = booleanOf(body, conditionOf);
  return (message) => {
    const line = parsedJson(message);
    return line !== undefined && test(line);
  };
}
