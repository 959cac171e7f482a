import { git } from "../repository/git.ts";
import { notFound, type RestRoutes, requires } from "./route.ts";

const STATUS: Readonly<Record<string, string>> = {
  A: "added",
  M: "modified",
  D: "removed",
  R: "renamed",
  T: "changed",
};
/** GitHub lists at most this many files of a comparison. */
const MAX_FILES = 300;

/** The repository, its commits, branches and comparisons. */
export function addGitRoutes({ app, base, repository, apiUrl }: RestRoutes): void {
  const { identity, dir } = repository;
  const resolve = repository.find;
  const commitUrl = (sha: string) => `${apiUrl()}/commits/${sha}`;

  // Every token may read the metadata.
  app.get(base, (c) => c.json(shownRepository()));
  app.get(`${base}/branches/:branch{.+}`, requires("contents", "read"), async (c) => {
    const name = c.req.param("branch");
    const sha = await resolve(`refs/heads/${name}`);
    return sha ? c.json({ name, commit: { sha, url: commitUrl(sha) }, protected: false }) : notFound(c);
  });
  app.get(`${base}/commits/:ref`, requires("contents", "read"), async (c) => {
    const sha = await resolve(c.req.param("ref"));
    return sha ? c.json(await shownCommit(sha)) : notFound(c);
  });
  app.get(`${base}/compare/:range{.+}`, requires("contents", "read"), async (c) => {
    const [from = "", to = ""] = c.req.param("range").split("...");
    const [first, last] = [await resolve(from), await resolve(to)];
    return first && last ? c.json(await comparison(first, last)) : notFound(c);
  });

  function shownRepository() {
    const { owner, ownerId, name, id, defaultBranch } = identity;
    return {
      ...{ id, name, full_name: `${owner}/${name}`, private: true, visibility: "private", url: apiUrl() },
      owner: { login: owner, id: ownerId, type: "User" },
      default_branch: defaultBranch,
    };
  }

  async function shownCommit(sha: string) {
    const format = "--format=%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B";
    const fields = (await git(["-C", dir, "log", "-1", format, sha])).split("\0");
    const [tree = "", parents = "", name, email, date, committer, committerEmail, committed, message = ""] = fields;
    return {
      ...{ sha, url: commitUrl(sha), node_id: sha },
      commit: {
        author: { name, email, date },
        committer: { name: committer, email: committerEmail, date: committed },
        message: message.trimEnd(),
        tree: { sha: tree },
      },
      parents: parents
        .split(" ")
        .filter(Boolean)
        .map((parent) => ({ sha: parent, url: commitUrl(parent) })),
    };
  }

  async function comparison(from: string, to: string) {
    const count = async (range: string) => Number(await git(["-C", dir, "rev-list", "--count", range]));
    const [ahead, behind] = [await count(`${from}..${to}`), await count(`${to}..${from}`)];
    const mergeBase = (await git(["-C", dir, "merge-base", from, to]).catch(() => from)).trim();
    const words = (await git(["-C", dir, "diff", "--name-status", "-z", "--no-renames", mergeBase, to])).split("\0");
    const files = words.flatMap((status, i) => {
      const filename = words[i + 1];
      return i % 2 === 0 && filename ? [{ filename, status: STATUS[status[0] ?? ""] ?? "changed" }] : [];
    });
    const commits = (await git(["-C", dir, "rev-list", "--reverse", `${from}..${to}`])).split("\n").filter(Boolean);
    return {
      status: ahead === 0 ? (behind === 0 ? "identical" : "behind") : behind === 0 ? "ahead" : "diverged",
      ...{ ahead_by: ahead, behind_by: behind, total_commits: ahead },
      base_commit: await shownCommit(from),
      merge_base_commit: await shownCommit(mergeBase),
      commits: await Promise.all(commits.slice(-250).map(shownCommit)),
      files: files.slice(0, MAX_FILES),
    };
  }
}
