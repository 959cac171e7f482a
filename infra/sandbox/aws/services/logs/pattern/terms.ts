import { regexOf } from "./compare.ts";

/** Patterns for plain text: terms that are all required, `?any` of, `-none` of, "phrases" and %regular expressions%. */
interface Term {
  readonly kind: "all" | "any" | "none";
  readonly matches: (message: string) => boolean;
}

function termOf(token: string): Term {
  const kind = token.startsWith("?") ? "any" : token.startsWith("-") ? "none" : "all";
  const bare = kind === "all" ? token : token.slice(1);
  const regex = /^%(.*)%$/s.exec(bare)?.[1];
  if (regex !== undefined) {
    const pattern = regexOf(regex);
    return { kind, matches: (message) => pattern.test(message) };
  }
  const text = bare.startsWith('"') ? bare.slice(1, -1).replace(/\\(["\\])/g, "$1") : bare;
  return { kind, matches: (message) => message.includes(text) };
}

export function terms(pattern: string): (message: string) => boolean {
  const tokens = pattern.match(/[?-]?"(?:[^"\\]|\\.)*"|[?-]?%[^%]*%|\S+/g) ?? [];
  const parsed = tokens.map(termOf);
  const of = (kind: Term["kind"]) => parsed.filter((term) => term.kind === kind);
  const [all, any, none] = [of("all"), of("any"), of("none")];
  return (message) => {
    const holds = (term: Term) => term.matches(message);
    if (none.some(holds)) return false;
    const required = all.every(holds);
    if (any.length === 0) return required;
    return any.some(holds) || (all.length > 0 && required);
  };
}
