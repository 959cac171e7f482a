import type { ContainerDefinition, ContainerImage } from "@aws-sdk/client-ecs";
import type { ServiceContext } from "../../../kernel.ts";

/** Whether an image of this sandbox's registry was not found there. Others are somebody else's to know. */
export const isUnresolved = (context: ServiceContext, { image = "", imageDigest }: ContainerImage): boolean =>
  imageDigest === undefined && ownImage(context, image) !== undefined;

/** Repository and tag or digest of an image in this sandbox's registry. */
function ownImage(context: ServiceContext, image: string) {
  const prefix = `${new URL(context.endpoint()).host}/`;
  if (!image.startsWith(prefix)) return undefined;
  const [path = "", imageDigest] = image.slice(prefix.length).split("@");
  const [repositoryName, imageTag = "latest"] = path.split(":");
  return { repositoryName, imageId: imageDigest ? { imageDigest } : { imageTag } };
}

/**
 * The digest behind each container's image when the deployment starts, so that all its tasks run the same bytes.
 * An image that is not found stays unresolved: its tasks then fail to pull, which the circuit breaker counts.
 */
export async function resolveImages(
  context: ServiceContext,
  containers: readonly ContainerDefinition[],
): Promise<ContainerImage[]> {
  const resolve = async ({ name, image = "" }: ContainerDefinition): Promise<ContainerImage> => {
    const own = ownImage(context, image);
    const pinned = image.split("@")[1];
    if (!own) return { containerName: name, image, imageDigest: pinned };
    const answer = await context.aws.ecr
      .batchGetImage({ repositoryName: own.repositoryName, imageIds: [own.imageId] })
      .catch(() => undefined);
    return { containerName: name, image, imageDigest: answer?.images?.[0]?.imageId?.imageDigest };
  };
  return Promise.all(containers.map(resolve));
}
