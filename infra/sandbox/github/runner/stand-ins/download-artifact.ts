import { join, resolve } from "node:path";
import { GithubError } from "../../contract.ts";
import { flag, input, type StandInRequest } from "./stand-in.ts";

/** `actions/download-artifact`: from this run's own store. */
export async function downloadArtifact(request: StandInRequest): Promise<void> {
  const { job, run } = request;
  const { artifacts } = job.run;
  const target = resolve(job.dirs.workspace, input(request, "path", ".").replace(/^~(?=\/|$)/, job.dirs.home));
  const name = input(request, "name");
  run.outputs["download-path"] = target;
  if (name) {
    const artifact = artifacts.get(name);
    if (!artifact)
      throw new GithubError(
        `Unable to download artifact(s): Artifact not found for name: ${name}; ${existing(request)}`,
      );
    artifacts.copyTo(artifact, target);
    run.log(`Artifact ${name} was downloaded to ${target}`);
    return;
  }
  const found = artifacts.matching(input(request, "pattern", "*"));
  const merge = flag(request, "merge-multiple", false);
  for (const artifact of found) artifacts.copyTo(artifact, merge ? target : join(target, artifact.name));
  run.log(`${found.length} artifact(s) were downloaded to ${target}: ${found.map((a) => a.name).join(", ") || "none"}`);
}

function existing(request: StandInRequest): string {
  const names = request.job.run.artifacts.all.map((artifact) => artifact.name);
  return names.length > 0 ? `there are: ${names.join(", ")}` : "this run has none yet";
}
