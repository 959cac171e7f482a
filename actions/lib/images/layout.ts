import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import * as v from "valibot";
import { ActionError } from "../action.ts";
import {
  BASE_DIGEST,
  configSchema,
  type Descriptor,
  encodeJson,
  type ImageConfig,
  type ImageManifest,
  INDEX_TYPE,
  indexSchema,
  MANIFEST_TYPE,
  manifestSchema,
  sha256,
} from "./oci.ts";

/** An image with all that this machine holds of it. */
export interface StoredImage {
  /** The manifest's descriptor; its digest is the image's name. */
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  /** Bytes by digest: manifest, config and layers. The layers of a base that lies in a registry are not here. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  /** The base's layers that only the registry has. */
  readonly remoteLayers: readonly Descriptor[];
}

/** A layout that is incomplete or not what its digests say; nothing of it may be used. */
export class LayoutError extends ActionError {}

/**
 * Writes an OCI image layout (image specification 1.1) into `folder`, which is replaced when it holds a layout.
 * The folder appears whole or not at all.
 * @throws {LayoutError} when the folder holds something else.
 */
export async function writeLayout(folder: string, image: Pick<StoredImage, "descriptor" | "blobs">): Promise<void> {
  const target = resolve(folder);
  if (existsSync(target) && (await readdir(target)).length > 0 && !existsSync(join(target, "oci-layout")))
    throw new LayoutError(`${folder} holds files that are not an image layout. Give a folder that is new or empty.`);
  await mkdir(dirname(target), { recursive: true });
  const fresh = await mkdtemp(`${target}.`);
  try {
    await mkdir(join(fresh, "blobs", "sha256"), { recursive: true });
    for (const [digest, bytes] of image.blobs) await writeFile(blobPath(fresh, digest), bytes);
    const index = { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [image.descriptor] };
    await writeFile(join(fresh, "index.json"), encodeJson(index));
    await writeFile(join(fresh, "oci-layout"), encodeJson({ imageLayoutVersion: "1.0.0" }));
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Reads the one image of a layout and checks every byte against its digest and size.
 * @throws {LayoutError} naming the first thing that is wrong.
 */
export async function readLayout(folder: string): Promise<StoredImage> {
  const layout = new LayoutFolder(folder);
  await layout.marker();
  const index = await layout.json("index.json", indexSchema);
  const [descriptor, ...others] = index.manifests;
  if (!descriptor || others.length > 0)
    throw layout.error(`index.json names ${index.manifests.length} images; there must be exactly one`);
  if (descriptor.mediaType !== MANIFEST_TYPE)
    throw layout.error(`index.json names a ${descriptor.mediaType}; the image must be a ${MANIFEST_TYPE}`);
  const manifest = layout.parse("the manifest", await layout.blob(descriptor), manifestSchema);
  const config = layout.parse("the config", await layout.blob(manifest.config), configSchema);
  if (config.rootfs.diff_ids.length !== manifest.layers.length)
    throw layout.error(
      `the config lists ${config.rootfs.diff_ids.length} layers, the manifest ${manifest.layers.length}`,
    );
  const own = manifest.layers.at(-1);
  const hasRemoteBase = manifest.annotations?.[BASE_DIGEST] !== undefined;
  const remoteLayers: Descriptor[] = [];
  for (const layer of manifest.layers)
    if (hasRemoteBase && layer !== own && !layout.has(layer)) remoteLayers.push(layer);
    else await layout.blob(layer);
  return { descriptor, manifest, config, blobs: layout.blobs, remoteLayers };
}

/** Labels of an image's config; `{}` when it has none. */
export const labelsOf = (config: ImageConfig): Readonly<Record<string, string>> => config.config?.Labels ?? {};

class LayoutFolder {
  readonly blobs = new Map<string, Uint8Array>();
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  error(reason: string): LayoutError {
    return new LayoutError(`The image layout ${this.folder} cannot be used: ${reason}. Build the image again.`);
  }

  async marker(): Promise<void> {
    const marker = await this.json("oci-layout", v.looseObject({ imageLayoutVersion: v.string() }));
    if (marker.imageLayoutVersion !== "1.0.0")
      throw this.error(`its version is ${marker.imageLayoutVersion}; 1.0.0 is what can be read`);
  }

  async json<Schema extends v.GenericSchema>(name: string, schema: Schema): Promise<v.InferOutput<Schema>> {
    return this.parse(name, await this.read(name), schema);
  }

  parse<Schema extends v.GenericSchema>(name: string, bytes: Uint8Array, schema: Schema): v.InferOutput<Schema> {
    let value: unknown;
    try {
      value = JSON.parse(Buffer.from(bytes).toString("utf8"));
    } catch {
      throw this.error(`${name} is not JSON`);
    }
    const result = v.safeParse(schema, value);
    if (result.success) return result.output;
    const [issue] = result.issues;
    throw this.error(`${name} is wrong at ${v.getDotPath(issue) ?? "its top"}: ${issue.message}`);
  }

  has(descriptor: Descriptor): boolean {
    return existsSync(blobPath(this.folder, descriptor.digest));
  }

  async blob(descriptor: Descriptor): Promise<Uint8Array> {
    const name = blobPath("", descriptor.digest);
    const bytes = await this.read(name);
    if (bytes.byteLength !== descriptor.size)
      throw this.error(`${name} has ${bytes.byteLength} bytes, its descriptor says ${descriptor.size}`);
    if (sha256(bytes) !== descriptor.digest) throw this.error(`${name} does not have the content that its name says`);
    this.blobs.set(descriptor.digest, bytes);
    return bytes;
  }

  private async read(name: string): Promise<Uint8Array> {
    try {
      return await readFile(join(this.folder, name));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw this.error(code === "ENOENT" ? `${name} is missing` : `${name} cannot be read (${code})`);
    }
  }
}

const blobPath = (folder: string, digest: string): string =>
  join(folder, "blobs", "sha256", digest.slice("sha256:".length));
