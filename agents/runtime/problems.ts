import * as v from "valibot";

/**
 * The manifest has the like in `agents/problems.ts`. The runtime has its own, without variants, because what is in an
 * image must depend on `agents/runtime/` and the agent's folder alone.
 */

/** One fault of an input: where it is (empty for the input as a whole), what was found, what is allowed. */
export interface Problem {
  /** Dotted path, e.g. `messages.0.user`. */
  readonly path: string;
  /** Shortened JSON; or `missing`, or `an unknown key`. */
  readonly value: string;
  readonly allowed: string;
}

export type Checked<Output> =
  | { readonly ok: true; readonly output: Output }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** `PORT is "x"; allowed: a port`. */
export const sentenceOf = ({ path, value, allowed }: Problem): string =>
  `${path ? `${path} ` : ""}is ${value}; allowed: ${allowed}`;

/**
 * Checks `input` and reports every problem at once, each path once, at most 20. What is allowed is the schema's own
 * `v.description`. Never throws on JSON.
 */
export function check<Schema extends v.GenericSchema>(schema: Schema, input: unknown): Checked<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, input);
  const unknown = unknownKeys(schema, input, "");
  if (result.success && unknown.length === 0) return { ok: true, output: result.output };
  const known = (result.issues ?? []).filter((issue) => issue.expected !== "never" || issue.type !== "strict_object");
  const all = [...known.map((issue) => problemOf(schema, input, issue)), ...unknown];
  const first = new Map(all.toReversed().map((problem) => [problem.path, problem]));
  return { ok: false, problems: [...first.values()].toReversed().slice(0, 20) };
}

interface Shape {
  readonly type: string;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly item?: v.GenericSchema;
  readonly value?: v.GenericSchema;
  readonly wrapped?: v.GenericSchema;
}

function problemOf(schema: v.GenericSchema, input: unknown, issue: v.BaseIssue<unknown>): Problem {
  const keys = (issue.path ?? []).map((item) => String(item.key));
  const value = keys.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), input);
  return { path: keys.join("."), value: shown(value), allowed: allowedBy(schema, keys, issue) };
}

function allowedBy(schema: v.GenericSchema, keys: readonly string[], issue: v.BaseIssue<unknown>): string {
  // A rule between several values (`v.forward(v.check(…, message))`) says itself what it allows.
  if (issue.type === "check" && !issue.message.startsWith("Invalid")) return issue.message;
  const at = keys.reduce<v.GenericSchema | undefined>((found, key) => found && below(found, key), schema);
  return (at && describe(at)) ?? issue.expected ?? issue.message;
}

/** Valibot names only the first unknown key of an object; this names all. */
function unknownKeys(schema: v.GenericSchema, value: unknown, path: string): Problem[] {
  const shape = unwrapped(schema);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const at = path ? `${path}.${key}` : key;
    const schemaBelow = below(schema, key);
    if (schemaBelow) return unknownKeys(schemaBelow, child, at);
    if (shape.type !== "strict_object") return [];
    const allowed = `only the keys ${Object.keys(shape.entries ?? {}).join(", ")}`;
    return [{ path: at.slice(0, 200), value: "an unknown key", allowed }];
  });
}

function below(schema: v.GenericSchema, key: string): v.GenericSchema | undefined {
  const { entries, item, value } = unwrapped(schema);
  return entries && Object.hasOwn(entries, key) ? entries[key] : (item ?? value);
}

function unwrapped(schema: v.GenericSchema): Shape {
  const shape = schema as v.GenericSchema & Shape;
  return shape.wrapped ? unwrapped(shape.wrapped) : shape;
}

function describe(schema: v.GenericSchema): string | undefined {
  const { wrapped } = schema as v.GenericSchema & Shape;
  return v.getDescription(schema) ?? (wrapped && describe(wrapped));
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
