import type { NormalizedSchema } from "@smithy/core/schema";
import type { SchemaTraitsObject } from "@smithy/types";
import { AwsError } from "../kernel.ts";

/** The two dialects of `a.b.1.c=value`: `query` names list members, `ec2` numbers them at once and capitalizes. */
export type Dialect = "query" | "ec2";

interface Node {
  value?: string;
  readonly children: Map<string, Node>;
}

/** AWS's own shapes stay far below; the limit keeps hostile keys from growing the stack. */
const maxDepth = 40;

function treeOf(parameters: URLSearchParams): Node {
  const root: Node = { children: new Map() };
  for (const [key, value] of parameters) {
    const segments = key.split(".");
    if (segments.length > maxDepth)
      throw new AwsError("MalformedQueryString", `A parameter name has more than ${maxDepth} parts.`);
    let node = root;
    for (const segment of segments) {
      const next: Node = node.children.get(segment) ?? { children: new Map() };
      node.children.set(segment, next);
      node = next;
    }
    node.value = value;
  }
  return root;
}

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function wireName(name: string, traits: SchemaTraitsObject, dialect: Dialect): string {
  if (dialect === "query") return traits.xmlName ?? name;
  return (traits.ec2QueryName as string | undefined) ?? capitalized(traits.xmlName ?? name);
}

/** Children named 1, 2, 3, … in that order; gaps end the list as they do at AWS. */
function numbered(node: Node): Node[] {
  const items: Node[] = [];
  for (let item = node.children.get("1"); item; item = node.children.get(String(items.length + 1))) items.push(item);
  return items;
}

function listItems(schema: NormalizedSchema, node: Node, dialect: Dialect): Node[] {
  if (dialect === "ec2" || schema.getMergedTraits().xmlFlattened) return numbered(node);
  const name = schema.getValueSchema().getMergedTraits().xmlName ?? "member";
  return numbered(node.children.get(name) ?? node.children.get("member") ?? node);
}

function mapEntries(schema: NormalizedSchema, node: Node, dialect: Dialect): [string, unknown][] {
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? "key";
  const valueSchema = schema.getValueSchema();
  const valueName = valueSchema.getMergedTraits().xmlName ?? "value";
  const entries = numbered(schema.getMergedTraits().xmlFlattened ? node : (node.children.get("entry") ?? node));
  return entries.map((entry) => {
    const value = entry.children.get(valueName);
    return [entry.children.get(keyName)?.value ?? "", value ? rawOf(valueSchema, value, dialect) : ""];
  });
}

function rawOf(schema: NormalizedSchema, node: Node, dialect: Dialect): unknown {
  if (schema.isStructSchema()) {
    const struct: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      const child = node.children.get(wireName(name, member.getMergedTraits(), dialect));
      if (child) struct[name] = rawOf(member, child, dialect);
    }
    return struct;
  }
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return listItems(schema, node, dialect).map((child) => rawOf(item, child, dialect));
  }
  if (schema.isMapSchema()) return Object.fromEntries(mapEntries(schema, node, dialect));
  return node.value ?? "";
}

/** The parameters of a query request as nested objects and lists of strings. */
export function queryInput(schema: NormalizedSchema, parameters: URLSearchParams, dialect: Dialect): unknown {
  return schema.isUnitSchema() ? {} : rawOf(schema, treeOf(parameters), dialect);
}
