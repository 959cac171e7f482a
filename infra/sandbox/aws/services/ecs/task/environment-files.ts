import type { EnvironmentFile } from "@aws-sdk/client-ecs";
import type { AwsClients } from "../../../kernel.ts";
import { ResourceInitializationError } from "./secrets.ts";

/** Lines `NAME=value`; empty ones and those that begin with `#` are left out, quotes stay as they are. Pure. */
function parseEnvironmentFile(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes("=") && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => {
      const end = line.indexOf("=");
      return [line.slice(0, end).trim(), line.slice(end + 1)];
    }),
  );
}

async function text(body: unknown): Promise<string> {
  if (body instanceof Uint8Array) return Buffer.from(body).toString("utf8");
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function readOne(aws: AwsClients, { value = "" }: EnvironmentFile): Promise<Record<string, string>> {
  const [, bucket, key] = /^arn:[^:]+:s3:::([^/]+)\/(.+)$/.exec(value) ?? [];
  try {
    const { Body } = await aws.s3.getObject({ Bucket: bucket, Key: key });
    return parseEnvironmentFile(await text(Body));
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new ResourceInitializationError(
      `failed to download env files: file download command: non empty error stream: ${value}: ${why}`,
    );
  }
}

/**
 * Variables of a container's `environmentFiles`, objects of the sandbox's S3; of equal names the first file's holds,
 * as files are processed from the top down.
 * @throws ResourceInitializationError when one cannot be read
 */
export async function readEnvironmentFiles(
  aws: AwsClients,
  files: readonly EnvironmentFile[],
): Promise<Record<string, string>> {
  const read = await Promise.all(files.map((file) => readOne(aws, file)));
  return Object.assign({}, ...read.reverse()) as Record<string, string>;
}
