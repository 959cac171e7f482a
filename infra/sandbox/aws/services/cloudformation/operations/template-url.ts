import type { ServiceContext } from "../../../kernel.ts";
import { TemplateError } from "../template/errors.ts";

export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Bucket and key of a template's URL: `s3://bucket/key`, path style (`http://127.0.0.1:4566/bucket/key`,
 * `https://s3.us-east-1.amazonaws.com/bucket/key`) or virtual-host style (`https://bucket.s3.amazonaws.com/key`,
 * `http://bucket.localhost:4566/key`).
 */
export function objectAddress(text: string): ObjectAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const path = decodeURIComponent(url?.pathname.slice(1) ?? "");
  const slash = path.indexOf("/");
  const first = slash < 0 ? undefined : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
  const found = url && address(url, path, first);
  if (!found || found.bucket === "" || found.key === "")
    throw new TemplateError(`TemplateURL must reference a valid S3 object to which you have access, got ${text}`);
  return found;
}

function address(url: URL, path: string, first: ObjectAddress | undefined): ObjectAddress | undefined {
  if (url.protocol === "s3:") return { bucket: url.hostname, key: path };
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  const host = url.hostname;
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host) || host === "localhost" || host.startsWith("[") || /^s3[.-]/.test(host))
    return first;
  const bucket = /^(.+?)\.(?:s3[.-].*|localhost|localhost\..*)$/.exec(host)?.[1];
  return bucket ? { bucket, key: path } : first;
}

/** The text of a template in the sandbox's own S3. */
export async function readTemplateUrl({ aws }: ServiceContext, url: string): Promise<string> {
  const { bucket, key } = objectAddress(url);
  try {
    const { Body } = await aws.s3.getObject({ Bucket: bucket, Key: key });
    return await bodyText(Body);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TemplateError(`S3 error: could not read s3://${bucket}/${key} (${url}): ${why}`);
  }
}

/** In-process calls give the body as the service made it: bytes, a stream, or the SDK's stream. */
async function bodyText(body: unknown): Promise<string> {
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString("utf8");
  if (isAsyncIterable(body)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array));
    return Buffer.concat(chunks).toString("utf8");
  }
  throw new Error("the object has no body");
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;
