import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type Conclusion,
  GithubError,
  type JobResult,
  type JsonObject,
  type RunEvent,
  type RunRequest,
  type RunResult,
} from "../contract.ts";
import { gitEnvironment } from "../repository/git.ts";
import { type JobIdentity, mintToken } from "../tokens.ts";
import { whyNotTriggered } from "../triggers.ts";
import { ArtifactStore } from "./artifacts.ts";
import type { Cancellation } from "./cancellation.ts";
import { type EnterGroup, localGroups, sharedGroups } from "./groups.ts";
import { holdGroup } from "./hold-group.ts";
import { Watchdog } from "./process/watchdog.ts";
import { githubContext, type RunContext } from "./run-context.ts";
import { runWorkflow } from "./run-workflow.ts";
import { writeShims } from "./shims.ts";
import { Slots } from "./slots.ts";
import { type LoadedWorkflows, loadWorkflows } from "./workflow/load.ts";
import type { ReadFile } from "./workflow/model.ts";
import { DEFAULT_PERMISSIONS, resolvePermissions } from "./workflow/permissions.ts";

export interface RunControls {
  readonly emit: (event: RunEvent) => void;
  readonly cancellation: Cancellation;
}

/** Reads, checks and runs one workflow. Faults of the workflow are a result, not an exception. */
export async function executeRun(request: RunRequest, { emit, cancellation }: RunControls): Promise<RunResult> {
  const started = Date.now();
  const results: JobResult[] = [];
  const finish = (conclusion: Conclusion, name: string, rest: Partial<RunResult> = {}): RunResult => {
    const seconds = (Date.now() - started) / 1000;
    emit({ type: "run-ended", conclusion, seconds });
    return {
      ...{ runId: request.runId, workflow: request.workflow, name, conclusion, jobs: results },
      ...{ artifacts: [], seconds, ...rest },
    };
  };
  const readFile = commitReader(request);
  const loaded = await load(request.workflow, readFile);
  if (typeof loaded === "string") {
    emit({ type: "run-refused", message: loaded });
    return finish("failure", request.workflow, { refusal: loaded });
  }
  const reason = whyNotTriggered(loaded.entry.raw.on, request.event, changedFiles(request));
  if (reason !== undefined) {
    emit({ type: "run-refused", message: `${request.workflow} does not run: ${reason}` });
    return finish("skipped", loaded.entry.name, { refusal: reason });
  }
  emit({
    type: "run-started",
    workflow: request.workflow,
    name: loaded.entry.name,
    sha: request.event.sha,
    standIns: loaded.standIns,
  });
  const run = await createRun(request, { emit, cancellation }, { loaded, readFile, results });
  try {
    const conclusion = await runEntry(run);
    const artifacts = run.artifacts.all.map(({ name, dir, files, bytes }) => ({ name, dir, files, bytes }));
    return finish(conclusion, loaded.entry.name, { artifacts });
  } finally {
    await run.watchdog.close();
    rmSync(run.shimDir, { recursive: true, force: true });
    if (!request.keepWorkspaces) rmSync(join(request.workDir, "jobs"), { recursive: true, force: true, maxRetries: 3 });
  }
}

async function load(workflow: string, readFile: ReadFile): Promise<LoadedWorkflows | string> {
  try {
    return await loadWorkflows(workflow, readFile);
  } catch (error) {
    if (error instanceof GithubError) return error.message;
    throw error;
  }
}

async function runEntry(run: RunContext): Promise<Conclusion> {
  const { entry, request, cancellation } = run;
  const contexts = { github: githubContext(run), vars: request.vars, inputs: dispatchInputs(request) };
  let leave = () => {};
  try {
    leave = await holdGroup({
      ...{ run, name: entry.name, setting: entry.raw.concurrency, scope: { contexts }, cancellation },
      owner: String(request.runId),
    });
    if (cancellation.cancelled) return "cancelled";
    const { conclusion } = await runWorkflow(run, {
      workflow: entry,
      inputs: contexts.inputs,
      secrets: request.secrets,
      permissions: resolvePermissions(entry.raw.permissions, DEFAULT_PERMISSIONS),
      ...{ cancellation, path: "", title: "" },
    });
    return cancellation.cancelled && conclusion !== "failure" ? "cancelled" : conclusion;
  } finally {
    leave();
  }
}

const dispatchInputs = ({ event }: RunRequest): JsonObject => (event.payload.inputs ?? {}) as JsonObject;

async function createRun(
  request: RunRequest,
  { emit, cancellation }: RunControls,
  { loaded, readFile, results }: { loaded: LoadedWorkflows; readFile: ReadFile; results: JobResult[] },
): Promise<RunContext> {
  mkdirSync(request.workDir, { recursive: true });
  const shimDir = join(request.workDir, "shims");
  writeShims(shimDir, request.installedFrom);
  let jobs = 0;
  return {
    ...{ request, emit, cancellation, readFile, results, shimDir },
    workflows: loaded.byFile,
    entry: loaded.entry,
    slots: new Slots(Math.max(1, request.maxParallel)),
    enterGroup: await groupsOf(request, loaded),
    artifacts: new ArtifactStore(join(request.workDir, "artifacts")),
    watchdog: new Watchdog(`github_${randomUUID()}`),
    nextJobNumber: () => ++jobs,
  };
}

async function groupsOf(request: RunRequest, { entry }: LoadedWorkflows): Promise<EnterGroup> {
  const { api, event, repository, runId, runNumber, attempt } = request;
  if (!api) return localGroups();
  const ref = `${repository.owner}/${repository.name}/${entry.file}@${event.ref}`;
  const identity: JobIdentity = {
    ...{ repository, runId, runNumber, attempt, job: "", ref: event.ref, sha: event.sha, event: event.name },
    ...{ actor: event.actor, workflow: entry.name, workflowRef: ref, jobWorkflowRef: ref },
    ...{ headRef: "", baseRef: "", permissions: {} },
  };
  return sharedGroups(api.url, await mintToken(api.secret, "runner", identity));
}

/** Files of the run's commit, straight from the bare repository; read before anything runs, so synchronously. */
function commitReader(request: RunRequest): ReadFile {
  const known = new Map<string, string | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, show(request, path));
    return known.get(path);
  };
}

function show({ repositoryDir, event }: RunRequest, path: string): string | undefined {
  try {
    return execFileSync("git", ["-C", repositoryDir, "show", `${event.sha}:${path}`], {
      ...{ encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], env: gitEnvironment() },
    });
  } catch {
    return undefined;
  }
}

/** The files that a push changed, for `paths` filters; all of them when the branch is new. */
function changedFiles({ repositoryDir, event }: RunRequest): string[] {
  const before = String(event.payload.before ?? "");
  const range = /^0*$/.test(before) ? ["4b825dc642cb6eb9a060e54bf8d69288fbee4904", event.sha] : [before, event.sha];
  try {
    return execFileSync("git", ["-C", repositoryDir, "diff", "--name-only", "--no-renames", ...range], {
      ...{ encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], env: gitEnvironment() },
    })
      .split("\n")
      .filter(Boolean);
  } catch {
    return [];
  }
}
