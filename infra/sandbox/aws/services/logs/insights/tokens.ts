import { AwsError } from "../../../kernel.ts";

/** Splits a Logs Insights query into tokens; positions are offsets into the query, which errors report. */
export type TokenKind = "word" | "field" | "number" | "duration" | "text" | "regex" | "operator" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** As the language means it: without quotation marks, backticks or slashes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Flags of a regular expression. */
  readonly flags?: string;
}

/** @param span offsets of what is wrong. */
export function malformed(message: string, span: { readonly start: number; readonly end: number }): AwsError {
  return new AwsError("MalformedQueryException", `${message} at position ${span.start}`, {
    fields: {
      queryCompileError: { location: { startCharOffset: span.start, endCharOffset: span.end }, message },
    },
  });
}

const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ["duration", /\d+(?:ms|s|m|h|d|w|mo|q|y)(?![\w.])/y],
  ["number", /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ["field", /`[^`]*`/y],
  ["word", /@?[A-Za-z_][\w.@]*/y],
  ["text", /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y],
  ["operator", /=~|!=|<=|>=|[=<>+\-*/^%(),|[\]]/y],
];

/** A slash begins a regular expression only after a word that wants one, or where a value begins. */
const BEFORE_REGEX = ["like", "=~", "parse", ",", "(", "[", "not"];

const SPACE = /(?:\s+|#[^\n]*)*/y;

function matched(pattern: RegExp, query: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(query)?.[0] ?? "";
}

const REGEX = /\/((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\//y;

function regexAt(query: string, at: number): Token | undefined {
  REGEX.lastIndex = at;
  const found = REGEX.exec(query);
  if (!found) return undefined;
  const source = found[1] ?? "";
  const flags = source.includes("(?i)") ? "i" : "";
  return { kind: "regex", text: source.replaceAll("(?i)", ""), flags, start: at, end: REGEX.lastIndex };
}

const unescaped = (text: string): string => text.replace(/\\(["'\\])/g, "$1");

function meaning(kind: TokenKind, text: string): string {
  if (kind === "text") return unescaped(text.slice(1, -1));
  return kind === "field" ? text.slice(1, -1) : text;
}

function wantsRegex(before: Token | undefined, beforeThat: Token | undefined): boolean {
  const word = before?.text.toLowerCase() ?? "";
  // `parse @message /…/`: the slash follows the field that is parsed.
  return BEFORE_REGEX.includes(word) || beforeThat?.text.toLowerCase() === "parse";
}

/** @throws AwsError MalformedQueryException */
export function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  let at = matched(SPACE, query, 0).length;
  while (at < query.length) {
    const regex = query[at] === "/" && wantsRegex(tokens.at(-1), tokens.at(-2)) ? regexAt(query, at) : undefined;
    const [kind, text] = regex
      ? (["regex", query.slice(at, regex.end)] as const)
      : (PATTERNS.map(([name, pattern]) => [name, matched(pattern, query, at)] as const).find(([, found]) => found) ??
        []);
    if (!kind || !text) throw malformed(`unexpected symbol found ${query[at]}`, { start: at, end: at + 1 });
    tokens.push(regex ?? { kind, text: meaning(kind, text), start: at, end: at + text.length });
    at += text.length;
    at += matched(SPACE, query, at).length;
  }
  return [...tokens, { kind: "end", text: "", start: query.length, end: query.length }];
}
