import { AwsError, type Collection, type ServiceContext } from "../../kernel.ts";
import { type BlobStore, digestOf } from "./blob-store.ts";
import { imageSize, type Manifest, parseManifest } from "./manifest.ts";
import type { ImageRecord, RepositoryRecord } from "./model.ts";

const key = (repository: string, digest: string): string => `${repository}@${digest}`;

const wildcard = (filter: string): RegExp =>
  new RegExp(
    `^${filter
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  );

/** Whether a tag of the repository may be moved to another image. */
export function isImmutable(repository: RepositoryRecord, tag: string): boolean {
  const excluded = repository.exclusions.some((entry) => entry.filter && wildcard(entry.filter).test(tag));
  switch (repository.tagMutability) {
    case "MUTABLE":
      return false;
    case "IMMUTABLE":
      return true;
    case "IMMUTABLE_WITH_EXCLUSION":
      return !excluded;
    case "MUTABLE_WITH_EXCLUSION":
      return excluded;
  }
}

/** Manifests and tags of every repository: what PutImage and a registry push have in common. */
export class ImageStore {
  readonly #images: Collection<ImageRecord>;
  readonly #context: ServiceContext;
  readonly blobs: BlobStore;

  constructor(context: ServiceContext, blobs: BlobStore) {
    this.#context = context;
    this.blobs = blobs;
    this.#images = context.state.collection("images");
  }

  /** @param reference a digest or a tag. */
  find(repository: string, reference: string): ImageRecord | undefined {
    if (reference.startsWith("sha256:")) return this.#images.get(key(repository, reference));
    return this.of(repository).find((image) => image.tags.includes(reference));
  }

  of(repository: string): ImageRecord[] {
    return [...this.#images.values()].filter((image) => image.repository === repository);
  }

  referrers(repository: string, digest: string): ImageRecord[] {
    return this.of(repository).filter((image) => image.subject === digest);
  }

  manifest(image: ImageRecord): Promise<Buffer> {
    return this.blobs.bytes(image.digest);
  }

  remove(image: ImageRecord): void {
    this.#images.delete(key(image.repository, image.digest));
  }

  /**
   * Stores a manifest and points the tag at it.
   * @throws AwsError InvalidParameterException (no manifest), ImageTagAlreadyExistsException (immutable tag),
   *   LayersNotFoundException, ReferencedImagesNotFoundException, ImageDigestDoesNotMatchException
   */
  async put(repository: RepositoryRecord, request: PutRequest): Promise<{ image: ImageRecord; isNew: boolean }> {
    const digest = digestOf(request.bytes);
    if (request.digest && request.digest !== digest)
      throw new AwsError(
        "ImageDigestDoesNotMatchException",
        `The provided digest '${request.digest}' does not match the digest of the manifest, '${digest}'`,
      );
    const manifest = readManifest(request);
    const known = this.find(repository.name, digest);
    if (!known) await this.#requireReferences(repository, manifest);
    if (request.tag) this.#requireMovable(repository, request.tag, digest);
    if (!known) await this.blobs.put(request.bytes);
    const image = known ?? this.#record(repository, digest, manifest);
    const isNew = !known || (request.tag !== undefined && !known.tags.includes(request.tag));
    if (isNew) image.pushedAt = this.#context.clock.now();
    this.#images.set(key(repository.name, digest), image);
    if (request.tag) this.#moveTag(repository.name, request.tag, image);
    return { image, isNew };
  }

  #record(repository: RepositoryRecord, digest: string, manifest: Manifest): ImageRecord {
    const members = manifest.members.map((member) => this.find(repository.name, member.digest)?.size ?? 0);
    return {
      repository: repository.name,
      digest,
      mediaType: manifest.mediaType,
      artifactType: manifest.artifactType,
      size: manifest.kind === "index" ? Math.max(0, ...members) : imageSize(manifest),
      subject: manifest.subject?.digest,
      pushedAt: this.#context.clock.now(),
      tags: [],
    };
  }

  #moveTag(repository: string, tag: string, to: ImageRecord): void {
    for (const image of this.of(repository)) if (image !== to) image.tags = image.tags.filter((other) => other !== tag);
    if (!to.tags.includes(tag)) to.tags.push(tag);
  }

  #requireMovable(repository: RepositoryRecord, tag: string, digest: string): void {
    const holder = this.find(repository.name, tag);
    if (!holder || holder.digest === digest || !isImmutable(repository, tag)) return;
    throw new AwsError(
      "ImageTagAlreadyExistsException",
      `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`,
    );
  }

  async #requireReferences(repository: RepositoryRecord, manifest: Manifest): Promise<void> {
    const wanted = [...(manifest.config ? [manifest.config] : []), ...manifest.layers].map((blob) => blob.digest);
    const present = new Set(repository.blobs);
    const missing: string[] = [];
    for (const digest of new Set(wanted))
      if (!present.has(digest) || (await this.blobs.size(digest)) === undefined) missing.push(digest);
    if (missing.length > 0)
      throw new AwsError(
        "LayersNotFoundException",
        `Layers with digests '${missing.join(", ")}' required for pushing image into repository with name '${repository.name}' in the registry with id '${this.#context.account}' do not exist`,
        { fields: { missing } },
      );
    const images = manifest.members
      .map((member) => member.digest)
      .filter((member) => !this.find(repository.name, member));
    if (images.length > 0)
      throw new AwsError(
        "ReferencedImagesNotFoundException",
        `Images with digests '${images.join(", ")}' required for pushing image into repository with name '${repository.name}' in the registry with id '${this.#context.account}' do not exist`,
        { fields: { missing: images } },
      );
  }
}

export interface PutRequest {
  readonly bytes: Uint8Array;
  readonly contentType?: string;
  readonly tag?: string;
  /** The digest the caller expects. */
  readonly digest?: string;
}

function readManifest(request: PutRequest): Manifest {
  try {
    return parseManifest(request.bytes, request.contentType);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AwsError(
      "InvalidParameterException",
      `Invalid parameter at 'ImageManifest' failed to satisfy constraint: '${reason}'`,
    );
  }
}
