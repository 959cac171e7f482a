import { existsSync } from "node:fs";
import { join } from "node:path";
import { GithubError } from "../../contract.ts";
import { git } from "../../repository/git.ts";
import type { JobState } from "./job-state.ts";

/** The files of the run's commit, apart from the workspace that steps can change. Made once per job. */
export async function checkoutCommit(job: JobState): Promise<string> {
  const dir = join(job.dirs.root, "_actions", job.run.request.event.sha);
  if (existsSync(dir)) return dir;
  const { repositoryDir, event } = job.run.request;
  try {
    await git(["clone", "--quiet", "--no-checkout", "--shared", repositoryDir, dir]);
    await git(["-C", dir, "checkout", "--quiet", event.sha]);
    return dir;
  } catch (error) {
    throw new GithubError(`the files of commit ${event.sha} cannot be read: ${(error as Error).message}`);
  }
}
