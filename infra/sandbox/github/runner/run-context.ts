import type { JobResult, Json, JsonObject, RunEvent, RunRequest } from "../contract.ts";
import type { ArtifactStore } from "./artifacts.ts";
import type { Cancellation } from "./cancellation.ts";
import type { EnterGroup } from "./groups.ts";
import type { Watchdog } from "./process/watchdog.ts";
import type { Slots } from "./slots.ts";
import type { ReadFile, Workflow } from "./workflow/model.ts";

/** What every part of one run shares. */
export interface RunContext {
  readonly request: RunRequest;
  readonly emit: (event: RunEvent) => void;
  readonly readFile: ReadFile;
  readonly workflows: ReadonlyMap<string, Workflow>;
  /** The run's own workflow file. */
  readonly entry: Workflow;
  readonly slots: Slots;
  readonly enterGroup: EnterGroup;
  readonly artifacts: ArtifactStore;
  readonly watchdog: Watchdog;
  readonly cancellation: Cancellation;
  /** Directory at the front of every job's PATH: the `npm` that can link an installed tree. */
  readonly shimDir: string;
  /** Takes the next number of a job, for its folder. */
  readonly nextJobNumber: () => number;
  /** Job results in the order in which jobs ended. */
  readonly results: JobResult[];
}

/** Splits `refs/heads/main` as the `github` context does. */
export function refName(ref: string): { name: string; type: "branch" | "tag" } {
  return { name: ref.replace(/^refs\/(heads|tags|pull)\//, ""), type: ref.startsWith("refs/tags/") ? "tag" : "branch" };
}

export const fullName = (request: RunRequest): string => `${request.repository.owner}/${request.repository.name}`;

/** The part of the `github` context that all jobs of a run share. */
export function githubContext(run: RunContext): Record<string, Json> {
  const { request } = run;
  const { event, repository, api } = request;
  const pull = event.payload.pull_request as JsonObject | undefined;
  const ref = refName(event.ref);
  return {
    actor: event.actor,
    actor_id: String(repository.ownerId),
    triggering_actor: event.actor,
    event_name: event.name,
    event: event.payload,
    ref: event.ref,
    ref_name: ref.name,
    ref_type: ref.type,
    ref_protected: false,
    sha: event.sha,
    head_ref: String((pull?.head as JsonObject | undefined)?.ref ?? ""),
    base_ref: String((pull?.base as JsonObject | undefined)?.ref ?? ""),
    repository: fullName(request),
    repository_id: String(repository.id),
    repository_owner: repository.owner,
    repository_owner_id: String(repository.ownerId),
    repositoryUrl: `git://${new URL(serverUrl(api?.url)).host}/${fullName(request)}.git`,
    run_id: String(request.runId),
    run_number: String(request.runNumber),
    run_attempt: String(request.attempt),
    retention_days: "90",
    secret_source: "Actions",
    workflow: run.entry.name,
    workflow_ref: `${fullName(request)}/${run.entry.file}@${event.ref}`,
    workflow_sha: event.sha,
    server_url: serverUrl(api?.url),
    api_url: `${serverUrl(api?.url)}/api/v3`,
    graphql_url: `${serverUrl(api?.url)}/api/graphql`,
  };
}

/** A runner without an API shows an address that cannot be reached, rather than the real GitHub. */
const serverUrl = (url: string | undefined): string => url ?? "http://github.invalid";
