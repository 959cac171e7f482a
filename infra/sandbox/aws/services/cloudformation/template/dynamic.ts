import { TemplateError } from "./errors.ts";
import { Unknown, type Value } from "./value.ts";

/** Looks up `{{resolve:<service>:<rest>}}`; the result may be a secret and must not be stored. */
export type DynamicLookup = (service: string, rest: string) => Promise<string>;

const REFERENCE = /\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}]+)\}\}/g;

/** Replaces dynamic references in a value. Done just before a resource handler runs, so that state keeps the reference. */
export async function resolveDynamic(value: Value, lookup: DynamicLookup): Promise<Value> {
  if (typeof value === "string") return resolveText(value, lookup);
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveDynamic(item, lookup)));
  if (typeof value !== "object" || value === null || value instanceof Unknown) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await resolveDynamic(item, lookup)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function resolveText(text: string, lookup: DynamicLookup): Promise<string> {
  if (!text.includes("{{resolve:")) return text;
  const found = [...text.matchAll(REFERENCE)];
  if (found.length === 0)
    throw new TemplateError(`Dynamic reference in '${text}' is not one of ssm, ssm-secure, secretsmanager`);
  let result = text;
  for (const match of found) {
    const value = await lookup(match[1] ?? "", match[2] ?? "");
    // A function, because a replacement text would read `$&` in a secret as a pattern.
    result = result.replace(match[0], () => value);
  }
  return result;
}

/** Parts of a `secretsmanager` reference: `secret-id:SecretString:json-key:version-stage:version-id`; the id may be an ARN. */
export function secretReference(rest: string): { id: string; jsonKey?: string; stage?: string; version?: string } {
  const parts = rest.split(":");
  const length = rest.startsWith("arn:") ? 7 : 1;
  const id = parts.slice(0, length).join(":");
  const [kind, jsonKey, stage, version] = parts.slice(length);
  if (kind !== undefined && kind !== "" && kind !== "SecretString")
    throw new TemplateError(`Dynamic reference secretsmanager:${rest}: only SecretString can be read, got ${kind}`);
  return {
    id,
    ...(jsonKey ? { jsonKey } : {}),
    ...(stage ? { stage } : {}),
    ...(version ? { version } : {}),
  };
}
