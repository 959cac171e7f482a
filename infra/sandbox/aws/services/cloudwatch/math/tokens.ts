/** Splits a metric-math expression into tokens. Pure; positions are offsets into the text. */
export type TokenKind = "number" | "name" | "text" | "operator" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** The operator, the name, the number as written, or the text without its quotation marks. */
  readonly text: string;
  readonly at: number;
}

/** What is wrong with an expression, without saying which expression: the caller knows. */
export class MathError extends Error {
  readonly isNotImplemented: boolean;
  constructor(message: string, options: { isNotImplemented?: boolean } = {}) {
    super(message);
    this.isNotImplemented = options.isNotImplemented ?? false;
  }
}

const OPERATORS = ["==", "!=", "<=", ">=", "&&", "||", "+", "-", "*", "/", "^", "<", ">", "(", ")", "[", "]", ","];
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z][A-Za-z0-9_]*/y;
const SPACE = /\s+/y;
/** Single or double quotation marks, also the typographic ones that documents turn them into. */
const TEXT = /'[^']*'|"[^"]*"|“[^”]*”|‘[^’]*’/y;

function matched(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function tokenAt(text: string, at: number): { token: Token; length: number } {
  const number = matched(NUMBER, text, at);
  if (number) return { token: { kind: "number", text: number, at }, length: number.length };
  const name = matched(NAME, text, at);
  if (name) return { token: { kind: "name", text: name, at }, length: name.length };
  const quoted = matched(TEXT, text, at);
  if (quoted) return { token: { kind: "text", text: quoted.slice(1, -1), at }, length: quoted.length };
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at));
  if (operator) return { token: { kind: "operator", text: operator, at }, length: operator.length };
  throw new MathError(`Invalid syntax: unexpected character ${JSON.stringify(text[at])} at position ${at}`);
}

/** @throws MathError at a character that belongs to no token. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = matched(SPACE, text, 0)?.length ?? 0;
  while (at < text.length) {
    const { token, length } = tokenAt(text, at);
    tokens.push(token);
    at += length;
    at += matched(SPACE, text, at)?.length ?? 0;
  }
  return [...tokens, { kind: "end", text: "", at: text.length }];
}
