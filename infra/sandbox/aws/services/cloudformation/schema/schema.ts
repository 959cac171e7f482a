import { readFileSync } from "node:fs";

/**
 * CloudFormation's resource schema, reduced to what this sandbox supports. The file is generated from
 * `@aws-cdk/aws-service-spec` by generate.ts, because that database takes 1.8 s and 300 MB to load.
 */
export type PropertyType =
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "json"
  | "date-time"
  | "tag"
  | { readonly enum: readonly string[] }
  | { readonly list: PropertyType }
  | { readonly map: PropertyType }
  | { readonly ref: string }
  | { readonly any: readonly PropertyType[] };

export interface PropertySchema {
  readonly type: PropertyType;
  readonly required?: true;
  /** Whether a change needs a new resource; absent: no. */
  readonly replaces?: "yes" | "maybe";
}

export type Properties = Readonly<Record<string, PropertySchema>>;

export interface ResourceSchema {
  readonly properties: Properties;
  readonly definitions: Readonly<Record<string, Properties>>;
  readonly attributes: readonly string[];
  /** Property that takes tags and its form: a list of Key and Value, or a map. */
  readonly tags?: readonly [string, "standard" | "map"];
}

export interface Schemas {
  readonly types: Readonly<Record<string, ResourceSchema>>;
  /** Every type that AWS knows, to tell a misspelt type from one this sandbox does not have. */
  readonly known: readonly string[];
}

let loaded: Schemas | undefined;

export function schemas(): Schemas {
  loaded ??= JSON.parse(readFileSync(new URL("./schemas.generated.json", import.meta.url), "utf8")) as Schemas;
  return loaded;
}

export const schemaOf = (type: string): ResourceSchema | undefined =>
  Object.hasOwn(schemas().types, type) ? schemas().types[type] : undefined;
