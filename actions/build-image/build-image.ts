import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type AgentManifest, readManifests } from "../../agents/manifest.ts";
import { ActionError, type Outcome, type Progress } from "../lib/action.ts";
import type { Clock } from "../lib/clock.ts";
import { type BaseChoice, type BaseImage, hostNodeBase, parseBase, readBase } from "../lib/images/base.ts";
import { bundle } from "../lib/images/bundle.ts";
import { readBuildSource } from "../lib/images/checkout.ts";
import { APP_FOLDER, assembleImage, imageSize, PACKAGES_FILE } from "../lib/images/image.ts";
import { writeLayout } from "../lib/images/layout.ts";
import { HOST_NODE } from "../lib/images/oci.ts";
import { isEcrRegistry, isLocalRegistry } from "../lib/images/reference.ts";
import { RegistryClient } from "../lib/images/registry.ts";
import type { RegistryCredentials } from "../lib/images/registry-http.ts";
import type { Inputs } from "./inputs.ts";

export interface BuildContext {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
}

/** Builds one agent's image from the checkout into an OCI image layout. Nothing outside the layout changes. */
export async function buildImage(inputs: Inputs, progress: Progress, { env, clock }: BuildContext): Promise<Outcome> {
  const root = resolve(env.GITHUB_WORKSPACE ?? ".");
  const agentsDir = inputs["agents-dir"];
  const agent = findAgent(resolve(root, agentsDir), inputs.agent);
  const build = nodeBuild(agent);
  const architecture = oneArchitecture(agent);
  const choice = parseBase(inputs.base);
  const output = outputFolder(inputs, root, env);
  const source = await readBuildSource({
    root,
    agentsDir,
    commit: inputs.commit ?? env.GITHUB_SHA,
    sourceUrl: inputs.source ?? sourceUrl(env),
  });
  progress.line(`${agent.name}: commit ${source.commit}, bundling ${build.entry}`);
  const bundled = await bundle({ root, entry: `${agentsDir}/${agent.name}/${build.entry}` });
  const base = await chooseBase(choice, architecture, {
    env,
    clock,
    say: (line) => progress.line(line),
    mask: (secret) => progress.mask(secret),
  });
  progress.line(`${agent.name}: ${base.description}`);
  const image = await assembleImage({ agent, architecture, bundle: bundled, base, source });
  await writeLayout(output, image);
  const { digest } = image.descriptor;
  const size = imageSize(image);
  progress.line(`${agent.name}: ${digest}, ${Math.ceil(size / 1024)} KiB, ${bundled.packages.length} npm packages`);
  return {
    outputs: {
      digest,
      layout: output,
      "image-size": String(size),
      packages: String(bundled.packages.length),
      "packages-file": `/${APP_FOLDER}/${PACKAGES_FILE}`,
      base: inputs.base ?? HOST_NODE,
    },
    notices: choice === HOST_NODE && env.GITHUB_ACTIONS === "true" && !inputs.base ? [base.description] : [],
    summary: `Built **${agent.name}** from \`${source.commit}\`: \`${digest}\`, ${Math.ceil(size / 1024)} KiB, ${bundled.packages.length} npm packages; ${base.description}.\n`,
  };
}

function findAgent(agentsDir: string, name: string): AgentManifest {
  if (!existsSync(agentsDir))
    throw new ActionError(`There is no folder ${agentsDir}; agents-dir must name the agents' folder.`);
  const agents = readManifests(agentsDir);
  const agent = agents.find((found) => found.name === name);
  if (agent) return agent;
  throw new ActionError(
    `There is no agent "${name}"; allowed: ${agents.map((found) => found.name).join(", ") || "none"}.`,
  );
}

function nodeBuild(agent: AgentManifest): { readonly entry: string } {
  if (agent.build.kind === "node") return agent.build;
  throw new ActionError(
    `${agent.name} has build.kind "${agent.build.kind}", which needs Docker Buildx and is not built yet; allowed: "node".`,
  );
}

function oneArchitecture(agent: AgentManifest): "arm64" | "amd64" {
  const { architecture } = agent.container;
  const [first, ...others] = typeof architecture === "string" ? [architecture] : architecture;
  if (first && others.length === 0) return first;
  throw new ActionError(
    `${agent.name} wants ${[first, ...others].join(" and ")}; images for two architectures are not built yet. Name one in container.architecture.`,
  );
}

interface Connection {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  readonly mask: (secret: string) => void;
}

async function chooseBase(choice: BaseChoice, architecture: string, connection: Connection): Promise<BaseImage> {
  if (choice === HOST_NODE) return hostNodeBase;
  const credentials = await credentialsFor(choice.registry, connection);
  return readBase(choice, architecture, new RegistryClient({ ...connection, registry: choice.registry, credentials }));
}

/** A base in ECR, or in the sandbox's, is read with the job's own AWS credentials; any other must be public. */
async function credentialsFor(registry: string, { env, mask }: Connection): Promise<RegistryCredentials | undefined> {
  const inSandbox = isLocalRegistry(registry) && env.AWS_ENDPOINT_URL;
  if (!isEcrRegistry(registry) && !inSandbox) return undefined;
  const { ecrCredentials } = await import("../lib/images/ecr.ts");
  const credentials = await ecrCredentials();
  mask(credentials.password);
  return credentials;
}

/** Where GitHub says that the source is; absent outside a workflow. */
const sourceUrl = (env: NodeJS.ProcessEnv): string | undefined =>
  env.GITHUB_SERVER_URL && env.GITHUB_REPOSITORY ? `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}` : undefined;

function outputFolder(inputs: Inputs, root: string, env: NodeJS.ProcessEnv): string {
  if (inputs.output) return resolve(root, inputs.output);
  if (env.RUNNER_TEMP) return resolve(env.RUNNER_TEMP, "images", inputs.agent);
  throw new ActionError(
    "The input output is missing, and there is no RUNNER_TEMP; name a folder for the image layout.",
  );
}
