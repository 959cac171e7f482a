import { ActionError } from "../action.ts";
import { labelsOf, type StoredImage } from "./layout.ts";
import { BASE_NAME, type Descriptor } from "./oci.ts";
import { type DigestReference, digestReference, parseRepositoryUri, type RepositoryReference } from "./reference.ts";
import type { RegistryClient, StoredManifest } from "./registry.ts";

/** What a registry's own API knows of a tag; ECR answers it with BatchGetImage. */
export interface TagRecord {
  readonly digest: string;
  /** The manifest as it is stored. */
  readonly manifest: string;
}

/** A repository that an image is pushed to. */
export interface PushTarget {
  readonly repository: RepositoryReference;
  readonly registry: RegistryClient;
  /** The tag as the registry's API reports it now; undefined when there is none. */
  readonly findTag: (tag: string) => Promise<TagRecord | undefined>;
  /** A client for another registry, where a base's layers are read. */
  readonly openRegistry: (registry: string) => RegistryClient;
  readonly say: (line: string) => void;
}

export interface PushResult {
  readonly reference: DigestReference;
  readonly tag: string;
  /** Bytes that went over the wire; 0 when the registry had everything. */
  readonly uploadedBytes: number;
  readonly uploadedBlobs: number;
  /** The tag was already there with this digest. */
  readonly alreadyThere: boolean;
}

/**
 * Pushes an image under its commit as an immutable tag: blobs the repository lacks, then the manifest, then a look at
 * what was really stored. Running it again does only what is missing.
 * @throws {ActionError} when the tag holds another image, or the registry stored something else.
 */
export async function pushImage(image: StoredImage, target: PushTarget): Promise<PushResult> {
  const tag = commitTag(image);
  const { repository } = target;
  const reference = digestReference(repository, image.descriptor.digest);
  const before = await target.findTag(tag);
  if (before && before.digest !== image.descriptor.digest) throw otherImage(reference, tag, before.digest);
  const uploads = await Promise.all(neededBlobs(image).map((blob) => deliver(blob, image, target)));
  const alreadyThere = before !== undefined;
  if (!alreadyThere) await target.registry.putManifest(repository.repository, tag, storedManifest(image));
  await verify(image, tag, target);
  const sent = uploads.filter((bytes) => bytes > 0);
  const uploadedBytes = sent.reduce((sum, bytes) => sum + bytes, 0);
  return { reference, tag, uploadedBytes, uploadedBlobs: sent.length, alreadyThere };
}

/** The tag of an image: the commit that it says it was built from. */
function commitTag(image: StoredImage): string {
  const commit = labelsOf(image.config)["org.opencontainers.image.revision"];
  if (commit && /^[0-9a-f]{40}$/.test(commit)) return commit;
  throw new ActionError(
    `The image's label org.opencontainers.image.revision is ${JSON.stringify(commit ?? "missing")}; it must be a full commit hash.`,
  );
}

/** Layers first; a layer that occurs twice is sent once. */
function neededBlobs(image: StoredImage): Descriptor[] {
  const all = [...image.manifest.layers, image.manifest.config];
  return [...new Map(all.map((blob) => [blob.digest, blob])).values()];
}

/** Returns the bytes that had to be sent. */
async function deliver(blob: Descriptor, image: StoredImage, target: PushTarget): Promise<number> {
  const { registry, repository, say } = target;
  if (await registry.hasBlob(repository.repository, blob)) return 0;
  const own = image.blobs.get(blob.digest);
  const bytes = own ?? (await fromBase(blob, image, target));
  if (!bytes) return 0;
  say(`uploading ${blob.digest.slice(0, 19)} (${inKibibytes(bytes.byteLength)})`);
  await registry.upload(repository.repository, blob.digest, bytes);
  return bytes.byteLength;
}

/** A base's layer: taken over inside the same registry, or carried from the other. Undefined once it is there. */
async function fromBase(blob: Descriptor, image: StoredImage, target: PushTarget): Promise<Uint8Array | undefined> {
  const { registry, repository, say } = target;
  const base = parseRepositoryUri(image.manifest.annotations?.[BASE_NAME] ?? "");
  const sameRegistry = base.registry === repository.registry;
  if (sameRegistry && (await registry.mount(repository.repository, blob, base.repository))) return undefined;
  say(`reading the base's layer ${blob.digest.slice(0, 19)} (${inKibibytes(blob.size)}) from ${base.registry}`);
  const source = sameRegistry ? registry : target.openRegistry(base.registry);
  return (await source.blob(base.repository, blob)).bytes;
}

function storedManifest(image: StoredImage): StoredManifest {
  const { digest, mediaType } = image.descriptor;
  const bytes = image.blobs.get(digest);
  if (!bytes) throw new Error(`the image has no manifest ${digest}`);
  return { digest, mediaType, bytes };
}

/** Asks both of the registry's faces what they hold now, and looks for every blob. */
async function verify(image: StoredImage, tag: string, target: PushTarget): Promise<void> {
  const { digest } = image.descriptor;
  const name = `${target.repository.registry}/${target.repository.repository}`;
  const recorded = await target.findTag(tag);
  if (recorded?.digest !== digest)
    throw new ActionError(`${name}:${tag} is ${recorded?.digest ?? "missing"} after the push; ${digest} was pushed.`);
  // Reading by digest compares the stored bytes with it.
  await target.registry.manifest(target.repository.repository, digest);
  const blobs = neededBlobs(image);
  const there = await Promise.all(blobs.map((blob) => target.registry.hasBlob(target.repository.repository, blob)));
  const lost = blobs.filter((_blob, index) => !there[index]).map((blob) => blob.digest);
  if (lost.length > 0) throw new ActionError(`${name} does not have ${lost.join(", ")} after the push. Run it again.`);
}

const otherImage = (reference: DigestReference, tag: string, existing: string): ActionError =>
  new ActionError(
    `${reference.registry}/${reference.repository}:${tag} is already ${existing}, and a commit's tag is never moved; ` +
      `this image of the same commit is ${reference.digest}. They differ in the base image, the source URL or the build ` +
      "tools: build it as it was built first, or commit the change.",
  );

const inKibibytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;
