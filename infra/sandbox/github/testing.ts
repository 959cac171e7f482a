import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type GithubOptions, githubHandler } from "./api/handler.ts";
import type { RunEvent, RunRequest, RunResult } from "./contract.ts";
import { openRepository, type Repository } from "./repository/repository.ts";
import { startRun } from "./start-run.ts";

/** A folder with a git checkout and the sandbox's data, for tests. Removed by `remove`. */
export interface TestSite {
  readonly root: string;
  readonly checkout: string;
  readonly dataDir: string;
  readonly git: (...args: string[]) => string;
  readonly write: (files: Readonly<Record<string, string>>) => void;
  /** Writes files and commits everything. @returns the commit's id. */
  readonly commit: (files: Readonly<Record<string, string>>, message?: string) => string;
  readonly open: () => Promise<Repository>;
  readonly remove: () => void;
}

export function testSite(): TestSite {
  const root = mkdtempSync(join(tmpdir(), "github-"));
  const checkout = join(root, "demo");
  mkdirSync(checkout);
  const author = ["-c", "user.name=Tester", "-c", "user.email=tester@localhost"];
  const git = (...args: string[]) => execFileSync("git", ["-C", checkout, ...author, ...args], { encoding: "utf8" });
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [path, content] of Object.entries(files)) {
      const file = join(checkout, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  };
  return {
    ...{ root, checkout, git, write },
    dataDir: join(root, "data"),
    commit: (files, message = "change") => {
      git("init", "--quiet");
      write(files);
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", "--message", message);
      return git("rev-parse", "HEAD").trim();
    },
    open: () => openRepository({ checkoutDir: checkout, dataDir: join(root, "data") }),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

export interface FinishedRun {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
  /** All log lines of the run, or of one step. */
  readonly log: (step?: string) => string;
}

let lastRun = 0;

/** A run's request with everything that a test does not care about filled in. */
export async function runRequest(
  site: TestSite,
  repository: Repository,
  overrides: Partial<RunRequest> = {},
): Promise<RunRequest> {
  const runId = ++lastRun;
  return {
    repositoryDir: repository.dir,
    repository: repository.identity,
    workflow: ".github/workflows/test.yml",
    event: overrides.event ?? (await repository.pushCommit()),
    ...{ runId, runNumber: runId, attempt: 1, vars: {}, secrets: {}, env: {} },
    workDir: join(site.root, "runs", String(runId)),
    maxParallel: 4,
    ...overrides,
  };
}

/** Commits `files` with one workflow, pushes, runs the workflow to its end. */
export async function runWorkflowFile(
  site: TestSite,
  workflow: string,
  options: { readonly files?: Readonly<Record<string, string>>; readonly request?: Partial<RunRequest> } = {},
): Promise<FinishedRun> {
  site.commit({ ".github/workflows/test.yml": workflow, ...options.files });
  const repository = await site.open();
  return finish(startRun(await runRequest(site, repository, options.request)));
}

export async function finish(run: ReturnType<typeof startRun>): Promise<FinishedRun> {
  const events: RunEvent[] = [];
  for await (const event of run.events) events.push(event);
  const result = await run.done;
  const log = (step?: string) =>
    events.flatMap((event) => (event.type === "log" && (!step || event.step === step) ? [event.line] : [])).join("\n");
  return { result, events, log };
}

export interface TestGithub {
  readonly url: string;
  readonly secret: string;
  readonly stop: () => Promise<void>;
}

/** The GitHub handler on a port of its own. */
export async function startGithub(site: TestSite, repository: Repository): Promise<TestGithub> {
  const secret = randomBytes(16).toString("hex");
  let url = "";
  const options: GithubOptions = {
    ...{ prefix: "/_github", url: () => url, repository, dataDir: site.dataDir, secret },
    now: () => new Date(),
    log: () => {},
  };
  const github = githubHandler(options);
  const server = createServer((request, response) => {
    void github.handle(request, response).then((known) => {
      if (!known) response.writeHead(404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/_github`;
  return {
    ...{ url, secret },
    stop: async () => {
      github.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const readJson = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));
