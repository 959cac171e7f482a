import { MathError, type Token, tokensOf } from "./tokens.ts";

/** The syntax tree of a metric-math expression. Grammar: CloudWatch user guide, "Using metric math". */
export type Node =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  /** The id of another query. */
  | { readonly kind: "id"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Node[] }
  | { readonly kind: "negate"; readonly operand: Node }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Node; readonly right: Node }
  /** A function; words such as REPEAT, ASC or AVG without parentheses are calls without `args`. */
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Node[] | undefined };

/** Nesting of parentheses and functions, so that no text can exhaust the stack. */
const DEEPEST = 64;
const LONGEST = 2_048; // AWS's limit of MetricDataQuery.Expression

/** From the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ["||", "OR"],
  ["&&", "AND"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
];

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", text: "", at: 0 };
  }

  #unexpected(): MathError {
    const { kind, text, at } = this.#token;
    return new MathError(
      kind === "end"
        ? "Invalid syntax: the expression ends too early"
        : `Invalid syntax: unexpected ${JSON.stringify(text)} at position ${at}`,
    );
  }

  #accept(text: string): boolean {
    if (this.#token.kind !== "operator" || this.#token.text !== text) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#unexpected();
  }

  whole(): Node {
    const node = this.#level(0);
    if (this.#token.kind !== "end") throw this.#unexpected();
    return node;
  }

  #operatorOf(level: number): string | undefined {
    const { kind, text } = this.#token;
    const isOperator = kind === "operator" || (kind === "name" && (text === "AND" || text === "OR"));
    return isOperator && LEVELS[level]?.includes(text) ? text : undefined;
  }

  #level(level: number): Node {
    if (level === LEVELS.length) return this.#unary();
    let left = this.#level(level + 1);
    for (let operator = this.#operatorOf(level); operator; operator = this.#operatorOf(level)) {
      this.#next++;
      left = { kind: "binary", operator, left, right: this.#level(level + 1) };
    }
    return left;
  }

  #unary(): Node {
    let negative = false;
    while (this.#token.kind === "operator" && ["-", "+"].includes(this.#token.text)) {
      if (this.#token.text === "-") negative = !negative;
      this.#next++;
    }
    const operand = this.#power();
    return negative ? { kind: "negate", operand } : operand;
  }

  /** `^` binds tighter than a sign before it, and its right side may have a sign of its own. */
  #power(): Node {
    const left = this.#primary();
    if (!this.#accept("^")) return left;
    return { kind: "binary", operator: "^", left, right: this.#nested(() => this.#unary()) };
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > DEEPEST) throw new MathError(`Invalid syntax: nested deeper than ${DEEPEST} levels`);
    const result = parse();
    this.#depth--;
    return result;
  }

  #primary(): Node {
    const { kind, text } = this.#token;
    if (kind === "number") return this.#take({ kind: "number", value: Number(text) });
    if (kind === "text") return this.#take({ kind: "text", value: text });
    if (this.#accept("(")) {
      const inner = this.#nested(() => this.#level(0));
      this.#expect(")");
      return inner;
    }
    if (this.#accept("[")) return { kind: "list", items: this.#items("]") };
    if (kind === "name") return this.#named(text);
    throw this.#unexpected();
  }

  #take(node: Node): Node {
    this.#next++;
    return node;
  }

  /** Ids begin with a lower-case letter, functions are upper-case. */
  #named(name: string): Node {
    this.#next++;
    if (/^[a-z]/.test(name)) return { kind: "id", name };
    return { kind: "call", name, args: this.#accept("(") ? this.#items(")") : undefined };
  }

  #items(close: string): Node[] {
    if (this.#accept(close)) return [];
    const items: Node[] = [];
    do items.push(this.#nested(() => this.#level(0)));
    while (this.#accept(","));
    this.#expect(close);
    return items;
  }
}

/** @throws MathError */
export function parseExpression(text: string): Node {
  if (text.length > LONGEST) throw new MathError(`The expression is longer than ${LONGEST} characters`);
  if (/^\s*SELECT\b/i.test(text))
    throw new MathError("Metrics Insights queries (SELECT …) are not implemented by the sandbox", {
      isNotImplemented: true,
    });
  return new Parser(tokensOf(text)).whole();
}

/** Ids that an expression refers to. */
export function idsIn(node: Node): string[] {
  switch (node.kind) {
    case "id":
      return [node.name];
    case "list":
      return node.items.flatMap(idsIn);
    case "negate":
      return idsIn(node.operand);
    case "binary":
      return [...idsIn(node.left), ...idsIn(node.right)];
    case "call":
      return (node.args ?? []).flatMap(idsIn);
    default:
      return [];
  }
}
