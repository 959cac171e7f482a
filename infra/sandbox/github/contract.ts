/** What the sandbox hands to a runner process, and what the runner answers. Both sides import only this. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Ids never change; names could. Owner and repository as they appear in events, tokens and contexts. */
export interface RepositoryIdentity {
  readonly owner: string;
  readonly name: string;
  readonly id: number;
  readonly ownerId: number;
  readonly defaultBranch: string;
}

export interface WorkflowEvent {
  /** `push`, `workflow_dispatch`, … */
  readonly name: string;
  readonly payload: JsonObject;
  /** `refs/heads/main` */
  readonly ref: string;
  readonly sha: string;
  readonly actor: string;
}

export interface RunRequest {
  /** The bare repository that `actions/checkout` and reusable workflows are read from. */
  readonly repositoryDir: string;
  readonly repository: RepositoryIdentity;
  /** Path inside the repository, e.g. `.github/workflows/deploy.yml`. */
  readonly workflow: string;
  readonly event: WorkflowEvent;
  readonly runId: number;
  readonly runNumber: number;
  readonly attempt: number;
  readonly vars: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Variables and secrets that only jobs of that environment see; they win over the repository's. */
  readonly environments?: Readonly<
    Record<string, { readonly vars?: Record<string, string>; readonly secrets?: Record<string, string> }>
  >;
  /** Further environment of every job: `AWS_ENDPOINT_URL`, `KARMACADABRA_CLOCK`, … */
  readonly env: Readonly<Record<string, string>>;
  /** Folder of this run alone: workspaces, artifacts, `result.json`. */
  readonly workDir: string;
  /** Base URL of the sandbox's GitHub, and the key that signs the tokens of its jobs. */
  readonly api?: { readonly url: string; readonly secret: string };
  /** How many jobs run at once. */
  readonly maxParallel: number;
  /** Checkout whose node_modules `npm ci` may link when both lock files are the same. */
  readonly installedFrom?: string;
  /** Keep workspaces after the run; they are removed otherwise. */
  readonly keepWorkspaces?: boolean;
}

export type Conclusion = "success" | "failure" | "cancelled" | "skipped";

export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface StepResult {
  readonly name: string;
  readonly id: string;
  /** Before and after `continue-on-error`. */
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
  readonly seconds: number;
}

export interface JobResult {
  /** Path of job ids through reusable workflows, e.g. `fleet/agent`. */
  readonly id: string;
  /** As shown, e.g. `fleet / agent (alpha)`. */
  readonly name: string;
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  readonly matrix: JsonObject | null;
  readonly environment?: { readonly name: string; readonly url?: string };
  readonly steps: readonly StepResult[];
  readonly annotations: readonly Annotation[];
  /** Markdown, one per step that wrote one. */
  readonly summaries: readonly string[];
  readonly startedAt: string;
  readonly seconds: number;
}

export interface ArtifactResult {
  readonly name: string;
  /** Folder that holds the artifact's files. */
  readonly dir: string;
  readonly files: number;
  readonly bytes: number;
}

export interface RunResult {
  readonly runId: number;
  readonly workflow: string;
  readonly name: string;
  readonly conclusion: Conclusion;
  /** Why nothing ran: the file's faults, one a line, or the filter that did not match. */
  readonly refusal?: string;
  readonly jobs: readonly JobResult[];
  readonly artifacts: readonly ArtifactResult[];
  readonly seconds: number;
}

/** One line of NDJSON on the runner's standard output. `job` is the shown name. All text is already masked. */
export type RunEvent =
  | {
      readonly type: "run-started";
      readonly workflow: string;
      readonly name: string;
      readonly sha: string;
      /** Third-party actions that stand-ins replace, as `owner/repo`. */
      readonly standIns: readonly string[];
    }
  | { readonly type: "run-refused"; readonly message: string }
  | { readonly type: "job-waiting"; readonly job: string; readonly group: string }
  | { readonly type: "job-started"; readonly job: string; readonly id: string }
  | { readonly type: "step-started"; readonly job: string; readonly step: string }
  | { readonly type: "log"; readonly job: string; readonly step: string; readonly line: string }
  | ({ readonly type: "annotation"; readonly job: string; readonly step: string } & Annotation)
  | { readonly type: "summary"; readonly job: string; readonly step: string; readonly markdown: string }
  | {
      readonly type: "step-ended";
      readonly job: string;
      readonly step: string;
      readonly conclusion: Conclusion;
      readonly seconds: number;
    }
  | {
      readonly type: "job-ended";
      readonly job: string;
      readonly id: string;
      readonly conclusion: Conclusion;
      readonly seconds: number;
      readonly outputs: Readonly<Record<string, string>>;
    }
  | { readonly type: "run-ended"; readonly conclusion: Conclusion; readonly seconds: number };

/** A fault that the user can mend: shown as it is, without a stack. */
export class GithubError extends Error {
  override readonly name = "GithubError";
}
