import type { Secret } from "@aws-sdk/client-ecs";
import type { AwsClients } from "../../../kernel.ts";

/** A reason that ends a task before it starts; goes into `stoppedReason` as it is. */
export class ResourceInitializationError extends Error {
  constructor(message: string) {
    super(`ResourceInitializationError: ${message}`);
  }
}

const PULL = "unable to pull secrets or registry auth: execution resource retrieval failed:";

function failure(store: "asm" | "ssm", reason: string): ResourceInitializationError {
  return new ResourceInitializationError(
    `${PULL} unable to retrieve secret from ${store}: service call has been retried 1 time(s): ${reason}`,
  );
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** `arn:…:secret:<name>[:<json key>:<version stage>:<version id>]`, as `valueFrom` extends a secret's ARN. */
function parseSecret(valueFrom: string) {
  const parts = valueFrom.split(":");
  const [jsonKey, stage, version] = parts.slice(7);
  return {
    SecretId: parts.slice(0, 7).join(":"),
    VersionStage: stage || undefined,
    VersionId: version || undefined,
    jsonKey: jsonKey || undefined,
  };
}

function member(text: string, key: string): unknown {
  try {
    return (JSON.parse(text) as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

async function fromSecretsManager(aws: AwsClients, valueFrom: string): Promise<string> {
  const { jsonKey, ...request } = parseSecret(valueFrom);
  const answer = await aws.secretsmanager.getSecretValue(request).catch((error: unknown) => {
    throw failure("asm", `failed to fetch secret ${request.SecretId} from secrets manager: ${reasonOf(error)}`);
  });
  const text = answer.SecretString ?? Buffer.from(answer.SecretBinary ?? new Uint8Array()).toString("utf8");
  if (!jsonKey) return text;
  const value = member(text, jsonKey);
  if (value === undefined)
    throw failure("asm", `retrieved secret from Secrets Manager did not contain json key ${jsonKey}`);
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function fromParameterStore(aws: AwsClients, valueFrom: string): Promise<string> {
  const name = valueFrom.startsWith("arn:") ? `/${valueFrom.split(":parameter/")[1]}` : valueFrom;
  const { Parameter } = await aws.ssm.getParameter({ Name: name, WithDecryption: true }).catch((error: unknown) => {
    throw failure("ssm", `invalid ssm parameters: ${name}: ${reasonOf(error)}`);
  });
  return Parameter?.Value ?? "";
}

/**
 * Values of a container's `secrets` by variable name.
 * @throws ResourceInitializationError when one cannot be read; values are never part of the message
 */
export async function readSecrets(aws: AwsClients, secrets: readonly Secret[]): Promise<Record<string, string>> {
  const entries = secrets.map(async ({ name, valueFrom = "" }) => {
    const isSecret = /^arn:[^:]+:secretsmanager:/.test(valueFrom);
    return [name, await (isSecret ? fromSecretsManager : fromParameterStore)(aws, valueFrom)];
  });
  return Object.fromEntries(await Promise.all(entries));
}
