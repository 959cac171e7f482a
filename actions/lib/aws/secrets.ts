import { DescribeSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { isAwsError, isDenied } from "./failures.ts";
import type { AwsSettings } from "./settings.ts";

export interface Secrets {
  /** Whether the secret exists; its value is never read. undefined when this role may not look. */
  exists(id: string): Promise<boolean | undefined>;
}

export function secretsPort(settings: AwsSettings): Secrets {
  const client = new SecretsManagerClient(settings);
  return {
    async exists(id) {
      try {
        const answer = await client.send(new DescribeSecretCommand({ SecretId: id }));
        return answer.DeletedDate === undefined;
      } catch (error) {
        if (isAwsError(error, "ResourceNotFoundException")) return false;
        if (isDenied(error)) return undefined;
        throw error;
      }
    },
  };
}
