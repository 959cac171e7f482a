import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadAwsServiceSpec } from "@aws-cdk/aws-service-spec";
import type { Property, Resource, SpecDatabase, PropertyType as SpecType } from "@aws-cdk/service-spec-types";
import { supportedTypes } from "../resources/registry.ts";
import type { Properties, PropertySchema, PropertyType, ResourceSchema, Schemas } from "./schema.ts";

/**
 * Writes schemas.generated.json for the types of resources/registry.ts:
 *   npx tsx infra/sandbox/aws/services/cloudformation/schema/generate.ts [--check]
 * `--check` writes nothing and fails when the file is out of date.
 */
export const schemaFile = fileURLToPath(new URL("./schemas.generated.json", import.meta.url));

export async function generateSchemas(): Promise<string> {
  const database = await loadAwsServiceSpec();
  const resources = database.all("resource").sort((a, b) => a.cloudFormationType.localeCompare(b.cloudFormationType));
  const wanted = new Set(supportedTypes());
  const types = resources
    .filter((resource) => wanted.has(resource.cloudFormationType))
    .map((resource) => [resource.cloudFormationType, resourceSchema(database, resource)] as const);
  const missing = [...wanted].filter((type) => !types.some(([name]) => name === type));
  if (missing.length > 0) throw new Error(`The service specification does not know ${missing.join(", ")}`);
  const result: Schemas = {
    types: Object.fromEntries(types),
    known: [...new Set(resources.map((resource) => resource.cloudFormationType))],
  };
  return `${lines(result)}\n`;
}

/** One line per type, so that a change of one type is a change of one line. */
function lines(result: Schemas): string {
  const types = Object.entries(result.types).map(
    ([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`,
  );
  return `{"types":{\n${types.join(",\n")}\n},"known":\n${JSON.stringify(result.known)}\n}`;
}

function resourceSchema(database: SpecDatabase, resource: Resource): ResourceSchema {
  const definitions = new Map<string, Properties>();
  const properties = convertProperties(database, resource.properties, definitions);
  const { tagInformation } = resource;
  const variant = tagInformation?.variant;
  return {
    properties,
    definitions: Object.fromEntries([...definitions].sort(([a], [b]) => a.localeCompare(b))),
    attributes: Object.keys(resource.attributes).sort(),
    ...(tagInformation && (variant === "standard" || variant === "map")
      ? { tags: [tagInformation.tagPropertyName, variant] as const }
      : {}),
  };
}

type Definitions = Map<string, Properties>;

function convertProperties(
  database: SpecDatabase,
  source: Record<string, Property>,
  definitions: Definitions,
): Properties {
  const entries = Object.entries(source).sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(
    entries.map(([name, property]): [string, PropertySchema] => [
      name,
      {
        type: convertType(database, property.type, definitions),
        ...(property.required ? { required: true } : {}),
        ...(property.causesReplacement === "yes" || property.causesReplacement === "maybe"
          ? { replaces: property.causesReplacement }
          : {}),
      },
    ]),
  );
}

function convertType(database: SpecDatabase, type: SpecType, definitions: Definitions): PropertyType {
  switch (type.type) {
    case "array":
      return { list: convertType(database, type.element, definitions) };
    case "map":
      return { map: convertType(database, type.element, definitions) };
    case "union":
      return { any: type.types.map((one) => convertType(database, one, definitions)) };
    case "ref": {
      const definition = database.get("typeDefinition", type.reference.$ref);
      if (!definitions.has(definition.name)) {
        // Set first: definitions may be recursive.
        definitions.set(definition.name, {});
        definitions.set(definition.name, convertProperties(database, definition.properties, definitions));
      }
      return { ref: definition.name };
    }
    case "string":
      return type.allowedValues ? { enum: [...type.allowedValues].sort() } : "string";
    case "integer":
    case "number":
    case "boolean":
    case "json":
    case "date-time":
    case "tag":
      return type.type;
    default:
      return "json";
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await generateSchemas();
  if (!process.argv.includes("--check")) writeFileSync(schemaFile, text);
  else if (readFileSync(schemaFile, "utf8") !== text) {
    console.error(
      "schemas.generated.json is out of date: run npx tsx infra/sandbox/aws/services/cloudformation/schema/generate.ts",
    );
    process.exitCode = 1;
  }
}
