import { AGGREGATES } from "./aggregates.ts";
import type { Expression } from "./expression.ts";
import { FUNCTIONS } from "./functions.ts";
import type { TokenReader } from "./reader.ts";
import { malformed, type Token } from "./tokens.ts";
import { durationOf } from "./values.ts";

/** Reads expressions of Logs Insights. Aggregates are read only where `stats` allows them. */
interface Options {
  readonly aggregates: boolean;
}

/** From the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [["or"], ["and"], [], ["+", "-"], ["*", "/", "%"], ["^"]];
const COMPARISON_LEVEL = 2;
const COMPARISONS = ["=", "!=", "<", "<=", ">", ">="];

export function regexOf({ text, flags = "", ...span }: Token): RegExp {
  try {
    return new RegExp(text, flags);
  } catch (error) {
    throw malformed(`invalid regular expression: ${error instanceof Error ? error.message : error}`, span);
  }
}

class ExpressionParser {
  readonly #reader: TokenReader;
  readonly #options: Options;
  constructor(reader: TokenReader, options: Options) {
    this.#reader = reader;
    this.#options = options;
  }

  level(level = 0): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#unary();
    if (level === COMPARISON_LEVEL) return this.#comparison();
    let left = this.level(level + 1);
    for (let operator = this.#operator(operators); operator; operator = this.#operator(operators))
      left = { kind: "binary", operator, left, right: this.level(level + 1) };
    return left;
  }

  #operator(operators: readonly string[]): string | undefined {
    const { kind, text } = this.#reader.token;
    const operator = text.toLowerCase();
    if ((kind !== "operator" && kind !== "word") || !operators.includes(operator)) return undefined;
    this.#reader.take();
    return operator;
  }

  #comparison(): Expression {
    if (this.#reader.accept("word", "not"))
      return { kind: "not", operand: this.#reader.nested(() => this.#comparison()) };
    const left = this.level(COMPARISON_LEVEL + 1);
    const negated = this.#reader.accept("word", "not") !== undefined;
    const compared = this.#tested(left);
    if (negated && !compared) throw this.#reader.unexpected();
    if (compared) return negated ? { kind: "not", operand: compared } : compared;
    const operator = this.#operator(COMPARISONS);
    return operator ? { kind: "binary", operator, left, right: this.level(COMPARISON_LEVEL + 1) } : left;
  }

  #tested(operand: Expression): Expression | undefined {
    const reader = this.#reader;
    if (reader.accept("word", "like") || reader.accept("operator", "=~")) return this.#like(operand);
    if (!reader.accept("word", "in")) return undefined;
    reader.expect("operator", "[");
    const items = reader.list(() => this.level(COMPARISON_LEVEL + 1));
    reader.expect("operator", "]");
    return { kind: "in", operand, items };
  }

  #like(operand: Expression): Expression {
    const regex = this.#reader.accept("regex");
    const pattern = regex ? regexOf(regex) : this.#reader.expect("text").text;
    return { kind: "like", operand, pattern };
  }

  #unary(): Expression {
    if (this.#reader.accept("operator", "-"))
      return { kind: "negate", operand: this.#reader.nested(() => this.#unary()) };
    return this.#primary();
  }

  #primary(): Expression {
    const reader = this.#reader;
    const number = reader.accept("number");
    if (number) return { kind: "literal", value: Number(number.text) };
    const text = reader.accept("text");
    if (text) return { kind: "literal", value: text.text };
    if (reader.accept("operator", "(")) {
      const inner = reader.nested(() => this.level());
      reader.expect("operator", ")");
      return inner;
    }
    const field = reader.accept("field");
    if (field) return { kind: "field", name: field.text };
    if (!reader.is("word")) throw reader.unexpected();
    return this.#word(reader.take());
  }

  #word(word: Token): Expression {
    const lower = word.text.toLowerCase();
    if (this.#reader.accept("operator", "(")) return this.#reader.nested(() => this.#call(lower, word));
    if (lower === "true" || lower === "false") return { kind: "literal", value: lower === "true" };
    return { kind: "field", name: word.text };
  }

  #call(name: string, at: Token): Expression {
    if (Object.hasOwn(AGGREGATES, name)) return this.#aggregate(name, at);
    if (name !== "bin" && !Object.hasOwn(FUNCTIONS, name))
      throw malformed(`the function ${at.text} does not exist or is not implemented by the sandbox`, at);
    const args = this.#reader.is("operator", ")") ? [] : this.#reader.list(() => this.#argument());
    this.#reader.expect("operator", ")");
    if (name !== "bin") return { kind: "call", name, args };
    return { kind: "call", name: "datefloor", args: [{ kind: "field", name: "@timestamp" }, ...args] };
  }

  /** A period such as `5m` is milliseconds. */
  #argument(): Expression {
    const duration = this.#reader.accept("duration");
    if (!duration) return this.level();
    const value = durationOf(duration.text);
    if (value === undefined)
      throw malformed(`periods of ${duration.text} are not implemented by the sandbox`, duration);
    return { kind: "literal", value };
  }

  #aggregate(name: string, at: Token): Expression {
    if (!this.#options.aggregates) throw malformed(`${at.text} can be used with stats only`, at);
    const isAll = this.#reader.accept("operator", "*") !== undefined || this.#reader.is("operator", ")");
    if (isAll && name !== "count") throw malformed(`${at.text} needs a field`, at);
    const of = isAll ? "*" : new ExpressionParser(this.#reader, { aggregates: false }).level();
    const parameter = this.#reader.accept("operator", ",") ? Number(this.#reader.expect("number").text) : undefined;
    this.#reader.expect("operator", ")");
    return { kind: "aggregate", name, of, parameter };
  }
}

export const parseExpression = (reader: TokenReader, options: Options = { aggregates: false }): Expression =>
  new ExpressionParser(reader, options).level();

/** An expression and what its column is called: the alias, else as it is written. */
export interface Column {
  readonly name: string;
  readonly expression: Expression;
}

export function parseColumn(reader: TokenReader, options?: Options): Column {
  const { start } = reader.token;
  const expression = parseExpression(reader, options);
  const written = reader.query.slice(start, reader.before);
  const alias = reader.accept("word", "as") ? parseName(reader) : undefined;
  return { name: alias ?? (expression.kind === "field" ? expression.name : written), expression };
}

export function parseName(reader: TokenReader): string {
  return (reader.accept("field") ?? reader.expect("word")).text;
}
