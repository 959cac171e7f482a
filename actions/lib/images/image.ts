import type { AgentManifest } from "../../../agents/manifest.ts";
import type { BaseImage } from "./base.ts";
import type { Bundle } from "./bundle.ts";
import { createLayer } from "./layer.ts";
import type { StoredImage } from "./layout.ts";
import { CONFIG_TYPE, describeBlob, encodeJson, type ImageConfig, LAYER_TYPE, MANIFEST_TYPE } from "./oci.ts";

/** Where the application lies in the image. */
export const APP_FOLDER = "app";
/** The list of the npm packages in the bundle, inside the layer: so the image's digest vouches for it. */
export const PACKAGES_FILE = "packages.json";

/** The commit that an image is built from. */
export interface BuildSource {
  /** Full commit hash. */
  readonly commit: string;
  /** When it was committed: an image's only date, so that it does not change with the hour of the build. */
  readonly committedAt: Date;
  /** Version of the product, from package.json. */
  readonly version: string;
  /** Where the source code is, e.g. `https://github.com/owner/name`; left out when not known. */
  readonly url?: string;
}

export interface ImageParts {
  readonly agent: AgentManifest;
  readonly architecture: "arm64" | "amd64";
  readonly bundle: Bundle;
  readonly base: BaseImage;
  readonly source: BuildSource;
}

/** Puts an image together: the base's layers, then one of our own. The same parts give the same bytes, always. */
export async function assembleImage(parts: ImageParts): Promise<StoredImage> {
  const packages = { path: PACKAGES_FILE, content: encodePackages(parts.bundle) };
  const layer = await createLayer(APP_FOLDER, [...parts.bundle.files, packages]);
  const config = imageConfig(parts, layer.diffId);
  const configBytes = encodeJson(config);
  const manifest = {
    schemaVersion: 2 as const,
    mediaType: MANIFEST_TYPE,
    config: describeBlob(CONFIG_TYPE, configBytes),
    layers: [...parts.base.layers, describeBlob(LAYER_TYPE, layer.bytes)],
    annotations: { ...imageLabels(parts), ...parts.base.annotations },
  };
  const manifestBytes = encodeJson(manifest);
  const platform = { os: "linux", architecture: parts.architecture };
  const descriptor = { ...describeBlob(MANIFEST_TYPE, manifestBytes), platform };
  const blobs = new Map(
    [manifestBytes, configBytes, layer.bytes].map((bytes) => [describeBlob("", bytes).digest, bytes]),
  );
  return { descriptor, manifest, config, blobs, remoteLayers: parts.base.layers };
}

/** Bytes of an image's layers as a registry stores them. */
export const imageSize = (image: Pick<StoredImage, "manifest">): number =>
  image.manifest.layers.reduce((sum, layer) => sum + layer.size, 0);

function imageConfig(parts: ImageParts, diffId: string): ImageConfig {
  const { agent, base, source, architecture } = parts;
  const created = source.committedAt.toISOString();
  const own = {
    AGENT_NAME: agent.name,
    AGENT_VERSION: source.version,
    AGENT_COMMIT: source.commit,
    NODE_ENV: "production",
  };
  return {
    created,
    os: "linux",
    architecture,
    config: {
      User: "1000:1000",
      ExposedPorts: { [`${agent.container.port}/tcp`]: {} },
      Env: [...base.env, ...Object.entries(own).map(([name, value]) => `${name}=${value}`)],
      Entrypoint: ["node", `/${APP_FOLDER}/index.js`],
      WorkingDir: `/${APP_FOLDER}`,
      Labels: { ...imageLabels(parts), ...base.labels },
    },
    rootfs: { type: "layers", diff_ids: [...base.diffIds, diffId] },
    history: [...base.history, { created, created_by: `build-image ${agent.build.kind} ${agent.name}` }],
  };
}

/** The OCI image specification's own annotation names. */
function imageLabels({ agent, source }: ImageParts): Record<string, string> {
  return {
    "org.opencontainers.image.created": source.committedAt.toISOString(),
    "org.opencontainers.image.revision": source.commit,
    ...(source.url ? { "org.opencontainers.image.source": source.url } : {}),
    "org.opencontainers.image.title": agent.name,
    "org.opencontainers.image.version": source.version,
  };
}

const encodePackages = (bundle: Bundle): Uint8Array =>
  Buffer.from(`${JSON.stringify({ format: 1, packages: bundle.packages }, null, 2)}\n`);
