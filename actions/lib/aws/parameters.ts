import { GetParameterCommand, GetParameterHistoryCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { isAwsError } from "./failures.ts";
import type { AwsSettings } from "./settings.ts";

export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  readonly at?: Date;
}

export interface Parameters {
  get(name: string): Promise<string | undefined>;
  put(name: string, value: string): Promise<void>;
  /** Newest first; SSM keeps the last 100 versions. Empty when the parameter does not exist. */
  history(name: string): Promise<ParameterVersion[]>;
}

export function parametersPort(settings: AwsSettings): Parameters {
  const client = new SSMClient(settings);
  return {
    async get(name) {
      try {
        return (await client.send(new GetParameterCommand({ Name: name }))).Parameter?.Value;
      } catch (error) {
        if (isAwsError(error, "ParameterNotFound")) return undefined;
        throw error;
      }
    },
    async put(name, value) {
      await client.send(new PutParameterCommand({ Name: name, Value: value, Type: "String", Overwrite: true }));
    },
    history: (name) => historyOf(client, name),
  };
}

async function historyOf(client: SSMClient, name: string): Promise<ParameterVersion[]> {
  const versions: ParameterVersion[] = [];
  let next: string | undefined;
  try {
    do {
      const page = await client.send(new GetParameterHistoryCommand({ Name: name, MaxResults: 50, NextToken: next }));
      for (const { Version = 0, Value = "", LastModifiedDate } of page.Parameters ?? [])
        versions.push({ version: Version, value: Value, at: LastModifiedDate });
      next = page.NextToken;
    } while (next);
  } catch (error) {
    if (!isAwsError(error, "ParameterNotFound")) throw error;
  }
  return versions.sort((a, b) => b.version - a.version);
}
