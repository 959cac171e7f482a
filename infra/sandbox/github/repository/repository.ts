import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { GithubError, type RepositoryIdentity, type WorkflowEvent } from "../contract.ts";
import { git } from "./git.ts";
import { NO_COMMIT, pushPayload } from "./push-event.ts";

export interface RepositoryOptions {
  /** The user's checkout; only its commits are read. */
  readonly checkoutDir: string;
  /** Folder of the sandbox's files; the bare repository is `<dataDir>/github/repository.git`. */
  readonly dataDir: string;
  /** Who pushes. */
  readonly actor?: string;
}

export interface NewCommit {
  /** Commit to stand on. */
  readonly parent: string;
  readonly message: string;
  /** New content by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly author: { readonly name: string; readonly email: string };
  readonly at: Date;
}

export interface Repository {
  /** The bare repository: what the sandbox's GitHub holds. */
  readonly dir: string;
  readonly identity: RepositoryIdentity;
  /** Commit of the default branch; `undefined` before the first push. */
  readonly head: () => Promise<string | undefined>;
  /** Full id of a commit of the checkout or of the bare repository; the checkout's HEAD without a name. */
  readonly resolve: (commit?: string) => Promise<string>;
  /** Full id of a branch, tag or commit of the bare repository alone; `undefined` when it has none. */
  readonly find: (ref: string) => Promise<string | undefined>;
  /** Paths with changes that are not committed, and so are not deployed. */
  readonly uncommitted: () => Promise<readonly string[]>;
  /** A file at a commit of the bare repository; `undefined` when there is none. */
  readonly read: (commit: string, path: string) => Promise<string | undefined>;
  /** Paths below a folder at a commit. */
  readonly list: (commit: string, folder: string) => Promise<readonly string[]>;
  /** Adds a commit without moving a branch. @returns its id. */
  readonly commit: (commit: NewCommit) => Promise<string>;
  /** Moves the default branch, forced when it has to be, and describes it as GitHub's push event does. */
  readonly pushCommit: (commit?: string) => Promise<WorkflowEvent>;
}

/**
 * Opens the sandbox's repository for a checkout; creates the bare repository on first use.
 * @throws {GithubError} when the folder is no git repository or has no commit.
 */
