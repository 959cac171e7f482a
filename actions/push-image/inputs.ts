import * as v from "valibot";

/** Inputs of `push-image`, by the names of action.yml. */
export const inputs = v.strictObject({
  layout: v.pipe(v.string(), v.minLength(1)),
  repository: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/, "the name of an ECR repository, such as project/name"),
    ),
  ),
});

export type Inputs = v.InferOutput<typeof inputs>;
