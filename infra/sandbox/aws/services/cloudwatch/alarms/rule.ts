import type { StateValue } from "@aws-sdk/client-cloudwatch";
import { nameOf } from "./model.ts";

/** The AlarmRule of a composite alarm: ALARM(name), OK(…), INSUFFICIENT_DATA(…), TRUE, FALSE, AND, OR, NOT, (…). */
export type Rule =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "state"; readonly state: StateValue; readonly alarm: string }
  | { readonly kind: "not"; readonly operand: Rule }
  | { readonly kind: "and" | "or"; readonly operands: readonly Rule[] };

/** What is wrong with a rule, with the position. */
export class RuleError extends Error {}

const LONGEST = 10_240;
const MOST_CHILDREN = 100;
const MOST_ELEMENTS = 500;
const DEEPEST = 64;

const TOKEN =
  /\s*(?:(AND|OR|NOT|TRUE|FALSE)\b|(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'()]+))\s*\)|([()]))/y;

interface Token {
  readonly at: number;
  readonly word?: string;
  readonly state?: StateValue;
  readonly alarm?: string;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.trimEnd().length) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) throw new RuleError(`unexpected text at position ${at}: ${JSON.stringify(text.slice(at, at + 30))}`);
    const [, word, state, double, single, bare, parenthesis] = found;
    const name = double?.replace(/\\(.)/g, "$1") ?? single ?? bare;
    tokens.push({
      at,
      word: word ?? parenthesis,
      ...(state ? { state: state as StateValue, alarm: nameOf(name ?? "") } : {}),
    });
    at = TOKEN.lastIndex;
  }
  return tokens;
}

class RuleParser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  #accept(word: string): boolean {
    if (this.#tokens[this.#next]?.word !== word) return false;
    this.#next++;
    return true;
  }

  whole(): Rule {
    const rule = this.#any();
    const rest = this.#tokens[this.#next];
    if (rest) throw new RuleError(`unexpected text at position ${rest.at}`);
    return rule;
  }

  /** NOT binds tighter than AND, AND tighter than OR. */
  #any(): Rule {
    const operands = [this.#all()];
    while (this.#accept("OR")) operands.push(this.#all());
    return operands.length === 1 && operands[0] ? operands[0] : { kind: "or", operands };
  }

  #all(): Rule {
    const operands = [this.#one()];
    while (this.#accept("AND")) operands.push(this.#one());
    return operands.length === 1 && operands[0] ? operands[0] : { kind: "and", operands };
  }

  #one(): Rule {
    if (++this.#depth > DEEPEST) throw new RuleError(`nested deeper than ${DEEPEST} levels`);
    try {
      if (this.#accept("NOT")) return { kind: "not", operand: this.#one() };
      if (this.#accept("TRUE")) return { kind: "constant", value: true };
      if (this.#accept("FALSE")) return { kind: "constant", value: false };
      if (this.#accept("(")) return this.#group();
      return this.#state();
    } finally {
      this.#depth--;
    }
  }

  #group(): Rule {
    const inner = this.#any();
    if (!this.#accept(")")) throw new RuleError("a closing parenthesis is missing");
    return inner;
  }

  #state(): Rule {
    const token = this.#tokens[this.#next];
    if (!token) throw new RuleError("the rule ends too early");
    if (!token.state || token.alarm === undefined) throw new RuleError(`unexpected text at position ${token.at}`);
    this.#next++;
    return { kind: "state", state: token.state, alarm: token.alarm };
  }
}

/** Names of the alarms that a rule asks for, each once, in order. */
export function childrenOf(rule: Rule): string[] {
  if (rule.kind === "state") return [rule.alarm];
  if (rule.kind === "not") return childrenOf(rule.operand);
  return rule.kind === "constant" ? [] : [...new Set(rule.operands.flatMap(childrenOf))];
}

/** @throws RuleError */
export function parseRule(text: string): Rule {
  if (text.length === 0 || text.length > LONGEST)
    throw new RuleError(`it must have 1 to ${LONGEST} characters, got ${text.length}`);
  if (text !== text.trim()) throw new RuleError("it must not begin or end with white space");
  const tokens = tokensOf(text);
  if (tokens.length > MOST_ELEMENTS) throw new RuleError(`it has more than ${MOST_ELEMENTS} elements`);
  const rule = new RuleParser(tokens).whole();
  const children = childrenOf(rule);
  if (children.length > MOST_CHILDREN) throw new RuleError(`it refers to more than ${MOST_CHILDREN} alarms`);
  return rule;
}

/** @param stateOf state of a child; an alarm that is gone is in no state. */
export function holds(rule: Rule, stateOf: (alarm: string) => StateValue | undefined): boolean {
  switch (rule.kind) {
    case "constant":
      return rule.value;
    case "state":
      return stateOf(rule.alarm) === rule.state;
    case "not":
      return !holds(rule.operand, stateOf);
    case "and":
      return rule.operands.every((operand) => holds(operand, stateOf));
    case "or":
      return rule.operands.some((operand) => holds(operand, stateOf));
  }
}
