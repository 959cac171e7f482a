import type { NormalizedSchema } from "@smithy/core/schema";

/**
 * Values as operations see them (Dates, bytes, plain objects), made from what a protocol parsed. A leaf of the wrong
 * type is left as it is: `problemsOf` names it together with all others, instead of the first one throwing.
 */
export type Wire = "json" | "text";

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isNumber = (schema: NormalizedSchema): boolean =>
  schema.isNumericSchema() || schema.isBigIntegerSchema() || schema.isBigDecimalSchema();

/** Seconds since 1970 (as JSON has them) or a date in any form that protocols use. */
function timestamp(raw: unknown): unknown {
  if (raw instanceof Date) return new Date(raw);
  if (typeof raw === "number") return new Date(raw * 1000);
  if (typeof raw !== "string" || raw.trim() === "") return raw;
  const date = /^-?\d+(\.\d+)?$/.test(raw) ? new Date(Number(raw) * 1000) : new Date(raw);
  return Number.isNaN(date.getTime()) ? raw : date;
}

function fromText(schema: NormalizedSchema, raw: string): unknown {
  if (isNumber(schema)) return raw.trim() !== "" && Number.isFinite(Number(raw)) ? Number(raw) : raw;
  if (schema.isBooleanSchema()) return /^true$/i.test(raw) ? true : /^false$/i.test(raw) ? false : raw;
  return raw;
}

function leaf(schema: NormalizedSchema, raw: unknown, wire: Wire): unknown {
  if (schema.isTimestampSchema()) return timestamp(raw);
  if (schema.isBlobSchema()) return typeof raw === "string" ? Buffer.from(raw, "base64") : raw;
  return wire === "text" && typeof raw === "string" ? fromText(schema, raw) : raw;
}

function members(schema: NormalizedSchema, raw: Record<string, unknown>, wire: Wire): Record<string, unknown> {
  const struct: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const value = raw[name];
    if (value !== undefined && value !== null) struct[name] = typedValue(member, value, wire);
  }
  return struct;
}

/** @param wire `text`: every leaf is a string (query, headers); `json`: leaves have JSON's types. */
export function typedValue(schema: NormalizedSchema, raw: unknown, wire: Wire): unknown {
  if (schema.isDocumentSchema()) return raw;
  if (schema.isStructSchema()) return isRecord(raw) ? members(schema, raw, wire) : raw;
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return Array.isArray(raw) ? raw.map((value) => (value === null ? null : typedValue(item, value, wire))) : raw;
  }
  if (schema.isMapSchema()) {
    if (!isRecord(raw)) return raw;
    const item = schema.getValueSchema();
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, typedValue(item, value, wire)]));
  }
  return leaf(schema, raw, wire);
}

function copyStruct(schema: NormalizedSchema, value: Record<string, unknown>): Record<string, unknown> {
  const struct: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const item = value[name];
    if (item !== undefined && item !== null) struct[name] = copyOf(member, item);
  }
  return struct;
}

/**
 * The value with only the members that the schema knows, sharing no object with the original: what a call in process
 * sees is what a client would see over the wire. Bytes and streams are passed on as they are.
 */
export function copyOf(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isUnitSchema()) return {};
  if (value instanceof Date) return new Date(value);
  if (schema.isStructSchema()) return isRecord(value) ? copyStruct(schema, value) : value;
  if (schema.isListSchema() && Array.isArray(value)) {
    const item = schema.getValueSchema();
    return value.filter((entry) => entry !== undefined).map((entry) => copyOf(item, entry));
  }
  if (schema.isMapSchema() && isRecord(value)) {
    const item = schema.getValueSchema();
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, copyOf(item, entry)]));
  }
  return value;
}
