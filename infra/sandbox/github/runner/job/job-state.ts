import type { Annotation, Conclusion, Json, JsonObject } from "../../contract.ts";
import type { JobIdentity } from "../../tokens.ts";
import type { Cancellation } from "../cancellation.ts";
import type { Masker } from "../log/masker.ts";
import type { JobProcesses } from "../process/spawn.ts";
import type { RunContext } from "../run-context.ts";
import type { RawDefaults, RawJob, Workflow } from "../workflow/model.ts";
import type { Permissions } from "../workflow/permissions.ts";
import type { JobDirs } from "./environment.ts";

/** One job of the graph, after its matrix, with what it was given. */
export interface JobRequest {
  readonly run: RunContext;
  readonly workflow: Workflow;
  readonly raw: RawJob;
  /** Own id inside its workflow; path through the workflows; shown name. */
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly permissions: Permissions;
  readonly inputs: JsonObject;
  readonly secrets: Readonly<Record<string, string>>;
  readonly needs: JsonObject;
  readonly matrix: JsonObject | null;
  readonly strategy: JsonObject;
  readonly cancellation: Cancellation;
}

/** A step's entry in the `steps` context. */
export interface StepState {
  outputs: Record<string, string>;
  outcome: Conclusion;
  conclusion: Conclusion;
}

/** Something to do after the main steps, last registered first. */
export interface PostStep {
  readonly name: string;
  readonly condition: string;
  readonly run: (step: StepRun) => Promise<boolean>;
}

/** Everything one job accumulates while it runs. */
export interface JobState {
  readonly run: RunContext;
  readonly identity: JobIdentity;
  readonly name: string;
  readonly dirs: JobDirs;
  readonly masker: Masker;
  readonly processes: JobProcesses;
  readonly cancellation: Cancellation;
  readonly defaults: readonly (RawDefaults | undefined)[];
  readonly contexts: Readonly<Record<string, Json>>;
  readonly token: string;
  readonly oidc?: { readonly url: string; readonly token: string };
  /** Workflow and job `env`, then what steps wrote to GITHUB_ENV. */
  readonly env: Record<string, string>;
  readonly path: string[];
  readonly posts: PostStep[];
  readonly annotations: Annotation[];
  readonly summaries: string[];
  readonly nextId: () => number;
}

/**
 * The steps of a job, or of one composite action: each has its own `steps` context, inputs and status, and the
 * environment of the steps around it.
 */
export interface Frame {
  readonly steps: Record<string, StepState>;
  failed: boolean;
  readonly inputs: JsonObject;
  readonly env: Readonly<Record<string, string>>;
  /** Entries of the `github` context that differ inside an action. */
  readonly github: JsonObject;
  readonly depth: number;
}

/** One step while it runs. */
export interface StepRun {
  readonly name: string;
  readonly outputs: Record<string, string>;
  readonly state: Record<string, string>;
  readonly log: (line: string) => void;
  readonly annotate: (annotation: Annotation) => void;
  readonly cancel: AbortSignal;
  readonly kill: AbortSignal;
}
