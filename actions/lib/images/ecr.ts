import {
  BatchGetImageCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  GetAuthorizationTokenCommand,
  RepositoryNotFoundException,
} from "@aws-sdk/client-ecr";
import { ActionError } from "../action.ts";
import { INDEX_TYPE, MANIFEST_TYPE } from "./oci.ts";
import type { TagRecord } from "./push.ts";
import { parseRepositoryUri, type RepositoryReference } from "./reference.ts";

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
    const answer = await this.explained(() =>
      this.client.send(new DescribeRepositoriesCommand({ repositoryNames: [this.name] })),
    );
    const uri = answer.repositories?.[0]?.repositoryUri;
    if (!uri) throw new ActionError(`ECR did not say the address of the repository ${this.name}.`);
    return parseRepositoryUri(uri);
  }

  /** User and password for the registry; valid for hours. The caller masks the password. */
  async credentials(): Promise<{ username: string; password: string }> {
    const answer = await this.explained(() => this.client.send(new GetAuthorizationTokenCommand({})));
    const token = answer.authorizationData?.[0]?.authorizationToken;
    if (!token) throw new ActionError("ECR gave no authorization token.");
    const text = Buffer.from(token, "base64").toString("utf8");
    const colon = text.indexOf(":");
    return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  }

  async findTag(tag: string): Promise<TagRecord | undefined> {
    const input = {
      repositoryName: this.name,
      imageIds: [{ imageTag: tag }],
      acceptedMediaTypes: [MANIFEST_TYPE, INDEX_TYPE],
    };
    const answer = await this.explained(() => this.client.send(new BatchGetImageCommand(input)));
    const [found] = answer.images ?? [];
    const [failure] = answer.failures ?? [];
    if (failure && failure.failureCode !== "ImageNotFound")
      throw new ActionError(
        `ECR cannot say what ${this.name}:${tag} is: ${failure.failureCode} ${failure.failureReason}`,
      );
    if (!found?.imageId?.imageDigest || !found.imageManifest) return undefined;
    return { digest: found.imageId.imageDigest, manifest: found.imageManifest };
  }

  private async explained<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof RepositoryNotFoundException)
        throw new ActionError(
          `There is no ECR repository ${this.name}. The registries stack creates it: deploy the infrastructure first.`,
        );
      const { name, message } = error as Error;
      throw new ActionError(`ECR refused: ${name}: ${message || "no connection to the endpoint"}`);
    }
  }
}
