import {
  BatchGetImageCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  RepositoryNotFoundException,
} from "@aws-sdk/client-ecr";
import { ActionError } from "../action.ts";
import { INDEX_TYPE, MANIFEST_TYPE } from "./oci.ts";
import type { TagRecord } from "./push.ts";
import { parseRepositoryUri, type RepositoryReference } from "./reference.ts";
import type { RegistryCredentials } from "./registry-http.ts";

/** What the pushing needs of Amazon ECR beyond the distribution protocol that every registry speaks. */
export class EcrRepository {
  private readonly client: ECRClient;
  private readonly name: string;

  constructor(client: ECRClient, name: string) {
    this.client = client;
    this.name = name;
  }

  /** @throws {ActionError} when the repository does not exist. */
  async reference(): Promise<RepositoryReference> {
    const command = new DescribeRepositoriesCommand({ repositoryNames: [this.name] });
    const answer = await explained(() => this.client.send(command), this.name);
    const uri = answer.repositories?.[0]?.repositoryUri;
    if (!uri) throw new ActionError(`ECR did not say the address of the repository ${this.name}.`);
    return parseRepositoryUri(uri);
  }

  async findTag(tag: string): Promise<TagRecord | undefined> {
    const input = {
      repositoryName: this.name,
      imageIds: [{ imageTag: tag }],
      acceptedMediaTypes: [MANIFEST_TYPE, INDEX_TYPE],
    };
    const answer = await explained(() => this.client.send(new BatchGetImageCommand(input)), this.name);
    const [found] = answer.images ?? [];
    const [failure] = answer.failures ?? [];
    if (failure && failure.failureCode !== "ImageNotFound")
      throw new ActionError(
        `ECR cannot say what ${this.name}:${tag} is: ${failure.failureCode} ${failure.failureReason}`,
      );
    if (!found?.imageId?.imageDigest || !found.imageManifest) return undefined;
    return { digest: found.imageId.imageDigest, manifest: found.imageManifest };
  }
}

/** User and password for all of an account's registries; valid for hours. The caller masks the password. */
export async function ecrCredentials(client: ECRClient = new ECRClient({})): Promise<RegistryCredentials> {
  const answer = await explained(() => client.send(new GetAuthorizationTokenCommand({})));
  const token = answer.authorizationData?.[0]?.authorizationToken;
  if (!token) throw new ActionError("ECR gave no authorization token.");
  const text = Buffer.from(token, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

async function explained<T>(call: () => Promise<T>, repository?: string): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof RepositoryNotFoundException)
      throw new ActionError(
        `There is no ECR repository ${repository}. The registries stack creates it: deploy the infrastructure first.`,
      );
    const { name, message } = error as Error;
    throw new ActionError(`ECR refused: ${name}: ${message || "no connection to the endpoint"}`);
  }
}
