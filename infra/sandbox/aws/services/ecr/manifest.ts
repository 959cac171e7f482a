/** Reading image manifests and indexes (OCI image spec 1.1 and Docker's image manifest v2 schema 2). Pure. */

export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
export const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

const IMAGES = new Set([OCI_MANIFEST, DOCKER_MANIFEST]);
const INDEXES = new Set([OCI_INDEX, DOCKER_LIST]);

export interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Record<string, string>;
}

/** A manifest reduced to what a registry needs of it. */
export interface Manifest {
  readonly kind: "image" | "index";
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  /** Members of an index. */
  readonly members: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Record<string, string>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function descriptor(value: unknown, where: string): Descriptor {
  if (!isRecord(value) || typeof value.digest !== "string" || typeof value.size !== "number")
    throw new Error(`${where} must have a digest and a size`);
  if (!/^sha256:[0-9a-f]{64}$/.test(value.digest)) throw new Error(`${where}.digest must be sha256:<64 hex digits>`);
  return value as unknown as Descriptor;
}

function descriptors(value: unknown, where: string): Descriptor[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Error(`${where} must be a list`);
  return value.map((entry, index) => descriptor(entry, `${where}[${index}]`));
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (isRecord(value)) return value;
  } catch {
    // answered below, together with JSON that is no object
  }
  throw new Error("manifest is not a JSON object");
}

/**
 * @param contentType the request's Content-Type; used when the manifest names no media type itself.
 * @throws Error with the reason when it is no image manifest or index.
 */
export function parseManifest(bytes: Uint8Array, contentType?: string): Manifest {
  const json = parseJson(bytes);
  const mediaType = typeof json.mediaType === "string" ? json.mediaType : contentType;
  if (json.schemaVersion !== 2) throw new Error(`schemaVersion must be 2, got ${JSON.stringify(json.schemaVersion)}`);
  if (!mediaType || !(IMAGES.has(mediaType) || INDEXES.has(mediaType)))
    throw new Error(`media type ${JSON.stringify(mediaType)} is not one of ${[...IMAGES, ...INDEXES].join(", ")}`);
  const kind = IMAGES.has(mediaType) ? "image" : "index";
  const config = kind === "image" ? descriptor(json.config, "config") : undefined;
  return {
    kind,
    mediaType,
    artifactType: typeof json.artifactType === "string" ? json.artifactType : config?.mediaType,
    config,
    layers: descriptors(json.layers, "layers"),
    members: descriptors(json.manifests, "manifests"),
    subject: json.subject === undefined ? undefined : descriptor(json.subject, "subject"),
    annotations: isRecord(json.annotations) ? (json.annotations as Record<string, string>) : undefined,
  };
}

/** Compressed bytes of an image: its config and its layers. */
export const imageSize = (manifest: Manifest): number =>
  (manifest.config?.size ?? 0) + manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
