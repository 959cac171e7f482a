import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from "yaml";
import { problemsError, TemplateError } from "./errors.ts";
import { isObject, type Json, type JsonObject, type Template } from "./template.ts";

const SECTIONS = [
  "AWSTemplateFormatVersion",
  "Description",
  "Metadata",
  "Parameters",
  "Mappings",
  "Conditions",
  "Rules",
  "Resources",
  "Outputs",
  "Transform",
  "Hooks",
] as const;
const RESOURCE_KEYS = new Set([
  "Type",
  "Properties",
  "Condition",
  "DependsOn",
  "DeletionPolicy",
  "UpdateReplacePolicy",
  "CreationPolicy",
  "UpdatePolicy",
  "Metadata",
  "Description",
]);
const DELETION_POLICIES = ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"];

/** Reads a template body, JSON or YAML with short-form tags such as `!Sub`. Throws TemplateError naming all problems. */
export function parseTemplate(body: string): Template {
  const root = parseText(body);
  if (!isObject(root)) throw new TemplateError("Template format error: unsupported structure.");
  const problems = [...sectionProblems(root), ...resourceProblems(root.Resources), ...outputProblems(root.Outputs)];
  if (problems.length > 0) throw problemsError("Template format error", problems);
  // Checked above; what the sections hold is checked further by those who read them.
  return {
    Parameters: {},
    Mappings: {},
    Conditions: {},
    Rules: {},
    Outputs: {},
    ...root,
  } as unknown as Template;
}

function parseText(body: string): Json {
  const text = body.trim();
  if (text === "") throw new TemplateError("Template format error: the template is empty.");
  if (text.startsWith("{")) {
    try {
      return JSON.parse(text) as Json;
    } catch {
      // JSON with comments or tags is still YAML; the parser below says where it is wrong.
    }
  }
  const document = parseDocument(text, { version: "1.2", logLevel: "silent" });
  const error = document.errors[0];
  if (error) throw new TemplateError(`Template format error: YAML not well-formed. ${error.message.split("\n")[0]}`);
  return fromYaml(document.contents as Node | null);
}

function fromYaml(node: Node | null): Json {
  if (node === null) return null;
  // As in AWS: CloudFormation reads YAML without aliases and hash merges.
  if (isAlias(node)) throw new TemplateError(`Template format error: YAML aliases are not allowed (*${node.source}).`);
  return withTag(node, plain(node));
}

function plain(node: Node): Json {
  if (isSeq(node)) return node.items.map((item) => fromYaml(item as Node | null));
  if (isMap(node)) return mapFromYaml(node);
  if (!isScalar(node)) return null;
  // An unknown tag (`!Ref`) leaves the scalar a string; a date or bigint does not exist in the core schema.
  return node.value as Json;
}

function mapFromYaml(map: YAMLMap): JsonObject {
  const out: JsonObject = {};
  for (const pair of map.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    out[key] = fromYaml(pair.value as Node | null);
  }
  return out;
}

function withTag(node: Node, value: Json): Json {
  const tag = node.tag;
  if (!tag?.startsWith("!") || tag.startsWith("!!")) return value;
  const name = tag.slice(1);
  if (name === "Ref" || name === "Condition") return { [name]: value };
  if (name === "GetAtt" && typeof value === "string") return { "Fn::GetAtt": splitAttribute(value) };
  return { [`Fn::${name}`]: value };
}

/** `A.B.C` → `["A", "B.C"]`. */
export function splitAttribute(text: string): [string, string] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text, ""] : [text.slice(0, dot), text.slice(dot + 1)];
}

function sectionProblems(root: JsonObject): string[] {
  const problems: string[] = [];
  for (const key of Object.keys(root))
    if (!SECTIONS.some((section) => section === key))
      problems.push(`Invalid template property or properties [${key}]; allowed are ${SECTIONS.join(", ")}`);
  for (const key of SECTIONS.slice(2, 9))
    if (root[key] !== undefined && !isObject(root[key])) problems.push(`${key} must be an object`);
  for (const key of ["Transform", "Hooks"])
    if (root[key] !== undefined) problems.push(`${key} is not implemented by this sandbox; expand it before deploying`);
  if (!isObject(root.Resources) || Object.keys(root.Resources).length === 0)
    problems.push("At least one Resources member must be defined.");
  return problems;
}

function resourceProblems(resources: Json | undefined): string[] {
  if (!isObject(resources)) return [];
  return Object.entries(resources).flatMap(([id, resource]) => {
    const at = `Resources/${id}`;
    if (!isObject(resource)) return [`${at}: must be an object`];
    const problems: string[] = [];
    if (!/^[A-Za-z0-9]{1,255}$/.test(id)) problems.push(`${at}: Resource name ${id} is non alphanumeric.`);
    if (typeof resource.Type !== "string")
      problems.push(`${at}: [/Resources/${id}/Type] 'null' values or no Type given`);
    for (const key of Object.keys(resource))
      if (!RESOURCE_KEYS.has(key)) problems.push(`${at}: Invalid template resource property '${key}'`);
    if (resource.Properties !== undefined && !isObject(resource.Properties))
      problems.push(`${at}/Properties: must be an object`);
    for (const key of ["DeletionPolicy", "UpdateReplacePolicy"] as const)
      if (resource[key] !== undefined && !DELETION_POLICIES.includes(String(resource[key])))
        problems.push(
          `${at}/${key}: got ${JSON.stringify(resource[key])}, allowed are ${DELETION_POLICIES.join(", ")}`,
        );
    return problems;
  });
}

function outputProblems(outputs: Json | undefined): string[] {
  if (!isObject(outputs)) return [];
  return Object.entries(outputs)
    .filter(([, output]) => !isObject(output) || output.Value === undefined)
    .map(([id]) => `Outputs/${id}: every Outputs member must contain a Value object`);
}
