import type { Json, JsonObject } from "../../contract.ts";

/** The YAML as plain values, typed by what GitHub's schema has already checked. */
export interface RawWorkflow {
  readonly name?: string;
  readonly "run-name"?: string;
  readonly on: Json;
  readonly env?: JsonObject;
  readonly defaults?: RawDefaults;
  readonly permissions?: RawPermissions;
  readonly concurrency?: Json;
  readonly jobs: Readonly<Record<string, RawJob>>;
}

export interface RawDefaults {
  readonly run?: { readonly shell?: string; readonly "working-directory"?: string };
}

export type RawPermissions = string | Readonly<Record<string, string>>;

export interface RawJob {
  readonly name?: string;
  readonly needs?: string | readonly string[];
  readonly if?: Json;
  readonly "runs-on"?: Json;
  readonly permissions?: RawPermissions;
  readonly environment?: Json;
  readonly concurrency?: Json;
  readonly outputs?: JsonObject;
  readonly env?: JsonObject;
  readonly defaults?: RawDefaults;
  readonly steps?: readonly RawStep[];
  readonly "timeout-minutes"?: Json;
  readonly strategy?: { readonly matrix?: Json; readonly "fail-fast"?: Json; readonly "max-parallel"?: Json };
  readonly "continue-on-error"?: Json;
  readonly container?: Json;
  readonly services?: Json;
  readonly uses?: string;
  readonly with?: JsonObject;
  readonly secrets?: Json;
}

export interface RawStep {
  readonly id?: string;
  readonly name?: string;
  readonly if?: Json;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: JsonObject;
  readonly env?: JsonObject;
  readonly shell?: string;
  readonly "working-directory"?: string;
  readonly "continue-on-error"?: Json;
  readonly "timeout-minutes"?: Json;
}

export interface CallInput {
  readonly type?: string;
  readonly required?: boolean;
  readonly default?: Json;
}

/** `on.workflow_call` of a reusable workflow. */
export interface CallDefinition {
  readonly inputs: Readonly<Record<string, CallInput>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly secrets: Readonly<Record<string, { readonly required?: boolean }>>;
}

export interface Workflow {
  /** Path inside the repository. */
  readonly file: string;
  readonly name: string;
  readonly raw: RawWorkflow;
  readonly call: CallDefinition | undefined;
  /** `file:line:column` of the value at a path of keys and indexes. */
  readonly place: (...path: readonly (string | number)[]) => string;
}

export const needsOf = (job: RawJob): readonly string[] =>
  job.needs === undefined ? [] : typeof job.needs === "string" ? [job.needs] : job.needs;

/** The keys of a mapping; every key of a scalar or a list becomes a mapping without content. */
export function eventsOf(on: Json): Readonly<Record<string, Json>> {
  if (typeof on === "string") return { [on]: null };
  if (Array.isArray(on)) return Object.fromEntries(on.map((name) => [String(name), null]));
  return (on ?? {}) as Record<string, Json>;
}

/** The text of a file of the repository at the run's commit; `undefined` when there is none. */
export type ReadFile = (path: string) => string | undefined;
