import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { GithubError } from "../../contract.ts";
import { git } from "../../repository/git.ts";
import { fullName } from "../run-context.ts";
import { flag, input, type StandInRequest } from "./stand-in.ts";

/** `actions/checkout`: from the sandbox's bare repository, by `ref` or the event's commit. */
export async function checkout(request: StandInRequest): Promise<void> {
  const { job, run } = request;
  const { repositoryDir, event } = job.run.request;
  const wanted = input(request, "repository", fullName(job.run.request));
  if (wanted.toLowerCase() !== fullName(job.run.request).toLowerCase())
    throw new GithubError(`repository "${wanted}" is not in the sandbox; there is ${fullName(job.run.request)}`);
  const target = targetOf(request);
  const depth = depthOf(request);
  const ref = input(request, "ref", event.sha);
  mkdirSync(target, { recursive: true });
  rmSync(join(target, ".git"), { recursive: true, force: true });
  const inTarget = (...args: string[]) => git(["-C", target, ...args]);
  await inTarget("init", "--quiet", "--initial-branch", job.run.request.repository.defaultBranch);
  // Written at once: every git process of every job costs.
  appendFileSync(join(target, ".git", "config"), remoteConfig(repositoryDir, mayPush(request)));
  const commit = await fetchCommit(request, { target, depth, ref });
  await checkOutCommit(request, { target, ref, commit });
  run.outputs.commit = commit;
  run.outputs.ref = input(request, "ref", event.ref);
  run.log(`HEAD is now at ${(await inTarget("log", "-1", "--format=%h %s")).trim()}`);
}

const remoteConfig = (repositoryDir: string, push: boolean): string =>
  [
    '[remote "origin"]',
    `\turl = ${JSON.stringify(`file://${repositoryDir}`)}`,
    "\tfetch = +refs/heads/*:refs/remotes/origin/*",
    ...(push ? [] : [`\tpushurl = ${NO_CREDENTIALS}`]),
    "",
  ].join("\n");

/** Git shows it in its refusal of a push, which GitHub would refuse too. */
const NO_CREDENTIALS = "file:///this-job-has-no-credentials-to-push";

const mayPush = (request: StandInRequest) =>
  flag(request, "persist-credentials", true) && request.job.identity.permissions.contents === "write";

function targetOf(request: StandInRequest): string {
  const { workspace } = request.job.dirs;
  const target = resolve(workspace, input(request, "path", "."));
  if (relative(workspace, target).startsWith(".."))
    throw new GithubError(`path "${input(request, "path")}" is outside the workspace; allowed: a folder in it`);
  return target;
}

function depthOf(request: StandInRequest): number {
  const depth = Number(input(request, "fetch-depth", "1"));
  if (Number.isInteger(depth) && depth >= 0) return depth;
  throw new GithubError(`fetch-depth is "${input(request, "fetch-depth")}"; allowed: 0 for everything, or a number`);
}

interface Fetch {
  readonly target: string;
  readonly depth: number;
  readonly ref: string;
}

async function fetchCommit(request: StandInRequest, { target, depth, ref }: Fetch): Promise<string> {
  const { repositoryDir } = request.job.run.request;
  const commit = await resolveRef(repositoryDir, ref);
  const tags = flag(request, "fetch-tags", false) || depth === 0;
  if (depth === 1 && !tags) {
    // The objects are on this machine: they are borrowed, and the history ends at the commit as after a fetch.
    writeFileSync(join(target, ".git", "objects", "info", "alternates"), `${join(repositoryDir, "objects")}\n`);
    writeFileSync(join(target, ".git", "shallow"), `${commit}\n`);
    return commit;
  }
  const refspecs = depth === 0 ? ["+refs/heads/*:refs/remotes/origin/*", commit] : [commit];
  const options = [tags ? "--tags" : "--no-tags", ...(depth === 0 ? [] : [`--depth=${depth}`])];
  await git(["-C", target, "fetch", "--quiet", "--no-write-fetch-head", ...options, "origin", ...refspecs]);
  return commit;
}

/** As checkout does it: a branch, a tag, a full ref or a commit. */
async function resolveRef(repositoryDir: string, ref: string): Promise<string> {
  const names = /^[0-9a-f]{40}$/.test(ref) ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`, ref];
  for (const name of names) {
    const found = await git(["-C", repositoryDir, "rev-parse", "--verify", "--quiet", `${name}^{commit}`]).catch(
      () => "",
    );
    if (found.trim()) return found.trim();
  }
  throw new GithubError(`ref "${ref}" is not in the repository; allowed: a branch, a tag or a commit of it`);
}

async function checkOutCommit(
  request: StandInRequest,
  { target, ref, commit }: { target: string; ref: string; commit: string },
): Promise<void> {
  const { event } = request.job.run.request;
  const wanted = ref === event.sha ? event.ref : ref;
  const branch = wanted.startsWith("refs/heads/") ? wanted.slice("refs/heads/".length) : undefined;
  if (branch === undefined) {
    await git(["-C", target, "checkout", "--quiet", "--force", "--detach", commit]);
    return;
  }
  await git(["-C", target, "update-ref", `refs/remotes/origin/${branch}`, commit]);
  await git(["-C", target, "checkout", "--quiet", "--force", "-B", branch, `refs/remotes/origin/${branch}`]);
}
