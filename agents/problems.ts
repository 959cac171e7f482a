import * as v from "valibot";

/** One fault of a value that came from outside: where it is, what was found, what is allowed. */
export interface Problem {
  /** Dotted path, e.g. `container.cpu` or `smoke.0.method`; empty for the value as a whole. */
  readonly path: string;
  /** What was found, shortened JSON; or `missing`, or `an unknown key`. */
  readonly value: string;
  readonly allowed: string;
}

export type Checked<Output> =
  | { readonly ok: true; readonly output: Output }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** One line about one problem, for people: `container.cpu is 3; allowed: 256, 512 or 1024`. */
export const sentenceOf = (problem: Problem): string =>
  `${problem.path ? `${problem.path} ` : ""}is ${problem.value}; allowed: ${problem.allowed}`;

/**
 * Checks `input` and reports every problem at once, each path once. What is allowed comes from the schema's own
 * `v.description`, so that messages, JSON Schema and checks cannot drift apart. Never throws on JSON.
 */
export function check<Schema extends v.GenericSchema>(schema: Schema, input: unknown): Checked<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, input);
  const unknown = unknownKeys(schema, input, []);
  if (result.success && unknown.length === 0) return { ok: true, output: result.output };
  const issues = (result.issues ?? []).filter((issue) => !isUnknownKey(issue));
  return { ok: false, problems: onePerPath([...issues.map((issue) => problemOf(schema, input, issue)), ...unknown]) };
}

/** JSON of any value, cut to a length that fits a line. */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The same value in words: `a, b or c`. */
export const oneOf = (values: readonly (string | number)[]): string =>
  values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;

interface Shape {
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly options?: readonly v.GenericSchema[];
  readonly key?: string;
  readonly item?: v.GenericSchema;
  readonly value?: v.GenericSchema;
  readonly wrapped?: v.GenericSchema;
}

function problemOf(schema: v.GenericSchema, input: unknown, issue: v.BaseIssue<unknown>): Problem {
  const keys = (issue.path ?? []).map((item) => String(item.key));
  const at = schemaAt(schema, input, keys);
  // A rule between several values (`v.forward(v.check(…, message))`) says itself what it allows.
  const relation = issue.type === "check" && !issue.message.startsWith("Invalid");
  const allowed = relation ? issue.message : ((at && describe(at)) ?? expected(issue));
  return { path: keys.join("."), value: shown(valueAt(input, keys)), allowed };
}

/** Valibot names only the first unknown key of an object, and none that `Object.prototype` has; this names all. */
function unknownKeys(schema: v.GenericSchema, value: unknown, path: readonly string[]): Problem[] {
  const shape = shapeOf(schema, value);
  if (typeof value !== "object" || value === null || !shape) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const below = Object.hasOwn(shape.entries ?? {}, key) ? shape.entries?.[key] : (shape.item ?? shape.value);
    if (below) return unknownKeys(below, child, [...path, key]);
    if (!shape.entries || shape.type !== "strict_object") return [];
    const allowed = `only the keys ${Object.keys(shape.entries).join(", ")}`;
    return [{ path: [...path, key].join("."), value: "an unknown key", allowed }];
  });
}

function schemaAt(schema: v.GenericSchema, input: unknown, keys: readonly string[]): v.GenericSchema | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return schema;
  const shape = shapeOf(schema, input);
  const discriminator = shape?.options && shape.key === key;
  if (discriminator) return undefined;
  const below = Object.hasOwn(shape?.entries ?? {}, key) ? shape?.entries?.[key] : (shape?.item ?? shape?.value);
  return below && schemaAt(below, (input as Record<string, unknown>)[key], rest);
}

const valueAt = (input: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], input);

/** Looks through optionals and picks a variant's option by its discriminator. */
function shapeOf(schema: v.GenericSchema, value: unknown): (Shape & { type: string }) | undefined {
  const shape = schema as v.GenericSchema & Shape;
  if (shape.wrapped) return shapeOf(shape.wrapped, value);
  if (shape.type !== "variant") return shape;
  return (
    (shape.options?.find((option) => v.is(kindOf(option, shape.key), kindIn(value, shape.key))) as Shape & {
      type: string;
    }) ?? { type: "variant", options: shape.options, key: shape.key }
  );
}

const kindOf = (option: v.GenericSchema, key = ""): v.GenericSchema => (option as Shape).entries?.[key] ?? v.never();
const kindIn = (value: unknown, key = ""): unknown => (value as Record<string, unknown> | null | undefined)?.[key];

function describe(schema: v.GenericSchema): string | undefined {
  const shape = schema as v.GenericSchema & Shape;
  const own = v.getDescription(schema);
  if (own) return own;
  if (shape.wrapped) return describe(shape.wrapped);
  if (shape.entries) return `an object with the keys ${Object.keys(shape.entries).join(", ")}`;
  if (shape.item) return `a list; each entry: ${describe(shape.item) ?? shape.item.expects}`;
  return undefined;
}

function expected(issue: v.BaseIssue<unknown>): string {
  if (issue.kind !== "schema") return issue.message;
  return (issue.expected ?? issue.message).replaceAll(/[()]/g, "").replaceAll(" | ", " or ");
}

const isUnknownKey = (issue: v.BaseIssue<unknown>): boolean =>
  issue.type === "strict_object" && issue.expected === "never";

const onePerPath = (problems: readonly Problem[]): Problem[] =>
  [...new Map(problems.toReversed().map((problem) => [problem.path, problem])).values()].toReversed();
