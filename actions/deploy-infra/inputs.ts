import * as v from "valibot";

const text = v.pipe(v.string(), v.minLength(1));

export const inputs = v.strictObject({
  stage: text,
  assembly: v.optional(text, "cdk.out"),
  stacks: v.optional(text, "platform"),
  image: v.optional(
    v.pipe(v.string(), v.regex(/@sha256:[0-9a-f]{64}$/, "an image by digest, <repository>@sha256:<64 hex digits>")),
  ),
  fingerprint: v.optional(text),
  "report-file": v.optional(text),
  "agents-dir": v.optional(text, "agents"),
  "timeout-minutes": v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d{0,3}$/, "whole minutes, 1 to 9999"), v.transform(Number)),
    "60",
  ),
});

export type Inputs = v.InferOutput<typeof inputs>;
