import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ActionError } from "../action.ts";
import type { BuildSource } from "./image.ts";

const run = promisify(execFile);

/** Files beside the agents' folder that decide what an image holds. */
const SHARED_FILES = ["package.json", "package-lock.json"];

export interface CheckoutOptions {
  /** The checkout's folder. */
  readonly root: string;
  readonly agentsDir: string;
  /** The commit that the image will claim; the checked-out one unless given. */
  readonly commit?: string;
  readonly sourceUrl?: string;
}

/**
 * What git says about the commit that is checked out.
 * @throws {ActionError} when `commit` is not what is checked out, or files that go into the image were changed since:
 * the image would lie about where it came from.
 */
export async function readBuildSource({ root, agentsDir, commit, sourceUrl }: CheckoutOptions): Promise<BuildSource> {
  const head = await git(root, ["rev-parse", "HEAD"]);
  if (commit && commit !== head)
    throw new ActionError(
      `The image of commit ${commit} cannot be built: ${head} is checked out in ${root}. Check out ${commit} first.`,
    );
  const changed = await git(root, ["status", "--porcelain", "--", agentsDir, ...SHARED_FILES]);
  if (changed)
    throw new ActionError(
      `Files were changed since commit ${head}, so the image would not be that commit's. Commit or undo them:\n${changed}`,
    );
  const seconds = await git(root, ["show", "-s", "--format=%ct", head]);
  const packageJson = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version?: string };
  const committedAt = new Date(Number(seconds) * 1000);
  return { commit: head, committedAt, version: packageJson.version ?? "0.0.0", url: sourceUrl };
}

async function git(root: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run("git", ["-C", root, ...args], { maxBuffer: 16 * 1024 * 1024 });
    return stdout.trimEnd();
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: string };
    const said = stderr?.trim().split("\n")[0] || message;
    throw new ActionError(`git ${args[0]} failed in ${root}: ${said}. An image is built from a git checkout.`);
  }
}
