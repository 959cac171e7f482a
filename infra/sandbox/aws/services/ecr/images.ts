import type { ECR, Image, ImageDetail, ImageFailure, ImageIdentifier } from "@aws-sdk/client-ecr";
import { AwsError, type Operations, type ServiceContext } from "../../kernel.ts";
import type { ImageStore } from "./image-store.ts";
import type { ImageRecord, RepositoryRecord } from "./model.ts";
import { page } from "./page.ts";
import type { Repositories } from "./repositories.ts";

type Found = { image: ImageRecord; id: ImageIdentifier } | { failure: ImageFailure };

const isTagged = (image: ImageRecord): boolean => image.tags.length > 0;

/** Operations on images: describe, list, get, put, delete. */
export function imageOperations(
  repositories: Repositories,
  store: ImageStore,
  context: ServiceContext,
): Operations<ECR> {
  const registryId = context.account;

  const find = (repository: RepositoryRecord, id: ImageIdentifier): Found => {
    const reference = id.imageDigest ?? id.imageTag;
    if (!reference)
      return {
        failure: {
          imageId: id,
          failureCode: "MissingDigestAndTag",
          failureReason: "Invalid request parameters: both tag and digest cannot be null",
        },
      };
    const image = store.find(repository.name, reference);
    if (!image)
      return { failure: { imageId: id, failureCode: "ImageNotFound", failureReason: "Requested image not found" } };
    if (id.imageTag && !image.tags.includes(id.imageTag))
      return {
        failure: {
          imageId: id,
          failureCode: "ImageTagDoesNotMatchDigest",
          failureReason: "The tag and the digest name different images",
        },
      };
    return { image, id: { imageDigest: image.digest, imageTag: id.imageTag ?? image.tags[0] } };
  };

  const detail = (image: ImageRecord): ImageDetail => ({
    registryId,
    repositoryName: image.repository,
    imageDigest: image.digest,
    imageTags: isTagged(image) ? image.tags : undefined,
    imageSizeInBytes: image.size,
    imagePushedAt: image.pushedAt,
    imageManifestMediaType: image.mediaType,
    artifactMediaType: image.artifactType,
    subjectManifestDigest: image.subject,
  });

  const selected = (repository: RepositoryRecord, status?: string): ImageRecord[] =>
    store
      .of(repository.name)
      .filter((image) => !status || status === "ANY" || isTagged(image) === (status === "TAGGED"));

  const described = (repository: RepositoryRecord, id: ImageIdentifier): ImageRecord => {
    const found = find(repository, id);
    if ("image" in found) return found.image;
    throw new AwsError(
      "ImageNotFoundException",
      `The image with imageId {imageDigest:'${id.imageDigest ?? "null"}', imageTag:'${id.imageTag ?? "null"}'} does not exist within the repository with name '${repository.name}' in the registry with id '${registryId}'`,
    );
  };

  const asImage = async (image: ImageRecord, imageId: ImageIdentifier): Promise<Image> => ({
    registryId,
    repositoryName: image.repository,
    imageId,
    imageManifest: (await store.manifest(image)).toString("utf8"),
    imageManifestMediaType: image.mediaType,
  });

  return {
    DescribeImages: (input) => {
      const repository = repositories.get(input.repositoryName);
      const images = input.imageIds
        ? [...new Set(input.imageIds.map((id) => described(repository, id)))]
        : selected(repository, input.filter?.tagStatus);
      const { items, nextToken } = page(images, input, 100);
      return { imageDetails: items.map(detail), nextToken };
    },

    ListImages: (input) => {
      const repository = repositories.get(input.repositoryName);
      const ids = selected(repository, input.filter?.tagStatus).flatMap((image): ImageIdentifier[] =>
        isTagged(image)
          ? image.tags.map((imageTag) => ({ imageDigest: image.digest, imageTag }))
          : [{ imageDigest: image.digest }],
      );
      const { items, nextToken } = page(ids, input, 100);
      return { imageIds: items, nextToken };
    },

    BatchGetImage: async (input) => {
      const repository = repositories.get(input.repositoryName);
      const found = (input.imageIds ?? []).map((id) => find(repository, id));
      const images = await Promise.all(found.flatMap((one) => ("image" in one ? [asImage(one.image, one.id)] : [])));
      return { images, failures: found.flatMap((one) => ("failure" in one ? [one.failure] : [])) };
    },

    BatchDeleteImage: (input) => {
      const repository = repositories.get(input.repositoryName);
      const imageIds: ImageIdentifier[] = [];
      const failures: ImageFailure[] = [];
      for (const id of input.imageIds ?? []) {
        const found = find(repository, id);
        if ("failure" in found) failures.push(found.failure);
        else imageIds.push(...deleteImage(store, found.image, id));
      }
      return { imageIds, failures };
    },

    PutImage: async (input) => {
      const repository = repositories.get(input.repositoryName);
      const { image, isNew } = await store.put(repository, {
        bytes: Buffer.from(input.imageManifest ?? "", "utf8"),
        contentType: input.imageManifestMediaType,
        tag: input.imageTag,
        digest: input.imageDigest,
      });
      if (!isNew)
        throw new AwsError(
          "ImageAlreadyExistsException",
          `Image with digest '${image.digest}' and tag '${input.imageTag ?? "null"}' already exists in the repository with name '${repository.name}' in registry with id '${registryId}'`,
        );
      return { image: await asImage(image, { imageDigest: image.digest, imageTag: input.imageTag }) };
    },
  };
}

/** Naming a tag removes that tag, and the image with its last one; naming only a digest removes the image. */
function deleteImage(store: ImageStore, image: ImageRecord, id: ImageIdentifier): ImageIdentifier[] {
  const tags = id.imageTag && !id.imageDigest ? [id.imageTag] : image.tags;
  const removed = tags.map((imageTag) => ({ imageDigest: image.digest, imageTag }));
  image.tags = image.tags.filter((tag) => !tags.includes(tag));
  if (image.tags.length === 0) store.remove(image);
  return removed.length > 0 ? removed : [{ imageDigest: image.digest }];
}
