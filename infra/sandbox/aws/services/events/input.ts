import type { Target } from "@aws-sdk/client-eventbridge";
import { isRecord } from "../../wire/values.ts";
import type { Event } from "./model.ts";

/** What a target gets of an event: all of it, a part, a constant, or a template filled from it. */

export interface RuleNames {
  readonly arn: string;
  readonly name: string;
}

/** `$.detail.tags[0]` as its steps; `undefined` for what is no such path. */
function stepsOf(path: string): string[] | undefined {
  if (!/^\$(\.[A-Za-z0-9_-]+|\[\d+\]|\['[^']+'\])*$/.test(path)) return undefined;
  return [...path.matchAll(/\.([A-Za-z0-9_-]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    ([, name, index, quoted]) => name ?? index ?? quoted ?? "",
  );
}

function at(value: unknown, path: string): unknown {
  return (stepsOf(path) ?? []).reduce<unknown>((found, step) => {
    if (Array.isArray(found)) return found[Number(step)] as unknown;
    return isRecord(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }, value);
}

export function transformProblem({ Input, InputPath, InputTransformer }: Target): string | undefined {
  if (Input !== undefined && !isJson(Input)) return "Input must be JSON";
  if (InputPath !== undefined && InputPath !== "" && !stepsOf(InputPath))
    return `InputPath must be a path like $.detail.state, got ${JSON.stringify(InputPath)}`;
  const wrong = Object.entries(InputTransformer?.InputPathsMap ?? {}).filter(([, path]) => !stepsOf(path));
  if (wrong.length > 0) return `InputPathsMap must hold paths like $.detail.state, got ${JSON.stringify(wrong[0])}`;
  const name = Object.keys(InputTransformer?.InputPathsMap ?? {}).find((key) => key.toUpperCase().startsWith("AWS"));
  return name === undefined
    ? undefined
    : `InputPathsMap may not define ${name}: names that begin with AWS are reserved`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a place in a template lies within a JSON string. */
function isQuoted(before: string): boolean {
  return before.replace(/\\./g, "").split('"').length % 2 === 0;
}

/** Text within a string is escaped and without quotes of its own; elsewhere every value is JSON. */
function written(value: unknown, quoted: boolean): string {
  if (value === undefined) return "";
  if (!quoted) return JSON.stringify(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}

function filled(template: string, values: ReadonlyMap<string, unknown>): string {
  return template.replace(/<([A-Za-z0-9_.-]+)>/g, (whole, name: string, offset: number) =>
    values.has(name) ? written(values.get(name), isQuoted(template.slice(0, offset))) : whole,
  );
}

/** @returns the target's input as text, JSON in all but templates that make something else. */
export function inputFor({ Input, InputPath, InputTransformer }: Target, event: Event, rule: RuleNames): string {
  if (Input !== undefined) return Input;
  if (InputPath) return JSON.stringify(at(event, InputPath) ?? null);
  if (!InputTransformer) return JSON.stringify(event);
  const paths = Object.entries(InputTransformer.InputPathsMap ?? {}).map(
    ([name, path]) => [name, at(event, path)] as const,
  );
  const values = new Map<string, unknown>([
    ...paths,
    ["aws.events.rule-arn", rule.arn],
    ["aws.events.rule-name", rule.name],
    ["aws.events.event.ingestion-time", event.time],
    ["aws.events.event", { ...event, detail: undefined }],
    ["aws.events.event.json", event],
  ]);
  return filled(InputTransformer.InputTemplate ?? "", values);
}
