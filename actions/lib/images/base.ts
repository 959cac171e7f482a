import { ActionError } from "../action.ts";
import {
  BASE_DIGEST,
  BASE_LABEL,
  BASE_NAME,
  configSchema,
  type Descriptor,
  DOCKER_INDEX_TYPE,
  DOCKER_LAYER_TYPE,
  HOST_NODE,
  INDEX_TYPE,
  indexSchema,
  LAYER_TYPE,
  manifestSchema,
} from "./oci.ts";
import { type DigestReference, digestReference, parseDigestUri } from "./reference.ts";
import { parseStored, type RegistryClient } from "./registry.ts";

/** What an image takes over from its base. */
export interface BaseImage {
  readonly layers: readonly Descriptor[];
  readonly diffIds: readonly string[];
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly history: readonly Record<string, unknown>[];
  readonly annotations: Readonly<Record<string, string>>;
  /** One sentence for people: which base, and what that means. */
  readonly description: string;
}

/** What the input `base` may say. */
export type BaseChoice = typeof HOST_NODE | DigestReference;

/**
 * Reads the input `base`: empty or `host-node`, or an image by digest.
 * @throws {ActionError} for a tag or anything else.
 */
export function parseBase(text: string | undefined): BaseChoice {
  return !text || text === HOST_NODE ? HOST_NODE : parseDigestUri(text);
}

/** The sandbox's base: no files at all; the process driver runs the bundle with the Node of its host. */
export const hostNodeBase: BaseImage = {
  layers: [],
  diffIds: [],
  env: [],
  labels: { [BASE_LABEL]: HOST_NODE },
  history: [],
  annotations: {},
  description: "base host-node: the image holds no Node and no system; only the sandbox's process driver can run it",
};

/**
 * Reads a base image's manifest and config from its registry; its layers stay there and are copied from registry to
 * registry when the image is pushed.
 * @throws {ActionError} when the base does not exist, or not for that architecture.
 */
export async function readBase(
  reference: DigestReference,
  architecture: string,
  registry: RegistryClient,
): Promise<BaseImage> {
  const manifestReference = await pickPlatform(reference, architecture, registry);
  const { repository, digest } = manifestReference;
  const manifest = parseStored(await registry.manifest(repository, digest), manifestSchema, reference.uri);
  const config = parseStored(await registry.blob(repository, manifest.config), configSchema, reference.uri);
  if (config.architecture !== architecture || config.os !== "linux")
    throw new ActionError(
      `The base ${reference.uri} is for ${config.os}/${config.architecture}; the agent needs linux/${architecture}.`,
    );
  return {
    layers: manifest.layers.map(inOciTerms),
    diffIds: config.rootfs.diff_ids,
    env: config.config?.Env ?? [],
    labels: {},
    history: config.history ?? [],
    annotations: { [BASE_NAME]: `${reference.registry}/${repository}`, [BASE_DIGEST]: digest },
    description: `base ${manifestReference.uri}: ${manifest.layers.length} layers, which stay in their registry`,
  };
}

async function pickPlatform(
  reference: DigestReference,
  architecture: string,
  registry: RegistryClient,
): Promise<DigestReference> {
  const stored = await registry.manifest(reference.repository, reference.digest);
  if (stored.mediaType !== INDEX_TYPE && stored.mediaType !== DOCKER_INDEX_TYPE) return reference;
  const index = parseStored(stored, indexSchema, reference.uri);
  const offered = index.manifests.filter((found) => found.platform?.os === "linux");
  const match = offered.find((found) => found.platform?.architecture === architecture);
  if (match) return digestReference({ registry: reference.registry, repository: reference.repository }, match.digest);
  const names = offered.map((found) => `linux/${found.platform?.architecture}`).join(", ");
  throw new ActionError(
    `The base ${reference.uri} has no image for linux/${architecture}; it has: ${names || "none"}.`,
  );
}

/** Docker's name for a gzipped tar means the same bytes; an OCI manifest uses the OCI name. */
const inOciTerms = ({ mediaType, digest, size }: Descriptor): Descriptor => ({
  mediaType: mediaType === DOCKER_LAYER_TYPE ? LAYER_TYPE : mediaType,
  digest,
  size,
});
