import { MathError } from "./tokens.ts";

/**
 * SEARCH expressions: `{Namespace,Dimension,…} MetricName="x" OR term -other`. A schema in braces wants exactly these
 * dimensions; quoted terms match a whole name or value, bare ones a part of it between word boundaries.
 */
export interface Searched {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly Name?: string; readonly Value?: string }[];
}

type Test = (metric: Searched) => boolean;

const TOKEN = /\s*(?:([()])|(-?)(?:([\w:./-]+)\s*=\s*)?(?:"([^"]*)"|([^\s()"=]+)))/y;

interface Term {
  readonly word: string;
  readonly isExact: boolean;
  readonly isNegated: boolean;
  readonly property: string | undefined;
}

type Token = "(" | ")" | Term;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw new MathError(`SEARCH: unexpected text at position ${at} of ${JSON.stringify(text)}`);
    const [, parenthesis, minus, property, quoted, bare] = found;
    if (parenthesis === "(" || parenthesis === ")") tokens.push(parenthesis);
    else tokens.push({ word: quoted ?? bare ?? "", isExact: quoted !== undefined, isNegated: minus === "-", property });
  }
  return tokens;
}

/** Words of a name: split at what is no letter or digit, and where a capitalized word begins. */
const partsOf = (text: string): string[] =>
  text
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);

function fieldsOf({ namespace, name, dimensions }: Searched, property: string | undefined): string[] {
  if (property === "Namespace") return [namespace];
  if (property === "MetricName") return [name];
  const values = dimensions.filter(({ Name }) => property === undefined || Name === property);
  const found = values.flatMap(({ Value }) => Value ?? []);
  return property === undefined ? [namespace, name, ...found, ...dimensions.flatMap(({ Name }) => Name ?? [])] : found;
}

function termTest({ word, isExact, isNegated, property }: Term): Test {
  const wanted = partsOf(word).join(" ");
  const holds: Test = (metric) =>
    fieldsOf(metric, property).some((field) =>
      isExact
        ? field === word
        : ` ${partsOf(field).join(" ")} `.includes(` ${wanted} `) || field.toLowerCase() === word.toLowerCase(),
    );
  return isNegated ? (metric) => !holds(metric) : holds;
}

class SearchParser {
  readonly #tokens: readonly Token[];
  #next = 0;
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  #isWord(word: string): boolean {
    const token = this.#tokens[this.#next];
    return typeof token === "object" && !token.isExact && token.property === undefined && token.word === word;
  }

  any(depth = 0): Test {
    const tests = [this.#all(depth)];
    while (this.#isWord("OR")) {
      this.#next++;
      tests.push(this.#all(depth));
    }
    return (metric) => tests.some((test) => test(metric));
  }

  /** Terms side by side are all required, with or without AND. */
  #all(depth: number): Test {
    const tests: Test[] = [];
    while (this.#next < this.#tokens.length && this.#tokens[this.#next] !== ")" && !this.#isWord("OR")) {
      if (this.#isWord("AND")) this.#next++;
      else tests.push(this.#one(depth));
    }
    return (metric) => tests.every((test) => test(metric));
  }

  #one(depth: number): Test {
    if (depth > 20) throw new MathError("SEARCH: nested deeper than 20 levels");
    if (this.#isWord("NOT")) {
      this.#next++;
      const test = this.#one(depth + 1);
      return (metric) => !test(metric);
    }
    const token = this.#tokens[this.#next++];
    if (token === undefined || token === ")") throw new MathError("SEARCH: a term is missing");
    if (token !== "(") return termTest(token);
    const inner = this.any(depth + 1);
    if (this.#tokens[this.#next++] !== ")") throw new MathError("SEARCH: a closing parenthesis is missing");
    return inner;
  }

  whole(): Test {
    const test = this.any();
    if (this.#next < this.#tokens.length) throw new MathError("SEARCH: a parenthesis too many");
    return test;
  }
}

const unquoted = (text: string): string => text.trim().replace(/^"(.*)"$/, "$1");

function schemaTest(schema: string): Test {
  const [namespace = "", ...names] = schema.split(",").map(unquoted);
  const wanted = names.sort().join("\n");
  return (metric) =>
    metric.namespace === namespace &&
    metric.dimensions
      .map(({ Name }) => Name)
      .sort()
      .join("\n") === wanted;
}

/** @throws MathError */
export function searchTest(expression: string): Test {
  const found = /^\s*(?:\{([^}]*)\})?(.*)$/s.exec(expression);
  const hasSchema = found?.[1] === undefined ? () => true : schemaTest(found[1]);
  const matches = new SearchParser(tokensOf(found?.[2] ?? "")).whole();
  return (metric) => hasSchema(metric) && matches(metric);
}
