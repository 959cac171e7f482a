import { join } from "node:path";
import { ManifestError, readManifests } from "../../agents/manifest.ts";
import { fleetApp } from "./fleet.ts";
import { stageNamed } from "./stages.ts";

/** `STAGE=sandbox tsx infra/aws/app.ts` writes the cloud assembly to `cdk.out` (or `CDK_OUTDIR`). */
try {
  const stage = stageNamed(process.env.STAGE || "sandbox", process.env);
  fleetApp(
    stage,
    readManifests(join(import.meta.dirname, "../../agents")),
    process.env.CDK_OUTDIR ?? "cdk.out",
  ).synth();
} catch (error) {
  // Faults of a manifest or of the stage table are the user's to fix: no stack trace.
  if (!(error instanceof ManifestError) && !(error instanceof Error && error.message.includes("allowed:"))) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
