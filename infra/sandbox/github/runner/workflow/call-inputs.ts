import { GithubError, type Json, type JsonObject } from "../../contract.ts";
import { evaluateText, text } from "../expressions/expressions.ts";
import type { Workflow } from "./model.ts";

/** @throws {GithubError} when a value is not of the declared type. */
export function callInputs(workflow: Workflow, given: JsonObject): JsonObject {
  const inputs: Record<string, Json> = {};
  for (const [name, definition] of Object.entries(workflow.call?.inputs ?? {})) {
    const type = definition?.type ?? "string";
    const value = given[name] ?? definition?.default ?? (type === "boolean" ? false : type === "number" ? 0 : "");
    inputs[name] = typed(value, type, `input ${name} of ${workflow.file}`);
  }
  return inputs;
}

/** GitHub converts to text only: the text 'true' of a job's output is no boolean. */
function typed(value: Json, type: string, what: string): Json {
  if (type === "string") return typeof value === "string" ? value : evaluateText(value, { contexts: {} });
  if (typeof value === type) return value;
  const how = typeof value === "string" ? `; use fromJSON() or a comparison to make one of text` : "";
  throw new GithubError(`Unexpected value '${text(value)}': ${what} is a ${type}${how}`);
}
