import * as v from "valibot";
import { SEVERITIES } from "../lib/images/severity.ts";

const text = v.pipe(v.string(), v.minLength(1));

/** Inputs of `scan-image`, by the names of action.yml. */
export const inputs = v.strictObject({
  layout: text,
  advisories: v.optional(text),
  "fail-on": v.optional(v.picklist(SEVERITIES), "high"),
  "on-inconclusive": v.optional(v.picklist(["warn", "block"]), "warn"),
  report: v.optional(text),
});

export type Inputs = v.InferOutput<typeof inputs>;
