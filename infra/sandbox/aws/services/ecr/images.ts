import type { ECR, ImageFailure, ImageIdentifier } from "@aws-sdk/client-ecr";
import { AwsError, type Operations, type ServiceContext } from "../../kernel.ts";
import { page } from "../../state/page.ts";
import { ImageLookup, isTagged } from "./image-lookup.ts";
import type { ImageStore } from "./image-store.ts";
import type { ImageRecord } from "./model.ts";
import type { Repositories } from "./repositories.ts";

function readingOperations(repositories: Repositories, images: ImageLookup): Operations<ECR> {
  return {
    DescribeImages: (input) => {
      const repository = repositories.get(input.repositoryName);
      const found = input.imageIds
        ? [...new Set(input.imageIds.map((id) => images.get(repository, id)))]
        : images.select(repository, input.filter?.tagStatus);
      const { items, nextToken } = page(found, input, 100);
      return { imageDetails: items.map((image) => images.detail(image)), nextToken };
    },

    ListImages: (input) => {
      const found = images.select(repositories.get(input.repositoryName), input.filter?.tagStatus);
      const { items, nextToken } = page(found.flatMap(identifiers), input, 100);
      return { imageIds: items, nextToken };
    },

    BatchGetImage: async (input) => {
      const repository = repositories.get(input.repositoryName);
      const found = (input.imageIds ?? []).map((id) => images.find(repository, id));
      return {
        images: await Promise.all(
          found.flatMap((one) => ("image" in one ? [images.withManifest(one.image, one.id)] : [])),
        ),
        failures: found.flatMap((one) => ("failure" in one ? [one.failure] : [])),
      };
    },
  };
}

/** Operations on images: describe, list, get, put, delete. */
export function imageOperations(
  repositories: Repositories,
  store: ImageStore,
  context: ServiceContext,
): Operations<ECR> {
  const images = new ImageLookup(store, context.account);
  return {
    ...readingOperations(repositories, images),

    BatchDeleteImage: (input) => {
      const repository = repositories.get(input.repositoryName);
      const imageIds: ImageIdentifier[] = [];
      const failures: ImageFailure[] = [];
      for (const id of input.imageIds ?? []) {
        const found = images.find(repository, id);
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
      if (isNew)
        return { image: await images.withManifest(image, { imageDigest: image.digest, imageTag: input.imageTag }) };
      throw new AwsError(
        "ImageAlreadyExistsException",
        `Image with digest '${image.digest}' and tag '${input.imageTag ?? "null"}' already exists in the repository with name '${repository.name}' in registry with id '${context.account}'`,
      );
    },
  };
}

/** One identifier per tag; an image without a tag has its digest alone. */
const identifiers = (image: ImageRecord): ImageIdentifier[] =>
  isTagged(image)
    ? image.tags.map((imageTag) => ({ imageDigest: image.digest, imageTag }))
    : [{ imageDigest: image.digest }];

/** Naming a tag removes that tag, and the image with its last one; naming only a digest removes the image. */
function deleteImage(store: ImageStore, image: ImageRecord, id: ImageIdentifier): ImageIdentifier[] {
  const tags = id.imageTag && !id.imageDigest ? [id.imageTag] : image.tags;
  const removed = tags.map((imageTag) => ({ imageDigest: image.digest, imageTag }));
  image.tags = image.tags.filter((tag) => !tags.includes(tag));
  if (image.tags.length === 0) store.remove(image);
  return removed.length > 0 ? removed : [{ imageDigest: image.digest }];
}
