import { invalidPattern } from "./compare.ts";
import { type Extracted, fieldsTest } from "./fields.ts";
import { isSelector, jsonTest, parsedJson, selected } from "./json.ts";
import { terms } from "./terms.ts";

/** CloudWatch Logs' filter patterns: plain text, JSON in braces, fields between spaces in brackets. */
export interface Pattern {
  readonly kind: "text" | "json" | "fields";
  readonly matches: (message: string) => boolean;
  /** The fields of a space-delimited pattern by `$name`; nothing for the others, as at AWS. */
  readonly extract: (message: string) => Extracted;
  /** What `$.a.b` or `$name` stands for in a line that matches. */
  readonly select: (message: string, selector: string) => unknown;
}

const nothing = (): Extracted => ({});

function ofFields(body: string): Pattern {
  const test = fieldsTest(body);
  const extract = (message: string) => test(message) ?? {};
  return {
    kind: "fields",
    matches: (message) => test(message) !== undefined,
    extract,
    select: (message, selector) => extract(message)[selector],
  };
}

/** @throws AwsError InvalidParameterException for a pattern that cannot be understood; it never guesses. */
export function patternOf(pattern: string | undefined): Pattern {
  const text = (pattern ?? "").trim();
  if (text.startsWith("[") && text.endsWith("]")) return ofFields(text.slice(1, -1));
  if (text.startsWith("{") && text.endsWith("}"))
    return {
      kind: "json",
      matches: jsonTest(text.slice(1, -1)),
      extract: nothing,
      select: (message, selector) => (isSelector(selector) ? selected(parsedJson(message), selector) : undefined),
    };
  if (/^[[{]/.test(text)) throw invalidPattern(`${JSON.stringify(text)} does not end as it begins`);
  const matches = text === "" ? () => true : terms(text);
  return { kind: "text", matches, extract: nothing, select: () => undefined };
}
