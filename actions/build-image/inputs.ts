import * as v from "valibot";

const text = v.pipe(v.string(), v.minLength(1));

/** Inputs of `build-image`, by the names of action.yml. */
export const inputs = v.strictObject({
  agent: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/, "the name of a folder of the agents' folder")),
  "agents-dir": v.optional(
    v.pipe(v.string(), v.regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./-]+$/, "a path inside the checkout, such as agents")),
    "agents",
  ),
  commit: v.optional(
    v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/, "a full commit hash, 40 lower-case hexadecimal digits")),
  ),
  base: v.optional(text),
  output: v.optional(text),
  source: v.optional(
    v.pipe(v.string(), v.url("the URL of the source repository, such as https://github.com/owner/name")),
  ),
});

export type Inputs = v.InferOutput<typeof inputs>;
