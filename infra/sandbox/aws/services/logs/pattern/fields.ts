import { booleanOf } from "./boolean.ts";
import { comparison, invalidPattern } from "./compare.ts";

/** Patterns for fields between spaces: `[ip, user, ..., status = 4*, bytes > 1000]`. */
interface Field {
  readonly name: string;
  readonly test: (value: string) => boolean;
}

/** What a line holds, by the names of the pattern; unnamed fields are called by their position. */
export type Extracted = Readonly<Record<string, string>>;

/** Text in square brackets or quotation marks is one field. */
const valuesOf = (message: string): string[] =>
  [...message.matchAll(/\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, bracketed, quoted, bare]) => bracketed ?? quoted ?? bare ?? "",
  );

const CONDITION = /^([\w-]+)\s*(!=|>=|<=|=|>|<)\s*(.+)$/s;

function fieldOf(text: string): Field {
  if (/^[\w-]*$/.test(text)) return { name: text, test: () => true };
  const name = /^[\s(]*([\w-]+)/.exec(text)?.[1];
  if (name === undefined) throw invalidPattern(`${JSON.stringify(text)} is no field`);
  const test = booleanOf<string>(text, (condition) => {
    const found = CONDITION.exec(condition);
    if (!found || found[1] !== name)
      throw invalidPattern(`${JSON.stringify(condition)} is no condition on the field ${name}`);
    return comparison(found[2] ?? "", (found[3] ?? "").trim());
  });
  return { name, test };
}

/** Splits at commas outside of quotation marks. */
function itemsOf(body: string): string[] {
  const items = [""];
  for (const part of body.match(/(?:"(?:[^"\\]|\\.)*"|%[^%]*%|[^,"])+|,/g) ?? []) {
    if (part === ",") items.push("");
    else items[items.length - 1] = part.trim();
  }
  return items;
}

interface FieldPattern {
  readonly before: readonly Field[];
  /** `undefined`: no ellipsis, so that the number of fields must be exactly that of `before`. */
  readonly after: readonly Field[] | undefined;
}

function parse(body: string): FieldPattern {
  const items = itemsOf(body);
  const gaps = items.filter((item) => item === "..." || item === "…").length;
  if (gaps > 1) throw invalidPattern("a pattern of fields may have one ellipsis");
  const gap = items.findIndex((item) => item === "..." || item === "…");
  if (gap < 0) return { before: items.map(fieldOf), after: undefined };
  return { before: items.slice(0, gap).map(fieldOf), after: items.slice(gap + 1).map(fieldOf) };
}

/** @param body what stands between the brackets. @returns the fields of a line that matches, else `undefined`. */
export function fieldsTest(body: string): (message: string) => Extracted | undefined {
  const { before, after } = parse(body);
  const fixed = before.length + (after?.length ?? 0);
  return (message) => {
    const values = valuesOf(message);
    if (after === undefined ? values.length !== fixed : values.length < fixed) return undefined;
    const extracted: Record<string, string> = {};
    const shift = values.length - fixed;
    const fieldAt = (index: number) => (index < before.length ? before[index] : after?.[index - shift - before.length]);
    for (const [index, value] of values.entries()) {
      const field = fieldAt(index);
      if (field && !field.test(value)) return undefined;
      extracted[`$${field?.name || index + 1}`] = value;
    }
    return extracted;
  };
}
