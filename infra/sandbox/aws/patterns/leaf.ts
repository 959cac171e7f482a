import { BlockList, isIP } from "node:net";
import { isRecord } from "../wire/values.ts";

/** One entry of a pattern's list, e.g. `"on"`, `{ "prefix": "us-" }`, `{ "numeric": [">", 0, "<=", 5] }`. */
export type Test = (value: unknown) => boolean;

export type Compiled = { readonly test: Test; readonly absent?: boolean } | { readonly problem: string };

const quote = (value: unknown): string => JSON.stringify(value) ?? String(value);
const ok = (test: Test): Compiled => ({ test });
const wrong = (problem: string): Compiled => ({ problem });
const onText =
  (test: (text: string) => boolean): Test =>
  (value) =>
    typeof value === "string" && test(value);

const fold = (text: string): string => text.toLowerCase();

/** `*` stands for any characters; `\*` for a star. */
function wildcard(pattern: string): Test {
  const source = pattern.replace(/\\[*\\]|[\s\S]/g, (part) => {
    if (part === "*") return ".*";
    return (part.length === 2 ? part.slice(1) : part).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  const expression = new RegExp(`^${source}$`, "s");
  return onText((text) => expression.test(text));
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function numeric(given: unknown): Compiled {
  if (!Array.isArray(given) || given.length === 0 || given.length % 2 !== 0 || given.length > 4)
    return wrong(`numeric must be a list like [">", 0, "<=", 5], got ${quote(given)}`);
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < given.length; at += 2) {
    const [operator, limit] = [given[at] as unknown, given[at + 1] as unknown];
    const compare = typeof operator === "string" ? comparisons[operator] : undefined;
    if (!compare || typeof limit !== "number")
      return wrong(`numeric must pair one of = < <= > >= with a number, got ${quote([operator, limit])}`);
    tests.push((value) => compare(value, limit));
  }
  return ok((value) => typeof value === "number" && tests.every((test) => test(value)));
}

function cidr(given: unknown): Compiled {
  const [address = "", bits = ""] = typeof given === "string" ? given.split("/") : [];
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  const list = new BlockList();
  try {
    list.addSubnet(address, Number(bits), family);
  } catch {
    return wrong(`cidr must be like "10.0.0.0/24", got ${quote(given)}`);
  }
  return ok(onText((text) => isIP(text) !== 0 && list.check(text, isIP(text) === 6 ? "ipv6" : "ipv4")));
}

/** `prefix` and `suffix`, each also as `{ "equals-ignore-case": … }`. */
function affix(name: "prefix" | "suffix", given: unknown): Compiled {
  const has = (text: string, part: string) => (name === "prefix" ? text.startsWith(part) : text.endsWith(part));
  if (typeof given === "string") return ok(onText((text) => has(text, given)));
  const folded = isRecord(given) && Object.keys(given).length === 1 ? given["equals-ignore-case"] : undefined;
  if (typeof folded === "string") return ok(onText((text) => has(fold(text), fold(folded))));
  return wrong(`${name} must be text or {"equals-ignore-case": text}, got ${quote(given)}`);
}

const textual = (name: string, given: unknown, test: (text: string) => Test): Compiled =>
  typeof given === "string" ? ok(test(given)) : wrong(`${name} must be text, got ${quote(given)}`);

const isScalar = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

function anythingBut(given: unknown): Compiled {
  const list = Array.isArray(given) ? given : [given];
  if (list.length > 0 && list.every(isScalar))
    return ok((value) => value !== undefined && !list.includes(value as string));
  if (!isRecord(given) || Object.keys(given).length !== 1)
    return wrong(`anything-but must be text, a number, a list of those, or one comparison, got ${quote(given)}`);
  const [name = "", inner] = Object.entries(given)[0] ?? [];
  if (!["prefix", "suffix", "equals-ignore-case", "wildcard"].includes(name))
    return wrong(`anything-but takes prefix, suffix, equals-ignore-case or wildcard, got ${quote(name)}`);
  const parts = (Array.isArray(inner) ? inner : [inner]).map((one) => operator(name, one));
  const problem = parts.find((part) => "problem" in part);
  if (problem) return problem;
  return ok((value) => value !== undefined && parts.every((part) => !("test" in part && part.test(value))));
}

function operator(name: string, given: unknown): Compiled {
  switch (name) {
    case "prefix":
    case "suffix":
      return affix(name, given);
    case "equals-ignore-case":
      return textual(name, given, (wanted) => onText((text) => fold(text) === fold(wanted)));
    case "wildcard":
      return textual(name, given, wildcard);
    case "numeric":
      return numeric(given);
    case "cidr":
      return cidr(given);
    case "anything-but":
      return anythingBut(given);
    case "exists":
      if (typeof given !== "boolean") return wrong(`exists must be true or false, got ${quote(given)}`);
      return given ? ok((value) => value !== undefined) : { test: () => false, absent: true };
    default:
      return wrong(`Unrecognized match type ${name}`);
  }
}

/** Text, numbers, booleans and null match themselves; an object is one comparison. */
export function compileLeaf(entry: unknown): Compiled {
  if (entry === null || ["string", "number", "boolean"].includes(typeof entry)) return ok((value) => value === entry);
  if (!isRecord(entry)) return wrong(`a list of values may not hold ${quote(entry)}`);
  const [first, ...more] = Object.entries(entry);
  if (!first || more.length > 0) return wrong(`an object in a list must be one comparison, got ${quote(entry)}`);
  return operator(first[0], first[1]);
}
