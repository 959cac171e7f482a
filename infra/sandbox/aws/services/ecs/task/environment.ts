import type { ContainerDefinition, ContainerOverride } from "@aws-sdk/client-ecs";

/** What a container finds in its environment besides what the image and the task definition say. */
export interface Surroundings {
  readonly region: string;
  readonly endpoint: string;
  readonly credentialsUri?: string;
  readonly metadataUri: string;
}

const pairs = (list: readonly { name?: string; value?: string }[] | undefined): Record<string, string> =>
  Object.fromEntries((list ?? []).map(({ name, value }) => [name ?? "", value ?? ""]));

/**
 * The environment of a container, nothing of the host's. As on Fargate it names the region, the metadata endpoint and
 * where credentials are; `AWS_ENDPOINT_URL` leads every AWS client to the sandbox.
 */
export function containerEnvironment(
  definition: ContainerDefinition,
  override: ContainerOverride | undefined,
  given: { surroundings: Surroundings; secrets: Record<string, string>; files: Record<string, string> },
): Record<string, string> {
  const { region, endpoint, credentialsUri, metadataUri } = given.surroundings;
  return {
    AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    ...(credentialsUri ? { AWS_CONTAINER_CREDENTIALS_FULL_URI: credentialsUri } : {}),
    ECS_CONTAINER_METADATA_URI_V4: metadataUri,
    ...given.files,
    ...pairs(definition.environment),
    ...given.secrets,
    ...pairs(override?.environment),
  };
}
