import { AGGREGATES } from "./aggregates.ts";
import { FUNCTIONS } from "./functions.ts";
import { isEqual, isTrue, numberOf, order, type Row, textOf, type Value } from "./values.ts";

/** The syntax tree of an expression, and what it is worth for one line or for a group of lines. */
export type Expression =
  | { readonly kind: "literal"; readonly value: Value }
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "not" | "negate"; readonly operand: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "like"; readonly operand: Expression; readonly pattern: RegExp | string }
  | { readonly kind: "in"; readonly operand: Expression; readonly items: readonly Expression[] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "aggregate"; readonly name: string; readonly of: Expression | "*"; readonly parameter?: number };

type Evaluate = (expression: Expression) => Value;

function arithmetic(compute: (a: number, b: number) => number) {
  return (left: Value, right: Value): Value => {
    const [a, b] = [numberOf(left), numberOf(right)];
    const result = a === undefined || b === undefined ? Number.NaN : compute(a, b);
    return Number.isFinite(result) ? result : undefined;
  };
}

/** Comparing with a field that a line does not have is never true, except that it differs (`!=`). */
const compared =
  (test: (sign: number) => boolean) =>
  (left: Value, right: Value): Value =>
    left !== undefined && right !== undefined && test(order(left, right));

const BINARY: Readonly<Record<string, (left: Value, right: Value) => Value>> = {
  "+": arithmetic((a, b) => a + b),
  "-": arithmetic((a, b) => a - b),
  "*": arithmetic((a, b) => a * b),
  "/": arithmetic((a, b) => a / b),
  "%": arithmetic((a, b) => a % b),
  "^": arithmetic((a, b) => a ** b),
  "=": (left, right) => left !== undefined && isEqual(left, right),
  "!=": (left, right) => !isEqual(left, right),
  "<": compared((sign) => sign < 0),
  "<=": compared((sign) => sign <= 0),
  ">": compared((sign) => sign > 0),
  ">=": compared((sign) => sign >= 0),
};

function isLike(value: Value, pattern: RegExp | string): boolean {
  const text = textOf(value);
  if (text === undefined) return false;
  return typeof pattern === "string" ? text.includes(pattern) : pattern.test(text);
}

function binary(operator: string, left: Expression, right: Expression, evaluate: Evaluate): Value {
  if (operator === "and") return isTrue(evaluate(left)) && isTrue(evaluate(right));
  if (operator === "or") return isTrue(evaluate(left)) || isTrue(evaluate(right));
  return BINARY[operator]?.(evaluate(left), evaluate(right));
}

/** Everything but fields and aggregates, which depend on what the expression is evaluated for. */
function common(expression: Exclude<Expression, { kind: "field" } | { kind: "aggregate" }>, evaluate: Evaluate): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "not":
      return !isTrue(evaluate(expression.operand));
    case "negate":
      return BINARY["-"]?.(0, evaluate(expression.operand));
    case "binary":
      return binary(expression.operator, expression.left, expression.right, evaluate);
    case "like":
      return isLike(evaluate(expression.operand), expression.pattern);
    case "in": {
      const value = evaluate(expression.operand);
      return value !== undefined && expression.items.some((item) => isEqual(value, evaluate(item)));
    }
    case "call":
      return FUNCTIONS[expression.name]?.(expression.args.map(evaluate));
  }
}

export function ofRow(expression: Expression, row: Row): Value {
  if (expression.kind === "field") return row.get(expression.name);
  if (expression.kind === "aggregate") return undefined;
  return common(expression, (inner) => ofRow(inner, row));
}

/** A field outside of an aggregate has the value of the group's first line. */
export function ofGroup(expression: Expression, rows: readonly Row[]): Value {
  if (expression.kind === "field") return rows[0]?.get(expression.name);
  if (expression.kind !== "aggregate") return common(expression, (inner) => ofGroup(inner, rows));
  const { name, of, parameter } = expression;
  const values = rows.map((row) => (of === "*" ? true : ofRow(of, row)));
  return AGGREGATES[name]?.(values, parameter);
}
