import { isRecord } from "../wire/values.ts";
import { type Compiled, compileLeaf } from "./leaf.ts";

/**
 * Event patterns of EventBridge and filter policies of SNS: an object with the shape of what it matches, whose leaves
 * are lists of what a value may be. Every field must match (and), any entry of its list (or); `$or` lists alternatives.
 * Source: EventBridge user guide, "Comparison operators for use in event patterns".
 */
export interface Pattern {
  /** @param value what is to be matched: an event, or a message's attributes. */
  readonly matches: (value: unknown) => boolean;
}

export type Parsed = { readonly pattern: Pattern } | { readonly problems: readonly string[] };

type Match = (value: unknown) => boolean;

const MAX_DEPTH = 100;

/** Every problem of a pattern is collected under its path. */
class Compiler {
  readonly problems: string[] = [];

  object(pattern: Readonly<Record<string, unknown>>, path: string, depth = 0): Match {
    if (depth > MAX_DEPTH) this.problems.push(`${path} is nested too deeply`);
    if (Object.keys(pattern).length === 0) this.problems.push(`${path || "the pattern"} may not be empty`);
    if (this.problems.length > 0 && depth > MAX_DEPTH) return () => false;
    const fields = Object.entries(pattern).map(([name, wanted]) => {
      const at = path ? `${path}.${name}` : name;
      if (name === "$or" && Array.isArray(wanted) && wanted.every(isRecord))
        return this.#alternatives(wanted, at, depth);
      const match = this.#field(wanted, at, depth);
      return (value: unknown) => match(isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined);
    });
    return (value) => fields.every((field) => field(value));
  }

  #alternatives(list: readonly Readonly<Record<string, unknown>>[], path: string, depth: number): Match {
    if (list.length < 2) this.problems.push(`${path} must list at least two alternatives`);
    const matches = list.map((one, index) => this.object(one, `${path}[${index}]`, depth + 1));
    return (value) => matches.some((match) => match(value));
  }

  #field(wanted: unknown, path: string, depth: number): Match {
    if (isRecord(wanted)) {
      const inner = this.object(wanted, path, depth + 1);
      // Of a list of objects one has to match.
      return (value) => (Array.isArray(value) ? value.some(inner) : inner(value));
    }
    if (!Array.isArray(wanted)) {
      this.problems.push(`"${path}" must be an object or an array`);
      return () => false;
    }
    if (wanted.length === 0) this.problems.push(`"${path}" may not be an empty array`);
    return anyOf(wanted.map((entry) => this.#leaf(entry, path)));
  }

  #leaf(entry: unknown, path: string): Compiled {
    const compiled = compileLeaf(entry);
    if ("problem" in compiled) this.problems.push(`"${path}": ${compiled.problem}`);
    return compiled;
  }
}

/** A list matches when one of its items does. `exists` knows leaves only: an object counts as absent. */
function anyOf(entries: readonly Compiled[]): Match {
  const tests = entries.flatMap((entry) => ("test" in entry ? [entry] : []));
  return (value) => {
    const leaves = (Array.isArray(value) ? value : [value]).filter((leaf) => leaf !== undefined && !isRecord(leaf));
    if (leaves.length === 0) return tests.some(({ absent }) => absent);
    return leaves.some((leaf) => tests.some(({ test }) => test(leaf)));
  };
}

/** @param text the pattern as JSON. */
export function parsePattern(text: string): Parsed {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return { problems: [`it is not JSON: ${error instanceof Error ? error.message : error}`] };
  }
  if (!isRecord(document)) return { problems: ["it is not an object"] };
  const compiler = new Compiler();
  const matches = compiler.object(document, "");
  return compiler.problems.length > 0 ? { problems: compiler.problems } : { pattern: { matches } };
}
