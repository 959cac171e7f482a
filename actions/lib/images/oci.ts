import { createHash } from "node:crypto";
import * as v from "valibot";
import { isDigest } from "./reference.ts";

/** The parts of the OCI image specification 1.1 that this platform writes and reads. */

export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
export const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
export const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
export const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";
/** Docker's older names for the same things; a base image may carry them. */
export const DOCKER_MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json";
export const DOCKER_INDEX_TYPE = "application/vnd.docker.distribution.manifest.list.v2+json";
export const DOCKER_LAYER_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip";

export const BASE_NAME = "org.opencontainers.image.base.name";
export const BASE_DIGEST = "org.opencontainers.image.base.digest";
/** Label of the sandbox's base, which holds no files: the process driver runs the host's Node. */
export const BASE_LABEL = "dev.karmacadabra.base";
export const HOST_NODE = "host-node";

const texts = v.record(v.string(), v.string());
const digest = v.pipe(v.string(), v.check(isDigest, "sha256: and 64 hexadecimal digits"));

export const descriptorSchema = v.looseObject({
  mediaType: v.string(),
  digest,
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  annotations: v.optional(texts),
  platform: v.optional(v.looseObject({ os: v.string(), architecture: v.string() })),
});

export const manifestSchema = v.looseObject({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  config: descriptorSchema,
  layers: v.array(descriptorSchema),
  annotations: v.optional(texts),
});

export const indexSchema = v.looseObject({
  schemaVersion: v.literal(2),
  manifests: v.array(descriptorSchema),
});

export const configSchema = v.looseObject({
  created: v.optional(v.string()),
  os: v.string(),
  architecture: v.string(),
  config: v.optional(
    v.looseObject({
      Env: v.optional(v.nullable(v.array(v.string()))),
      Labels: v.optional(v.nullable(texts)),
      Entrypoint: v.optional(v.nullable(v.array(v.string()))),
    }),
  ),
  rootfs: v.looseObject({ type: v.literal("layers"), diff_ids: v.array(v.string()) }),
  history: v.optional(v.array(v.looseObject({}))),
});

export type Descriptor = v.InferOutput<typeof descriptorSchema>;
export type ImageManifest = v.InferOutput<typeof manifestSchema>;
export type ImageIndex = v.InferOutput<typeof indexSchema>;
export type ImageConfig = v.InferOutput<typeof configSchema>;

export const sha256 = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** JSON as it is stored: its bytes are what a digest names, so keys keep the order in which they were written. */
export const encodeJson = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export const describeBlob = (mediaType: string, bytes: Uint8Array): Descriptor => ({
  mediaType,
  digest: sha256(bytes),
  size: bytes.byteLength,
});
