import { resolve } from "node:path";
import type { ECRClient } from "@aws-sdk/client-ecr";
import { repositoryName } from "../../agents/naming.ts";
import { ActionError, type Outcome, type Progress } from "../lib/action.ts";
import type { Clock } from "../lib/clock.ts";
import { EcrRepository, ecrCredentials } from "../lib/images/ecr.ts";
import { labelsOf, readLayout, type StoredImage } from "../lib/images/layout.ts";
import { type PushResult, pushImage } from "../lib/images/push.ts";
import { RegistryClient } from "../lib/images/registry.ts";
import type { Inputs } from "./inputs.ts";

export interface PushContext {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly ecr: ECRClient;
}

/** Pushes the image of a layout to its ECR repository under its commit. Running it again changes nothing. */
export async function push(inputs: Inputs, progress: Progress, { env, clock, ecr }: PushContext): Promise<Outcome> {
  const image = await readLayout(resolve(env.GITHUB_WORKSPACE ?? ".", inputs.layout));
  const name = inputs.repository ?? repositoryOf(image);
  const ecrRepository = new EcrRepository(ecr, name);
  const [repository, credentials] = await Promise.all([ecrRepository.reference(), ecrCredentials(ecr)]);
  progress.mask(credentials.password);
  const say = (line: string) => progress.line(`${name}: ${line}`);
  const result = await pushImage(image, {
    repository,
    registry: new RegistryClient({ registry: repository.registry, credentials, clock, say }),
    findTag: (tag) => ecrRepository.findTag(tag),
    openRegistry: (registry) => new RegistryClient({ registry, clock, say }),
    say,
  });
  const sentence = describe(result);
  say(sentence);
  return {
    outputs: {
      image: result.reference.uri,
      digest: result.reference.digest,
      tag: result.tag,
      "uploaded-bytes": String(result.uploadedBytes),
    },
    summary: `Pushed \`${result.reference.uri}\`: ${sentence}.\n`,
  };
}

function repositoryOf(image: StoredImage): string {
  const title = labelsOf(image.config)["org.opencontainers.image.title"];
  if (title) return repositoryName(title);
  throw new ActionError("The image has no label org.opencontainers.image.title; give the input repository.");
}

function describe({ alreadyThere, uploadedBlobs, uploadedBytes, tag, reference }: PushResult): string {
  if (alreadyThere && uploadedBlobs === 0) return `${tag} was already there as ${reference.digest}; nothing was sent`;
  return `${tag} is ${reference.digest}; sent ${uploadedBlobs} blobs, ${Math.ceil(uploadedBytes / 1024)} KiB; stored and verified`;
}
