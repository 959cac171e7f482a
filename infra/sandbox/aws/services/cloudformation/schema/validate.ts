import { isValueObject, Unknown, type Value, type ValueObject } from "../template/value.ts";
import type { Properties, PropertyType, ResourceSchema } from "./schema.ts";

/** A value in the type that the schema asks for (CloudFormation takes `"80"` for 80), and what is wrong with it. */
export interface Checked<T> {
  readonly value: T;
  readonly problems: readonly string[];
}

/** Checks the properties of one resource. @param at e.g. `Resources/Web/Properties`. */
export function checkProperties(schema: ResourceSchema, properties: ValueObject, at: string): Checked<ValueObject> {
  return checkObject({ schema, at }, schema.properties, properties);
}

interface Place {
  readonly schema: ResourceSchema;
  readonly at: string;
}

const within = (place: Place, key: string | number): Place => ({ ...place, at: `${place.at}/${key}` });

function checkObject(place: Place, properties: Properties, object: ValueObject): Checked<ValueObject> {
  const problems: string[] = [];
  const value: ValueObject = {};
  for (const [key, item] of Object.entries(object)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!property) {
      problems.push(`${place.at}: extraneous key [${key}] is not permitted${suggestion(key, Object.keys(properties))}`);
      continue;
    }
    const checked = checkValue(within(place, key), property.type, item);
    value[key] = checked.value;
    problems.push(...checked.problems);
  }
  for (const [key, property] of Object.entries(properties))
    if (property.required && object[key] === undefined) problems.push(`${place.at}: required key [${key}] not found`);
  return { value, problems };
}

function checkValue(place: Place, type: PropertyType, value: Value): Checked<Value> {
  if (value instanceof Unknown) return { value, problems: [] };
  if (typeof value === "string" && value.includes("{{resolve:")) return { value, problems: [] };
  if (typeof type === "string") return checkSimple(place, type, value);
  if ("enum" in type) return checkEnum(place, type.enum, value);
  if ("list" in type) return checkList(place, type.list, value);
  if ("map" in type) return checkMap(place, type.map, value);
  if ("any" in type) return checkAny(place, type.any, value);
  const definition = place.schema.definitions[type.ref];
  if (!definition || !isValueObject(value)) return wrong(place, "an object", value);
  return checkObject(place, definition, value);
}

type Simple = Extract<PropertyType, string>;

function checkSimple(place: Place, type: Simple, value: Value): Checked<Value> {
  const fine = (result: Value): Checked<Value> => ({ value: result, problems: [] });
  const scalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  switch (type) {
    case "json":
      return fine(value);
    case "string":
    case "date-time":
      return scalar ? fine(String(value)) : wrong(place, "a string", value);
    case "boolean":
      if (typeof value === "boolean") return fine(value);
      return value === "true" || value === "false" ? fine(value === "true") : wrong(place, "true or false", value);
    case "integer":
    case "number": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number !== "number" || Number.isNaN(number)) return wrong(place, "a number", value);
      return type === "integer" && !Number.isInteger(number) ? wrong(place, "a whole number", value) : fine(number);
    }
    case "tag": {
      const tag = { Key: { type: "string", required: true }, Value: { type: "string", required: true } } as const;
      return isValueObject(value) ? checkObject(place, tag, value) : wrong(place, "a tag with Key and Value", value);
    }
  }
}

function checkEnum(place: Place, allowed: readonly string[], value: Value): Checked<Value> {
  const text =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
  if (allowed.includes(text)) return { value: text, problems: [] };
  // Some services compare without case; the service itself decides then.
  if (allowed.some((one) => one.toLowerCase() === text.toLowerCase())) return { value: text, problems: [] };
  return wrong(place, `one of ${allowed.join(", ")}`, value);
}

function checkList(place: Place, item: PropertyType, value: Value): Checked<Value> {
  if (!Array.isArray(value)) return wrong(place, "a list", value);
  const checked = value.map((one, index) => checkValue(within(place, index), item, one));
  return { value: checked.map((one) => one.value), problems: checked.flatMap((one) => one.problems) };
}

function checkMap(place: Place, item: PropertyType, value: Value): Checked<Value> {
  if (!isValueObject(value)) return wrong(place, "an object", value);
  const checked = Object.entries(value).map(([key, one]) => [key, checkValue(within(place, key), item, one)] as const);
  return {
    value: Object.fromEntries(checked.map(([key, one]) => [key, one.value])),
    problems: checked.flatMap(([, one]) => one.problems),
  };
}

function checkAny(place: Place, types: readonly PropertyType[], value: Value): Checked<Value> {
  const results = types.map((type) => checkValue(place, type, value));
  const best = results.toSorted((a, b) => a.problems.length - b.problems.length)[0];
  return best ?? { value, problems: [] };
}

function wrong(place: Place, expected: string, value: Value): Checked<Value> {
  const got = JSON.stringify(value);
  return {
    value,
    problems: [`${place.at}: expected ${expected}, got ${got.length > 80 ? `${got.slice(0, 77)}...` : got}`],
  };
}

/** `; did you mean 'X'?` for the nearest allowed name, else the allowed names. */
export function suggestion(name: string, allowed: readonly string[]): string {
  const limit = Math.max(2, Math.floor(name.length / 4));
  const near = allowed
    .filter((one) => Math.abs(one.length - name.length) <= limit)
    .map((one) => ({ one, distance: editDistance(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((left, right) => left.distance - right.distance)[0];
  if (near) return `; did you mean '${near.one}'?`;
  return allowed.length > 0 && allowed.length <= 40 ? `; allowed are ${allowed.join(", ")}` : "";
}

/** Edits (insert, delete, change, swap of neighbours) that turn one text into the other. */
function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}
