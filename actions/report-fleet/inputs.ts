import * as v from "valibot";
import { stageInput, textInput } from "../lib/rollout/inputs.ts";

const matrixInput = v.pipe(
  v.string(),
  v.parseJson(undefined, 'the output matrix of select-agents: {"include":[{"agent":…}]}'),
  v.object({ include: v.array(v.object({ agent: v.string() })) }),
);
const unchangedInput = v.pipe(
  v.string(),
  v.parseJson(undefined, "the output unchanged of select-agents: a JSON array"),
  v.array(
    v.object({
      agent: v.string(),
      verdict: v.literal("UNCHANGED"),
      digest: v.string(),
      commit: v.string(),
      url: v.string(),
    }),
  ),
);

/** Inputs of `report-fleet`, by the names of action.yml. */
export const inputs = v.strictObject({
  stage: stageInput,
  verdicts: textInput,
  matrix: matrixInput,
  unchanged: v.optional(unchangedInput, "[]"),
  output: v.optional(textInput, "fleet.json"),
});

export type Inputs = v.InferOutput<typeof inputs>;
