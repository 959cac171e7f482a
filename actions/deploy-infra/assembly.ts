import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { ActionError } from "../lib/action.ts";

/** One stack of a CDK cloud assembly, as `deploy-infra` needs it. */
export interface AssemblyStack {
  readonly name: string;
  /** Template text as synthesized. */
  readonly template: string;
  /** Names of stacks in the same assembly that must be deployed before this one. */
  readonly after: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Role CloudFormation works with; may hold the placeholders `${AWS::Partition}` and `${AWS::AccountId}`. */
  readonly executionRole: string | undefined;
}

const artifact = v.looseObject({
  type: v.string(),
  dependencies: v.optional(v.array(v.string()), []),
  properties: v.optional(
    v.looseObject({
      templateFile: v.optional(v.string()),
      stackName: v.optional(v.string()),
      tags: v.optional(v.record(v.string(), v.string()), {}),
      cloudFormationExecutionRoleArn: v.optional(v.string()),
      file: v.optional(v.string()),
    }),
    {},
  ),
});
const assemblySchema = v.looseObject({ artifacts: v.record(v.string(), artifact) });
const assetsSchema = v.looseObject({
  files: v.optional(
    v.record(v.string(), v.looseObject({ source: v.looseObject({ path: v.optional(v.string()) }) })),
    {},
  ),
  dockerImages: v.optional(v.record(v.string(), v.unknown()), {}),
});
type Artifacts = v.InferOutput<typeof assemblySchema>["artifacts"];

/**
 * Reads a cloud assembly (`cdk.out`), which `cdk synth` wrote in a job without credentials.
 * @throws {ActionError} when it is missing, unreadable, or needs assets that this action does not publish.
 */
export function readAssembly(directory: string): AssemblyStack[] {
  const file = join(directory, "manifest.json");
  if (!existsSync(file))
    throw new ActionError(
      `There is no cloud assembly at ${directory}: ${file} is missing. Run \`npm run synth\` first.`,
    );
  const { artifacts } = read(file, assemblySchema);
  refuseForeignAssets(directory, artifacts);
  const stacks = Object.entries(artifacts).filter(([, entry]) => entry.type === "aws:cloudformation:stack");
  const nameOf = new Map(stacks.map(([id, entry]) => [id, entry.properties.stackName ?? id]));
  return stacks.map(([id, entry]) => ({
    name: nameOf.get(id) ?? id,
    template: readFileSync(join(directory, entry.properties.templateFile ?? `${id}.template.json`), "utf8"),
    after: entry.dependencies.flatMap((dependency) => nameOf.get(dependency) ?? []),
    tags: entry.properties.tags,
    executionRole: entry.properties.cloudFormationExecutionRoleArn,
  }));
}

/** Templates are sent with the change set; code and image assets would need `cdk-assets`, so they are named and refused. */
function refuseForeignAssets(directory: string, artifacts: Artifacts): void {
  const foreign = Object.values(artifacts).flatMap((entry) => {
    if (entry.type !== "cdk:asset-manifest" || !entry.properties.file) return [];
    const assets = read(join(directory, entry.properties.file), assetsSchema);
    const files = Object.values(assets.files).map((asset) => asset.source.path ?? "a generated file");
    return [...files.filter((path) => !path.endsWith(".template.json")), ...Object.keys(assets.dockerImages)];
  });
  if (foreign.length > 0)
    throw new ActionError(
      `The cloud assembly needs ${foreign.length} asset(s) that deploy-infra does not publish: ${foreign.join(", ")}. Publish them with \`npx cdk-assets publish\` or take them out of the app.`,
    );
}

function read<T>(file: string, schema: v.GenericSchema<unknown, T>): T {
  try {
    return v.parse(schema, JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new ActionError(`${file} is not a readable part of a cloud assembly: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
