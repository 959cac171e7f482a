import type { Image, ImageDetail, ImageFailure, ImageIdentifier } from "@aws-sdk/client-ecr";
import { AwsError } from "../../kernel.ts";
import type { ImageStore } from "./image-store.ts";
import type { ImageRecord, RepositoryRecord } from "./model.ts";

export type Found = { readonly image: ImageRecord; readonly id: ImageIdentifier } | { readonly failure: ImageFailure };

export const isTagged = (image: ImageRecord): boolean => image.tags.length > 0;

/** Images by the identifiers that the API takes, and how the API shows them. */
export class ImageLookup {
  readonly #store: ImageStore;
  readonly #registryId: string;

  constructor(store: ImageStore, registryId: string) {
    this.#store = store;
    this.#registryId = registryId;
  }

  find(repository: RepositoryRecord, id: ImageIdentifier): Found {
    const fail = (failureCode: ImageFailure["failureCode"], failureReason: string) => ({
      failure: { imageId: id, failureCode, failureReason },
    });
    const reference = id.imageDigest ?? id.imageTag;
    if (!reference)
      return fail("MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null");
    const image = this.#store.find(repository.name, reference);
    if (!image) return fail("ImageNotFound", "Requested image not found");
    if (id.imageTag && !image.tags.includes(id.imageTag))
      return fail("ImageTagDoesNotMatchDigest", "The tag and the digest name different images");
    return { image, id: { imageDigest: image.digest, imageTag: id.imageTag ?? image.tags[0] } };
  }

  /** @throws AwsError ImageNotFoundException */
  get(repository: RepositoryRecord, id: ImageIdentifier): ImageRecord {
    const found = this.find(repository, id);
    if ("image" in found) return found.image;
    const shown = `{imageDigest:'${id.imageDigest ?? "null"}', imageTag:'${id.imageTag ?? "null"}'}`;
    throw new AwsError(
      "ImageNotFoundException",
      `The image with imageId ${shown} does not exist within the repository with name '${repository.name}' in the registry with id '${this.#registryId}'`,
    );
  }

  /** @param status `TAGGED`, `UNTAGGED`, or all of them. */
  select(repository: RepositoryRecord, status: string | undefined): ImageRecord[] {
    const all = this.#store.of(repository.name);
    return !status || status === "ANY" ? all : all.filter((image) => isTagged(image) === (status === "TAGGED"));
  }

  detail(image: ImageRecord): ImageDetail {
    return {
      registryId: this.#registryId,
      repositoryName: image.repository,
      imageDigest: image.digest,
      imageTags: isTagged(image) ? image.tags : undefined,
      imageSizeInBytes: image.size,
      imagePushedAt: image.pushedAt,
      imageManifestMediaType: image.mediaType,
      artifactMediaType: image.artifactType,
      subjectManifestDigest: image.subject,
    };
  }

  async withManifest(image: ImageRecord, imageId: ImageIdentifier): Promise<Image> {
    return {
      registryId: this.#registryId,
      repositoryName: image.repository,
      imageId,
      imageManifest: (await this.#store.manifest(image)).toString("utf8"),
      imageManifestMediaType: image.mediaType,
    };
  }
}