export async function openRepository(options: RepositoryOptions): Promise<Repository> {
  const checkout = await checkCheckout(options.checkoutDir);
  const dir = join(options.dataDir, "github", "repository.git");
  const identity = identityOf(basename(realpathSync(checkout)));
  await createBare(dir, identity.defaultBranch);
  const inBare = (...args: string[]) => git(["-C", dir, ...args]);
  const branch = `refs/heads/${identity.defaultBranch}`;
  const optional = (...args: string[]) => inBare(...args).catch(() => undefined);
  const head = async () => (await optional("rev-parse", "--verify", "--quiet", branch))?.trim();
  const find = async (ref: string) =>
    (await optional("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`))?.trim();
  const read = (commit: string, path: string) => optional("show", `${commit}:${path}`);
  const resolve = (commit?: string) => resolveCommit(checkout, dir, commit);
  return {
    ...{ dir, identity, head, find, read, resolve },
    uncommitted: async () => {
      const status = await git(["-C", checkout, "status", "--porcelain", "-z", "--untracked-files=normal"]);
      return status
        .split("\0")
        .filter(Boolean)
        .map((line) => line.slice(3));
    },
    list: async (commit, folder) => {
      const names = (await optional("ls-tree", "-r", "--name-only", "-z", commit, "--", `${folder}/`)) ?? "";
      return names.split("\0").filter(Boolean);
    },
    commit: (commit) => addCommit(dir, commit),
    pushCommit: async (commit) => {
      const after = await resolve(commit);
      const before = (await head()) ?? NO_COMMIT;
      await inBare("update-ref", branch, after);
      const actor = options.actor ?? "developer";
      const payload = await pushPayload({ dir, identity, before, after, actor });
      return { name: "push", payload, ref: branch, sha: after, actor };
    },
  };
}

async function checkCheckout(folder: string): Promise<string> {
  if (!existsSync(folder))
    throw new GithubError(`${folder} does not exist; the sandbox needs a git checkout to push from`);
  const inFolder = (...args: string[]) => git(["-C", folder, ...args]);
  let top: string;
  try {
    top = (await inFolder("rev-parse", "--show-toplevel")).trim();
  } catch (error) {
    if (/not installed/.test((error as Error).message)) throw error;
    throw new GithubError(
      `${folder} is not a git repository, and the sandbox deploys commits. Clone the repository with git, or run: git init && git add -A && git commit -m start`,
    );
  }
  try {
    await inFolder("rev-parse", "--verify", "--quiet", "HEAD^{commit}");
  } catch {
    throw new GithubError(
      `${folder} has no commit yet, and the sandbox deploys commits. Run: git add -A && git commit -m start`,
    );
  }
  return top;
}

async function createBare(dir: string, defaultBranch: string): Promise<void> {
  if (existsSync(join(dir, "HEAD"))) return;
  mkdirSync(dir, { recursive: true });
  await git(["init", "--quiet", "--bare", "--initial-branch", defaultBranch, dir]);
  const settings = { "uploadpack.allowAnySHA1InWant": "true", "gc.auto": "0", "receive.denyNonFastForwards": "false" };
  for (const [name, value] of Object.entries(settings)) await git(["-C", dir, "config", name, value]);
}

async function resolveCommit(checkout: string, dir: string, commit = "HEAD"): Promise<string> {
  if (commit.startsWith("-"))
    throw new GithubError(`commit "${commit}" is no commit; allowed: a commit id or a branch`);
  const find = (folder: string) =>
    git(["-C", folder, "rev-parse", "--verify", "--quiet", `${commit}^{commit}`]).then(
      (id) => id.trim(),
      () => undefined,
    );
  const own = await find(checkout);
  if (own !== undefined) {
    await git(["-C", dir, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", checkout, own]);
    return own;
  }
  const known = await find(dir);
  if (known !== undefined) return known;
  throw new GithubError(`commit "${commit}" is not in ${checkout}; allowed: a commit id or a branch, see git log`);
}

async function addCommit(dir: string, { parent, message, files, author, at }: NewCommit): Promise<string> {
  const index = join(
    dir,
    `index-${createHash("sha256").update(`${message}${at.getTime()}`).digest("hex").slice(0, 12)}`,
  );
  const env = {
    GIT_INDEX_FILE: index,
    ...{ GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email, GIT_AUTHOR_DATE: at.toISOString() },
    ...{ GIT_COMMITTER_NAME: author.name, GIT_COMMITTER_EMAIL: author.email, GIT_COMMITTER_DATE: at.toISOString() },
  };
  const run = async (args: string[], input?: string) =>
    (await git(["-C", dir, ...args], { env, ...(input === undefined ? {} : { input }) })).trim();
  try {
    await run(["read-tree", parent]);
    for (const [path, content] of Object.entries(files)) {
      const blob = await run(["hash-object", "-w", "--stdin"], content);
      await run(["update-index", "--add", "--cacheinfo", `100644,${blob},${path}`]);
    }
    const tree = await run(["write-tree"]);
    return await run(["commit-tree", tree, "-p", parent, "-m", message]);
  } finally {
    rmSync(index, { force: true });
  }
}

/** Ids that stay the same for the same name, as GitHub's ids never change. */
function identityOf(folder: string): RepositoryIdentity {
  const name = folder.replace(/[^\w.-]+/g, "-") || "repository";
  const id = (text: string) => createHash("sha256").update(text).digest().readUInt32BE(0) % 900_000_000;
  const owner = "sandbox";
  return { owner, name, id: 100_000_000 + id(name), ownerId: 100_000_000 + id(owner), defaultBranch: "main" };
}
