import { parse } from "yaml";
import { GithubError, type Json, type JsonObject } from "../../contract.ts";
import type { RawStep } from "./model.ts";

/** What an `action.yml` declares. */
export interface ActionFile {
  readonly name: string;
  readonly inputs: Readonly<Record<string, { readonly default?: Json; readonly deprecationMessage?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value?: string }>>;
  readonly runs: NodeRuns | CompositeRuns;
}

export interface NodeRuns {
  readonly kind: "node";
  readonly main: string;
  readonly post?: string;
  readonly postIf?: string;
}

export interface CompositeRuns {
  readonly kind: "composite";
  readonly steps: readonly RawStep[];
}

const SUPPORTED = "node20, node24, composite";

/** @throws {GithubError} for what this runner cannot run, naming it. */
export function parseActionFile(file: string, content: string): ActionFile {
  const raw = parseYaml(file, content);
  const runs = (raw.runs ?? {}) as JsonObject;
  return {
    name: String(raw.name ?? file),
    inputs: lowerKeys((raw.inputs ?? {}) as ActionFile["inputs"]),
    outputs: (raw.outputs ?? {}) as ActionFile["outputs"],
    runs: runsOf(file, runs),
  };
}

function parseYaml(file: string, content: string): JsonObject {
  let raw: unknown;
  try {
    raw = parse(content);
  } catch (error) {
    throw new GithubError(`${file}: ${(error as Error).message}`);
  }
  if (raw === null || typeof raw !== "object") throw new GithubError(`${file}: allowed: a mapping with "runs"`);
  return raw as JsonObject;
}

function runsOf(file: string, runs: JsonObject): ActionFile["runs"] {
  const using = String(runs.using ?? "missing");
  if (using === "composite") {
    if (!Array.isArray(runs.steps))
      throw new GithubError(`${file}: runs.steps is missing; a composite action needs it`);
    return { kind: "composite", steps: runs.steps as unknown as RawStep[] };
  }
  if (using === "docker")
    throw new GithubError(`${file}: Docker actions are not supported here; supported: ${SUPPORTED}`);
  if (using !== "node20" && using !== "node24")
    throw new GithubError(`${file}: runs.using is ${using}; supported: ${SUPPORTED}`);
  if (typeof runs.main !== "string")
    throw new GithubError(`${file}: runs.main is missing; a JavaScript action needs it`);
  return {
    kind: "node",
    main: runs.main,
    ...(typeof runs.post === "string" ? { post: runs.post } : {}),
    ...(typeof runs["post-if"] === "string" ? { postIf: runs["post-if"] } : {}),
  };
}

function lowerKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]));
}
