import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import semver from "semver";
import { GithubError } from "../../contract.ts";
import { input, type StandInRequest } from "./stand-in.ts";

/** `actions/setup-node`: the host's own Node, whatever version is asked for; a difference is said. */
export async function setupNode(request: StandInRequest): Promise<void> {
  const { run } = request;
  const wanted = wantedVersion(request);
  run.log(`(sandbox) node ${process.version} of this machine is used`);
  if (wanted && semver.validRange(wanted) && !semver.satisfies(process.version, wanted))
    run.log(`(sandbox) the workflow asks for node ${wanted}`);
  run.outputs["node-version"] = process.version;
  run.outputs["cache-hit"] = "false";
}

function wantedVersion(request: StandInRequest): string {
  const file = input(request, "node-version-file");
  if (!file || input(request, "node-version")) return input(request, "node-version");
  let content: string;
  try {
    content = readFileSync(resolve(request.job.dirs.workspace, file), "utf8");
  } catch {
    throw new GithubError(`node-version-file "${file}" does not exist in the workspace`);
  }
  if (!file.endsWith("package.json")) return content.trim();
  const { engines } = JSON.parse(content) as { engines?: { node?: string } };
  return engines?.node ?? "";
}
