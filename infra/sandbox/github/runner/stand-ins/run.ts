import { GithubError } from "../../contract.ts";
import type { Frame, JobState, StepRun } from "../job/job-state.ts";
import { checkout } from "./checkout.ts";
import { downloadArtifact } from "./download-artifact.ts";
import type { StandInName } from "./names.ts";
import { setupNode } from "./setup-node.ts";
import type { StandIn } from "./stand-in.ts";
import { uploadArtifact } from "./upload-artifact.ts";

const standIns: Readonly<Record<StandInName, StandIn>> = {
  "actions/checkout": checkout,
  "actions/setup-node": setupNode,
  "actions/upload-artifact": uploadArtifact,
  "actions/download-artifact": downloadArtifact,
  // The SDK is loaded where it is used: most jobs need no credentials.
  "aws-actions/configure-aws-credentials": async (request) => {
    const { configureAwsCredentials } = await import("./aws-credentials.ts");
    return configureAwsCredentials(request);
  },
};

/** Runs the stand-in of a third-party action. @returns whether it succeeded. */
export async function runStandIn(
  name: string,
  { job, frame, run }: { readonly job: JobState; readonly frame: Frame; readonly run: StepRun },
  given: Readonly<Record<string, string>>,
): Promise<boolean> {
  run.log(`(sandbox) a stand-in runs for ${name}`);
  const inputs = Object.fromEntries(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value]));
  try {
    await standIns[name as StandInName]({ job, frame, run, inputs });
    return true;
  } catch (error) {
    if (!(error instanceof GithubError)) throw error;
    run.annotate({ level: "error", message: error.message });
    run.log(`##[error]${error.message}`);
    return false;
  }
}
