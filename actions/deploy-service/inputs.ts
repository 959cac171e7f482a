import * as v from "valibot";
import {
  commitInput,
  flagInput,
  minutesInput,
  regionInput,
  secondsInput,
  stageInput,
  textInput,
  urlInput,
} from "../lib/rollout/inputs.ts";

/** Inputs of `deploy-service`, by the names of action.yml. */
export const inputs = v.strictObject({
  stage: stageInput,
  agent: textInput,
  image: textInput,
  commit: commitInput,
  "agents-dir": v.optional(textInput, "agents"),
  region: v.optional(regionInput),
  "test-url": v.optional(urlInput),
  "production-url": v.optional(urlInput),
  "report-file": v.optional(textInput),
  "wait-until": v.optional(v.picklist(["paused", "shifted", "finished"]), "finished"),
  "wait-minutes": v.optional(minutesInput(1440), "90"),
  "poll-seconds": v.optional(secondsInput, "5"),
  "on-cancel": v.optional(v.picklist(["rollback", "leave"]), "rollback"),
  "allow-empty": v.optional(flagInput, "false"),
  force: v.optional(flagInput, "false"),
  "github-token": v.optional(textInput),
});

export type Inputs = v.InferOutput<typeof inputs>;
