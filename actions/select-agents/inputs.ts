import * as v from "valibot";
import { commitInput, regionInput, stageInput, textInput } from "../lib/rollout/inputs.ts";

/** Inputs of `select-agents`, by the names of action.yml. */
export const inputs = v.strictObject({
  stage: stageInput,
  commit: commitInput,
  agents: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[a-z][a-z0-9-]*(\s*,\s*[a-z][a-z0-9-]*)*$/, "changed, all, or names separated by commas"),
    ),
    "changed",
  ),
  "agents-dir": v.optional(textInput, "agents"),
  region: v.optional(regionInput),
  "production-url": v.optional(textInput),
});

export type Inputs = v.InferOutput<typeof inputs>;
