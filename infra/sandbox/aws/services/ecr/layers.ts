import type { ECR } from "@aws-sdk/client-ecr";
import { AwsError, type Operations, type ServiceContext } from "../../kernel.ts";
import { isDigest } from "./blob-store.ts";
import type { RepositoryRecord } from "./model.ts";
import type { Registry } from "./registry/handler.ts";

const PART_BYTES = 10 * 1024 * 1024;

/** The API's own way to upload and find layers; the registry's HTTP side is what Docker uses. */
export function layerOperations(
  { repositories, blobs, authorization }: Pick<Registry, "repositories" | "blobs" | "authorization">,
  { account: registryId }: Pick<ServiceContext, "account">,
): Operations<ECR> {
  const requireUpload = (repository: RepositoryRecord, uploadId: string | undefined): string => {
    if (uploadId && blobs.received(uploadId, repository.name) !== undefined) return uploadId;
    throw new AwsError(
      "UploadNotFoundException",
      `The upload with id '${uploadId}' does not exist in the repository with name '${repository.name}' in the registry with id '${registryId}'`,
    );
  };

  return {
    BatchCheckLayerAvailability: async (input) => {
      const repository = repositories.get(input.repositoryName);
      const asked = input.layerDigests ?? [];
      const layers = await Promise.all(
        asked.filter(isDigest).map(async (layerDigest) => {
          const layerSize = repository.blobs.includes(layerDigest) ? await blobs.size(layerDigest) : undefined;
          return {
            layerDigest,
            layerSize,
            layerAvailability: layerSize === undefined ? "UNAVAILABLE" : "AVAILABLE",
          } as const;
        }),
      );
      const failures = asked
        .filter((digest) => !isDigest(digest))
        .map((layerDigest) => ({
          layerDigest,
          failureCode: "InvalidLayerDigest" as const,
          failureReason: "Invalid layer digest",
        }));
      return { layers, failures };
    },

    InitiateLayerUpload: async (input) => ({
      uploadId: await blobs.open(repositories.get(input.repositoryName).name),
      partSize: PART_BYTES,
    }),

    UploadLayerPart: async (input) => {
      const repository = repositories.get(input.repositoryName);
      const uploadId = requireUpload(repository, input.uploadId);
      const received = blobs.received(uploadId, repository.name) ?? 0;
      if (input.partFirstByte !== received)
        throw new AwsError(
          "InvalidLayerPartException",
          `The layer part starts at byte ${input.partFirstByte}, but ${received} bytes were received`,
          { fields: { registryId, repositoryName: repository.name, uploadId, lastValidByteReceived: received - 1 } },
        );
      const size = await blobs.append(uploadId, [input.layerPartBlob ?? new Uint8Array()]);
      return { registryId, repositoryName: repository.name, uploadId, lastByteReceived: size - 1 };
    },

    CompleteLayerUpload: async (input) => {
      const repository = repositories.get(input.repositoryName);
      const uploadId = requireUpload(repository, input.uploadId);
      const layerDigest = input.layerDigests?.[0] ?? "";
      const result = await blobs.commit(uploadId, layerDigest);
      if (!result.ok)
        throw new AwsError(
          "InvalidLayerException",
          `The uploaded layer has digest '${result.actual}', not '${layerDigest}'`,
        );
      if (!repository.blobs.includes(layerDigest)) repository.blobs.push(layerDigest);
      return { registryId, repositoryName: repository.name, uploadId, layerDigest };
    },

    GetDownloadUrlForLayer: async (input) => {
      const repository = repositories.get(input.repositoryName);
      const layerDigest = input.layerDigest ?? "";
      if (!repository.blobs.includes(layerDigest) || (await blobs.size(layerDigest)) === undefined)
        throw new AwsError(
          "LayersNotFoundException",
          `The layer with digest '${layerDigest}' does not exist in the repository with name '${repository.name}' in the registry with id '${registryId}'`,
        );
      return { downloadUrl: authorization.presigned(`/v2/${repository.name}/blobs/${layerDigest}`), layerDigest };
    },
  };
}
