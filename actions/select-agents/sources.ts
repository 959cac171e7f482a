import { createHash } from "node:crypto";
import type { AgentManifest } from "../../agents/manifest.ts";
import { ActionError } from "../lib/action.ts";
import type { Git } from "../lib/github/git.ts";

/**
 * Sources that every agent's image is made of: a folder ends with a slash. What only shapes stacks (`infra/aws/`, a
 * peer's manifest) is not here: `deploy-infra` updates the stacks of agents that run, with the image that runs.
 */
const SHARED = ["agents/runtime/", "actions/build-image/", "actions/lib/images/", "package.json", "package-lock.json"];
/** Sources of the infrastructure alone. */
const INFRASTRUCTURE = ["infra/aws/", "agents/naming.ts", "agents/manifest.ts", "package-lock.json"];
const NEVER_SHIPPED = /(\.test\.ts|\.md)$/;

/** Pure: of changed files, those that go into this agent's image. */
export function filesOf(agent: Pick<AgentManifest, "name">, changed: readonly string[]): string[] {
  const inputs = [...SHARED, `agents/${agent.name}/`];
  const shipped = changed.filter((file) => !NEVER_SHIPPED.test(file));
  return shipped.filter((file) =>
    inputs.some((input) => (input.endsWith("/") ? file.startsWith(input) : file === input)),
  );
}

/** Files that differ between two commits; undefined when the clone does not know the first. */
export async function changedFiles(git: Git, from: string, to: string): Promise<string[] | undefined> {
  const answer = await git("diff", "--name-only", "--no-renames", "-z", from, to, "--");
  return answer.code === 0 ? answer.text.split("\0").filter(Boolean) : undefined;
}

/**
 * SHA-256 over the tree entries of everything the infrastructure is made of: equal means nothing to deploy.
 * @throws {ActionError} when the clone does not hold the commit.
 */
export async function infrastructureFingerprint(git: Git, commit: string): Promise<string> {
  const answer = await git("ls-tree", "-r", "--full-tree", commit);
  if (answer.code !== 0)
    throw new ActionError(
      `Commit ${commit} is not in this clone. Check out with actions/checkout and \`fetch-depth: 0\` before this step.`,
    );
  const entries = answer.text.split("\n").filter((line) => isInfrastructure(line.split("\t")[1] ?? ""));
  return createHash("sha256").update(entries.join("\n")).digest("hex");
}

const isInfrastructure = (file: string): boolean =>
  !NEVER_SHIPPED.test(file) &&
  (/^agents\/[^/]+\/agent\.json$/.test(file) ||
    INFRASTRUCTURE.some((input) => (input.endsWith("/") ? file.startsWith(input) : file === input)));
