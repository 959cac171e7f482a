import { AwsError } from "../../../kernel.ts";
import { isDigest } from "../blob-store.ts";
import { OCI_INDEX, parseManifest } from "../manifest.ts";
import type { ImageRecord } from "../model.ts";
import { type RegistryCode, RegistryError } from "./errors.ts";
import type { Exchange, Routes } from "./handler.ts";

const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const MANIFEST_BYTES = 4 * 1024 * 1024; // the specification's recommended limit

const REFUSALS: Readonly<Record<string, RegistryCode>> = {
  ImageTagAlreadyExistsException: "TAG_INVALID",
  LayersNotFoundException: "MANIFEST_BLOB_UNKNOWN",
  ReferencedImagesNotFoundException: "MANIFEST_UNKNOWN",
  ImageDigestDoesNotMatchException: "DIGEST_INVALID",
  InvalidParameterException: "MANIFEST_INVALID",
};

function requireImage({ registry, repository, reference }: Exchange): ImageRecord {
  const image = registry.images.find(repository.name, reference);
  if (image) return image;
  throw new RegistryError("MANIFEST_UNKNOWN", `Requested image not found: '${repository.name}' has no '${reference}'`);
}

async function readBody({ request }: Exchange): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MANIFEST_BYTES)
      throw new RegistryError("MANIFEST_INVALID", `a manifest has at most ${MANIFEST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function send(exchange: Exchange, withBody: boolean): Promise<void> {
  const image = requireImage(exchange);
  const bytes = await exchange.registry.images.manifest(image);
  exchange.response.writeHead(200, {
    "content-type": image.mediaType,
    "content-length": bytes.length,
    "docker-content-digest": image.digest,
  });
  exchange.response.end(withBody ? bytes : undefined);
}

function sendJson(exchange: Exchange, body: unknown, contentType = "application/json"): void {
  const text = JSON.stringify(body);
  exchange.response
    .writeHead(200, { "content-type": contentType, "content-length": Buffer.byteLength(text) })
    .end(text);
}

async function put(exchange: Exchange): Promise<void> {
  const { registry, repository, reference, request, response } = exchange;
  const byDigest = isDigest(reference);
  if (!byDigest && !TAG.test(reference)) throw new RegistryError("TAG_INVALID", `'${reference}' is no tag`);
  const bytes = await readBody(exchange);
  const contentType = request.headers["content-type"]?.split(";")[0]?.trim();
  const { image } = await registry.images
    .put(repository, {
      bytes,
      contentType,
      tag: byDigest ? undefined : reference,
      digest: byDigest ? reference : undefined,
    })
    .catch((error: unknown) => {
      const code = error instanceof AwsError ? REFUSALS[error.code] : undefined;
      throw code && error instanceof AwsError ? new RegistryError(code, error.message) : error;
    });
  const subject = image.subject ? { "oci-subject": image.subject } : {};
  response
    .writeHead(201, {
      location: `/v2/${repository.name}/manifests/${image.digest}`,
      "docker-content-digest": image.digest,
      "content-length": 0,
      ...subject,
    })
    .end();
}

function listTags(exchange: Exchange): void {
  const { registry, repository, query } = exchange;
  const all = registry.images
    .of(repository.name)
    .flatMap((image) => image.tags)
    .sort();
  const last = query.get("last");
  const rest = last ? all.filter((tag) => tag > last) : all;
  const tags = query.has("n") ? rest.slice(0, Number(query.get("n"))) : rest;
  if (tags.length < rest.length && tags.length > 0)
    exchange.response.setHeader(
      "link",
      `</v2/${repository.name}/tags/list?n=${tags.length}&last=${tags.at(-1)}>; rel="next"`,
    );
  sendJson(exchange, { name: repository.name, tags });
}

async function listReferrers(exchange: Exchange): Promise<void> {
  const { registry, repository, reference, query } = exchange;
  const wanted = query.get("artifactType");
  const images = registry.images
    .referrers(repository.name, reference)
    .filter((image) => !wanted || image.artifactType === wanted);
  const manifests = await Promise.all(
    images.map(async (image) => {
      const bytes = await registry.images.manifest(image);
      const { annotations } = parseManifest(bytes, image.mediaType);
      const { mediaType, digest, artifactType } = image;
      return { mediaType, digest, size: bytes.length, artifactType, annotations };
    }),
  );
  if (wanted) exchange.response.setHeader("oci-filters-applied", "artifactType");
  sendJson(exchange, { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, OCI_INDEX);
}

export const manifestRoutes: Routes = {
  "HEAD manifests": (exchange) => send(exchange, false),
  "GET manifests": (exchange) => send(exchange, true),
  "PUT manifests": put,
  "GET tags": listTags,
  "GET referrers": listReferrers,
};
