import type { Json, JsonObject, WorkflowEvent } from "./contract.ts";
import { matchesFilters } from "./globs.ts";

/**
 * Whether a workflow's `on` answers to an event. Pure: the changed files of a push are handed in.
 * @returns `undefined` when it does, otherwise the reason.
 */
export function whyNotTriggered(on: Json, event: WorkflowEvent, changedFiles: readonly string[]): string | undefined {
  const filter = filterOf(on, event.name);
  if (filter === undefined) return `its "on" does not name ${event.name}`;
  const filters = (filter !== null && typeof filter === "object" && !Array.isArray(filter) ? filter : {}) as JsonObject;
  return whyNotRef(filters, event) ?? whyNotType(filters, event) ?? whyNotPaths(filters, event, changedFiles);
}

function filterOf(on: Json, name: string): Json | undefined {
  if (typeof on === "string") return on === name ? null : undefined;
  if (Array.isArray(on)) return on.includes(name) ? null : undefined;
  const filters = (on ?? {}) as JsonObject;
  return name in filters ? (filters[name] ?? null) : undefined;
}

function whyNotRef(filters: JsonObject, event: WorkflowEvent): string | undefined {
  if (event.name !== "push" && event.name !== "pull_request") return undefined;
  const tag = event.ref.startsWith("refs/tags/");
  const base = (event.payload.pull_request as JsonObject | undefined)?.base as JsonObject | undefined;
  const name = event.name === "push" ? event.ref.replace(/^refs\/(heads|tags)\//, "") : String(base?.ref ?? "");
  const own = tag ? "tags" : "branches";
  const other = tag ? "branches" : "tags";
  const has = (kind: string) => filters[kind] !== undefined || filters[`${kind}-ignore`] !== undefined;
  // A push filter that names only branches does not answer to tags, and the other way round.
  if (!has(own)) return event.name === "push" && has(other) ? `it answers to ${other} only` : undefined;
  return admits(filters, own, [name]) ? undefined : `${tag ? "tag" : "branch"} "${name}" does not match its ${own}`;
}

function whyNotType(filters: JsonObject, event: WorkflowEvent): string | undefined {
  const defaults = event.name === "pull_request" ? ["opened", "synchronize", "reopened"] : undefined;
  const types = filters.types === undefined ? defaults : list(filters.types);
  const action = event.payload.action;
  if (!types || typeof action !== "string" || types.includes(action)) return undefined;
  return `activity "${action}" is not one of its types ${types.join(", ")}`;
}

function whyNotPaths(filters: JsonObject, event: WorkflowEvent, files: readonly string[]): string | undefined {
  if (event.ref.startsWith("refs/tags/")) return undefined;
  return admits(filters, "paths", files) ? undefined : "no changed file matches its paths";
}

function admits(filters: JsonObject, kind: string, values: readonly string[]): boolean {
  const wanted = filters[kind];
  const ignored = filters[`${kind}-ignore`];
  if (wanted !== undefined) return values.some((value) => matchesFilters(list(wanted), value));
  if (ignored !== undefined) return values.some((value) => !matchesFilters(list(ignored), value));
  return true;
}

const list = (value: Json): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);
