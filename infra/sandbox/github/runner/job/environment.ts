import { mkdirSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fullName, type RunContext } from "../run-context.ts";

/** The folders of one job, laid out as on a hosted runner. */
export interface JobDirs {
  readonly root: string;
  readonly workspace: string;
  readonly temp: string;
  readonly toolCache: string;
  readonly home: string;
  readonly eventFile: string;
}

export function createJobDirs(run: RunContext, folder: string): JobDirs {
  const root = join(run.request.workDir, "jobs", folder);
  const repository = run.request.repository.name;
  const dirs = {
    root,
    workspace: join(root, "work", repository, repository),
    temp: join(root, "temp"),
    toolCache: join(root, "tools"),
    home: join(root, "home"),
    eventFile: join(root, "temp", "_github_workflow", "event.json"),
  };
  for (const dir of [dirs.workspace, dirs.toolCache, dirs.home, dirname(dirs.eventFile)])
    mkdirSync(dir, { recursive: true });
  writeFileSync(dirs.eventFile, JSON.stringify(run.request.event.payload));
  return dirs;
}

/** The `runner` context. */
export function runnerContext(dirs: JobDirs) {
  return {
    name: "sandbox",
    os: "Linux",
    arch: arch() === "arm64" ? "ARM64" : "X64",
    temp: dirs.temp,
    tool_cache: dirs.toolCache,
    workspace: dirname(dirs.workspace),
    environment: "self-hosted",
    debug: "",
  };
}

/**
 * What every process of a job starts from. Nothing of the host comes in but its PATH and certificates' location:
 * not its AWS credentials, not its tokens, not its home.
 */
export function baseEnvironment(run: RunContext, dirs: JobDirs, pathPrefix: readonly string[]): Record<string, string> {
  const hostPath = process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin";
  const path = [...pathPrefix, run.shimDir, dirname(process.execPath), ...hostPath.split(delimiter)];
  const env: Record<string, string> = {
    PATH: [...new Set(path)].join(delimiter),
    HOME: dirs.home,
    LANG: "C.UTF-8",
    CI: "true",
    GITHUB_ACTIONS: "true",
    ...run.request.env,
  };
  // Without it the Node of a laptop behind a company proxy reaches nothing; it is no secret.
  if (process.env.NODE_EXTRA_CA_CERTS) env.NODE_EXTRA_CA_CERTS = process.env.NODE_EXTRA_CA_CERTS;
  return env;
}

/** `GITHUB_*` and `RUNNER_*` from the contexts of the same names. */
export function contextVariables(
  run: RunContext,
  dirs: JobDirs,
  github: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [key, value] of Object.entries(github)) {
    if (["event", "token", "env", "path", "repositoryUrl", "secret_source"].includes(key)) continue;
    if (typeof value === "string" || typeof value === "boolean")
      variables[`GITHUB_${key.toUpperCase()}`] = String(value);
  }
  for (const [key, value] of Object.entries(runnerContext(dirs)))
    if (value) variables[`RUNNER_${key.toUpperCase()}`] = value;
  return {
    ...variables,
    GITHUB_EVENT_PATH: dirs.eventFile,
    GITHUB_WORKSPACE: dirs.workspace,
    GITHUB_REPOSITORY: fullName(run.request),
  };
}
