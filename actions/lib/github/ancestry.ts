import type { Git } from "./git.ts";
import type { Repository } from "./repository.ts";

/** How a commit stands to another one. */
export type Standing = "same" | "newer" | "older" | "diverged" | "unknown";

const BY_COMPARISON: Readonly<Record<string, Standing>> = {
  ahead: "newer",
  behind: "older",
  identical: "same",
  diverged: "diverged",
};

/** Asks the clone, then GitHub when there is a token; `unknown` when neither can tell (a shallow clone, GitHub down). */
export async function standingOf(commit: string, live: string, git: Git, repository?: Repository): Promise<Standing> {
  if (commit === live) return "same";
  const local = await localStanding(commit, live, git);
  if (local !== "unknown" || !repository) return local;
  return BY_COMPARISON[(await repository.compare(live, commit)) ?? ""] ?? "unknown";
}

async function localStanding(commit: string, live: string, git: Git): Promise<Standing> {
  const [older, newer] = await Promise.all([
    git("merge-base", "--is-ancestor", commit, live),
    git("merge-base", "--is-ancestor", live, commit),
  ]);
  if (older.code === 0) return "older";
  if (newer.code === 0) return "newer";
  return older.code === 1 && newer.code === 1 ? "diverged" : "unknown";
}
