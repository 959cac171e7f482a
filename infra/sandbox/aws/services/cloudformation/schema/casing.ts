import { isValueObject, type Value, type ValueObject } from "../template/value.ts";
import type { Properties, PropertyType, ResourceSchema } from "./schema.ts";

/** Names whose SDK member is not the property's name with a small first letter. */
const IRREGULAR: Readonly<Record<string, string>> = {
  EFSVolumeConfiguration: "efsVolumeConfiguration",
  FSxWindowsFileServerVolumeConfiguration: "fsxWindowsFileServerVolumeConfiguration",
  ManagedEBSVolume: "managedEBSVolume",
  FilesystemId: "fileSystemId",
  FileSystemId: "fileSystemId",
  IAM: "iam",
  EBSTagSpecifications: "tagSpecifications",
};

/**
 * Properties in the SDK's camel case (ECS, ECR). Driven by the schema, because only names of structures are renamed:
 * the keys of maps (docker labels, log options) and of JSON documents are the user's.
 */
export function camelCased(schema: ResourceSchema, properties: ValueObject): ValueObject {
  return camelObject(schema, schema.properties, properties);
}

function camelObject(schema: ResourceSchema, properties: Properties, object: ValueObject): ValueObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [memberName(key), camelValue(schema, properties[key]?.type, value)]),
  );
}

function camelValue(schema: ResourceSchema, type: PropertyType | undefined, value: Value): Value {
  if (type === "tag" && isValueObject(value)) return { key: value.Key ?? "", value: value.Value ?? "" };
  if (type === undefined || typeof type === "string" || "enum" in type) return value;
  if ("list" in type && Array.isArray(value)) return value.map((item) => camelValue(schema, type.list, item));
  if ("map" in type && isValueObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, camelValue(schema, type.map, item)]));
  if ("any" in type)
    return camelValue(
      schema,
      type.any.find((one) => typeof one !== "string"),
      value,
    );
  const definition = "ref" in type ? schema.definitions[type.ref] : undefined;
  return definition && isValueObject(value) ? camelObject(schema, definition, value) : value;
}

function memberName(key: string): string {
  return IRREGULAR[key] ?? key.charAt(0).toLowerCase() + key.slice(1);
}
