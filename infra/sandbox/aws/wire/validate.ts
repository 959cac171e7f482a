import type { NormalizedSchema } from "@smithy/core/schema";
import { isRecord } from "./values.ts";

/** One sentence per problem; `missing` tells an absent member from a wrong one, because EC2's error codes differ. */
export interface Problem {
  readonly path: string;
  readonly missing: boolean;
  readonly text: string;
}

/** Only what is small is shown whole: hostile input may be nested deeper than a serializer can follow. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return `an object with ${Object.keys(value).length} members`;
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const wrong = (path: string, value: unknown, expected: string): Problem => ({
  path,
  missing: false,
  text: `${path} must be ${expected}, got ${shown(value)}`,
});

/** How many of a structure's members are required: the schema lists those first. */
function requiredCount(schema: NormalizedSchema): number {
  const raw: unknown = schema.getSchema();
  return Array.isArray(raw) && typeof raw[6] === "number" ? raw[6] : 0;
}

function structProblems(schema: NormalizedSchema, value: unknown, path: string): Problem[] {
  if (!isRecord(value)) return [wrong(path || "the input", value, "an object")];
  const required = requiredCount(schema);
  const problems: Problem[] = [];
  let index = 0;
  for (const [name, member] of schema.structIterator()) {
    const at = path ? `${path}.${name}` : name;
    const item = value[name];
    if (item !== undefined && item !== null) problems.push(...problemsOf(member, item, at));
    else if (index < required) problems.push({ path: at, missing: true, text: `${at} is required` });
    index++;
  }
  if (schema.isUnionSchema() && Object.keys(value).length > 1)
    problems.push(wrong(path, value, "a union with exactly one member"));
  return problems;
}

function leafProblem(schema: NormalizedSchema, value: unknown): string | undefined {
  if (schema.isTimestampSchema())
    return value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : "a timestamp";
  if (schema.isStringSchema()) return typeof value === "string" ? undefined : "a string";
  if (schema.isBooleanSchema()) return typeof value === "boolean" ? undefined : "true or false";
  if (schema.isNumericSchema() || schema.isBigIntegerSchema())
    return typeof value === "number" || typeof value === "bigint" ? undefined : "a number";
  if (schema.isBlobSchema())
    return typeof value === "object" || typeof value === "string" ? undefined : "bytes (base64 in JSON)";
  return undefined;
}

/** Everything that is wrong with an operation's input by its schema: required members, types, shapes. */
export function problemsOf(schema: NormalizedSchema, value: unknown, path = ""): Problem[] {
  if (schema.isUnitSchema() || schema.isDocumentSchema()) return [];
  if (schema.isStructSchema()) return structProblems(schema, value, path);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [wrong(path, value, "a list")];
    const item = schema.getValueSchema();
    return value.flatMap((entry, index) => problemsOf(item, entry, `${path}[${index}]`));
  }
  if (schema.isMapSchema()) {
    if (!isRecord(value)) return [wrong(path, value, "a map")];
    const item = schema.getValueSchema();
    return Object.entries(value).flatMap(([key, entry]) => problemsOf(item, entry, `${path}[${shown(key)}]`));
  }
  const expected = leafProblem(schema, value);
  return expected ? [wrong(path, value, expected)] : [];
}
