import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";
import { TokenType } from "@actions/expressions/lexer";
import { truthy } from "@actions/expressions/result";
import { GithubError, type Json, type JsonObject } from "../../contract.ts";
import { segmentsOf } from "./segments.ts";

/** What the status functions of a condition answer. */
export interface Status {
  readonly success: boolean;
  readonly failure: boolean;
  readonly cancelled: boolean;
}

export interface Scope {
  readonly contexts: Readonly<Record<string, Json>>;
  readonly status?: Status;
  /** `hashFiles(patterns…)`; only steps have a workspace to hash. */
  readonly hashFiles?: (patterns: readonly string[]) => string;
}

const CONTEXTS = [
  ...["github", "env", "vars", "secrets", "job", "jobs", "steps", "runner", "strategy", "matrix", "needs", "inputs"],
];
const STATUS_FUNCTIONS = ["success", "failure", "cancelled", "always"];

/** Evaluates one expression with GitHub's own evaluator. `expression` is without `${{ }}`. */
export function evaluate(expression: string, scope: Scope): Json {
  return toJson(evaluateData(expression, scope));
}

/** Replaces every `${{ }}` in a YAML value. A string that is one expression alone keeps the expression's type. */
export function evaluateTemplate(value: Json, scope: Scope): Json {
  if (typeof value === "string") return evaluateString(value, scope);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => evaluateTemplate(item, scope));
  const entries = Object.entries(value as JsonObject);
  return Object.fromEntries(
    entries.map(([key, item]) => [text(evaluateString(key, scope)), evaluateTemplate(item ?? null, scope)]),
  );
}

/** As `evaluateTemplate`, for a place that holds text. */
export const evaluateText = (value: Json | undefined, scope: Scope): string =>
  value === undefined ? "" : text(evaluateTemplate(value, scope));

/** An evaluated mapping with its values as text: `env`, `with`. */
export function textMapping(value: Json): Record<string, string> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, text(item ?? null)]));
}

/** An `if:`; without a status function it means `success() && (…)`, as GitHub documents. */
export function evaluateCondition(condition: Json | undefined, scope: Scope): boolean {
  const expression = conditionExpression(condition);
  const implied = namesStatusFunction(expression) ? expression : `success() && (${expression})`;
  return truthy(evaluateData(implied, scope));
}

export function conditionExpression(condition: Json | undefined): string {
  if (condition === undefined || condition === null || condition === "") return "success()";
  const source = String(condition).trim();
  const segments = segmentsOf(source);
  if (segments.every((segment) => segment.kind === "text")) return source;
  const [only] = segments;
  if (segments.length === 1 && only) return only.text;
  // Text around an expression makes the whole a non-empty string, which is true: GitHub behaves the same.
  const parts = segments.map((s) => (s.kind === "text" ? `'${s.text.replaceAll("'", "''")}'` : s.text));
  return `format('${parts.map((_, i) => `{${i}}`).join("")}', ${parts.join(", ")})`;
}

/** The text that GitHub makes of a value: `true`, `1.5`, empty for null, `Object` and `Array` for the rest. */
export const text = (value: Json): string => toData(value).coerceString();

export const toData = (value: Json | undefined): data.ExpressionData =>
  JSON.parse(JSON.stringify(value ?? null), data.reviver) as data.ExpressionData;

const toJson = (value: data.ExpressionData): Json => JSON.parse(JSON.stringify(value, data.replacer) ?? "null") as Json;

function evaluateString(value: string, scope: Scope): Json {
  if (!value.includes("${{")) return value;
  const segments = segmentsOf(value);
  const [only] = segments;
  if (segments.length === 1 && only?.kind === "expression") return evaluate(only.text, scope);
  return segments.map((s) => (s.kind === "text" ? s.text : evaluateData(s.text, scope).coerceString())).join("");
}

function evaluateData(expression: string, scope: Scope): data.ExpressionData {
  const functions = functionsOf(scope);
  try {
    const tree = new Parser(new Lexer(expression).lex().tokens, CONTEXTS, [...functions.values()]).parse();
    return new Evaluator(tree, contextsOf(expression, scope), functions).evaluate();
  } catch (error) {
    throw new GithubError(`The expression \${{ ${expression.trim()} }} failed: ${(error as Error).message}`);
  }
}

/** Only the contexts that the expression can name: converting a large event for every step would cost. */
function contextsOf(expression: string, scope: Scope): data.Dictionary {
  const lower = expression.toLowerCase();
  return new data.Dictionary(
    ...CONTEXTS.filter((name) => lower.includes(name)).map((name) => ({
      key: name,
      value: toData(scope.contexts[name] ?? {}),
    })),
  );
}

function functionsOf(scope: Scope): Map<string, FunctionDefinition> {
  const { status, hashFiles } = scope;
  const answers: Record<string, boolean> = { always: true, ...status };
  const functions = STATUS_FUNCTIONS.map((name): FunctionDefinition => {
    const maxArgs = name === "success" || name === "failure" ? 255 : 0;
    return { name, minArgs: 0, maxArgs, call: () => new data.BooleanData(status ? (answers[name] ?? false) : true) };
  });
  functions.push({
    name: "hashFiles",
    minArgs: 1,
    maxArgs: 255,
    call: (...patterns) => {
      if (!hashFiles) throw new Error("hashFiles works in steps only");
      return new data.StringData(hashFiles(patterns.map((pattern) => pattern.coerceString())));
    },
  });
  return new Map(functions.map((definition) => [definition.name.toLowerCase(), definition]));
}

function namesStatusFunction(expression: string): boolean {
  const { tokens } = new Lexer(expression).lex();
  return tokens.some(
    (token, i) =>
      token.type === TokenType.IDENTIFIER &&
      STATUS_FUNCTIONS.includes(token.lexeme.toLowerCase()) &&
      tokens[i + 1]?.type === TokenType.LEFT_PAREN &&
      tokens[i - 1]?.type !== TokenType.DOT,
  );
}
