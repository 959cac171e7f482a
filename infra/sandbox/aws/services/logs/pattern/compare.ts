import { AwsError } from "../../../kernel.ts";

/** Comparing a value of a log line with what a filter pattern says. */
export const invalidPattern = (text: string): AwsError =>
  new AwsError("InvalidParameterException", `Invalid filter pattern: ${text}`);

export type Test = (value: unknown) => boolean;

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

const wildcard = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*")}$`, "s");

export function regexOf(source: string): RegExp {
  try {
    return new RegExp(source, "s");
  } catch {
    throw invalidPattern(`%${source}% is no regular expression`);
  }
}

const asText = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;

const asNumber = (value: unknown): number => {
  if (typeof value === "number") return value;
  return typeof value === "string" && NUMBER.test(value) ? Number(value) : Number.NaN;
};

/** Quoted, a text with `*`, `%a regular expression%`, a number, or a bare word. */
function equality(wanted: string): Test {
  const quoted = /^"(.*)"$/s.exec(wanted)?.[1]?.replace(/\\(["\\])/g, "$1");
  const regex = /^%(.*)%$/s.exec(wanted)?.[1];
  if (quoted === undefined && regex !== undefined) {
    const pattern = regexOf(regex);
    return (value) => asText(value) !== undefined && pattern.test(asText(value) ?? "");
  }
  if (quoted === undefined && NUMBER.test(wanted)) return (value) => asNumber(value) === Number(wanted);
  const text = quoted ?? wanted;
  const pattern = text.includes("*") ? wildcard(text) : undefined;
  return (value) => {
    const own = asText(value);
    return own !== undefined && (pattern ? pattern.test(own) : own === text);
  };
}

const ORDERS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
};

/** @throws AwsError for an order without a number. Objects and lists never match, as AWS documents. */
export function comparison(operator: string, wanted: string): Test {
  if (wanted === "") throw invalidPattern(`${operator} needs a value`);
  if (operator === "=") return equality(wanted);
  if (operator === "!=") {
    const equal = equality(wanted);
    return (value) => asText(value) !== undefined && !equal(value);
  }
  const order = ORDERS[operator];
  if (!order || !NUMBER.test(wanted)) throw invalidPattern(`${operator} needs a number, got ${wanted}`);
  return (value) => order(asNumber(value), Number(wanted));
}
