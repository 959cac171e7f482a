import * as v from "valibot";
import { parseDestination } from "../lib/ledger/choose.ts";
import {
  flagInput,
  minutesInput,
  regionInput,
  secondsInput,
  stageInput,
  textInput,
  urlInput,
} from "../lib/rollout/inputs.ts";

/** Inputs of `rollback-service`, by the names of action.yml. */
export const inputs = v.strictObject({
  stage: stageInput,
  agent: textInput,
  to: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => parseDestination(text) !== undefined, "previous, commit:<sha> or digest:sha256:<hex>"),
    ),
    "previous",
  ),
  reason: v.optional(textInput, "no reason given"),
  "dry-run": v.optional(flagInput, "false"),
  "agents-dir": v.optional(textInput, "agents"),
  region: v.optional(regionInput),
  "test-url": v.optional(urlInput),
  "production-url": v.optional(urlInput),
  "bake-minutes": v.optional(minutesInput(1440), "1"),
  "wait-minutes": v.optional(minutesInput(1440), "60"),
  "poll-seconds": v.optional(secondsInput, "5"),
  "report-file": v.optional(textInput),
});

export type Inputs = v.InferOutput<typeof inputs>;
