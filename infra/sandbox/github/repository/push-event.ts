import type { JsonObject, RepositoryIdentity } from "../contract.ts";
import { git } from "./git.ts";

/** How a push event names "no commit": the branch is new. */
export const NO_COMMIT = "0".repeat(40);
/** GitHub lists at most this many commits in a push event. */
const MAX_COMMITS = 2048;

export interface Push {
  readonly dir: string;
  readonly identity: RepositoryIdentity;
  readonly before: string;
  readonly after: string;
  readonly actor: string;
}

/** The payload of GitHub's `push` event, as far as a workflow can see a difference. */
export async function pushPayload({ dir, identity, before, after, actor }: Push): Promise<JsonObject> {
  const created = before === NO_COMMIT;
  const commits = before === after ? [] : await commitsOf(dir, created ? [after] : [`${before}..${after}`]);
  const head = (await commitsOf(dir, ["-1", after]))[0] ?? null;
  const url = `https://github.invalid/${identity.owner}/${identity.name}`;
  return {
    ref: `refs/heads/${identity.defaultBranch}`,
    ...{ before, after, created, deleted: false },
    forced: !created && !(await isAncestor(dir, before, after)),
    base_ref: null,
    compare: `${url}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: commits.slice(-MAX_COMMITS),
    head_commit: head,
    repository: repositoryPayload(identity, url),
    pusher: { name: actor, email: `${actor}@localhost` },
    sender: { login: actor, id: identity.ownerId, type: "User" },
  };
}

function repositoryPayload({ owner, name, id, ownerId, defaultBranch }: RepositoryIdentity, url: string): JsonObject {
  return {
    ...{ id, name, full_name: `${owner}/${name}`, private: true, html_url: url, fork: false, visibility: "private" },
    owner: { login: owner, name: owner, id: ownerId, type: "User" },
    ...{ default_branch: defaultBranch, master_branch: defaultBranch },
  };
}

async function isAncestor(dir: string, before: string, after: string): Promise<boolean> {
  return git(["-C", dir, "merge-base", "--is-ancestor", before, after]).then(
    () => true,
    () => false,
  );
}

const FIELDS = ["%H", "%T", "%cI", "%an", "%ae", "%cn", "%ce", "%B"];

async function commitsOf(dir: string, range: readonly string[]): Promise<JsonObject[]> {
  const format = `--format=%x01${FIELDS.join("%x02")}%x02`;
  const log = await git(["-C", dir, "log", "--reverse", "--name-status", "--no-renames", "-z", format, ...range, "--"]);
  return log.split("\u0001").slice(1).map(commitOf);
}

function commitOf(entry: string): JsonObject {
  const [id, tree, timestamp, author, authorEmail, committer, committerEmail, message, files = ""] =
    entry.split("\u0002");
  const words = files
    .split("\0")
    .map((word) => word.replace(/^\n+/, ""))
    .filter(Boolean);
  const changed = (letter: string) => words.filter((_, i) => i % 2 === 1 && words[i - 1] === letter);
  return {
    ...{ id, tree_id: tree, distinct: true, message: message?.trimEnd(), timestamp },
    author: { name: author, email: authorEmail },
    committer: { name: committer, email: committerEmail },
    ...{ added: changed("A"), removed: changed("D"), modified: changed("M") },
  };
}
