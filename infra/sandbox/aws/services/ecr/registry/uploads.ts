import { isDigest } from "../blob-store.ts";
import { RegistryError } from "./errors.ts";
import type { Exchange, Routes } from "./handler.ts";

const location = ({ repository }: Exchange, id: string): string => `/v2/${repository.name}/blobs/uploads/${id}`;

function requireUpload({ registry, repository, reference }: Exchange): number {
  const received = registry.blobs.received(reference, repository.name);
  if (received === undefined)
    throw new RegistryError("BLOB_UPLOAD_UNKNOWN", `upload '${reference}' is unknown or has ended`);
  return received;
}

/** Answers how far an upload has come. */
function accepted(exchange: Exchange, id: string, received: number, status: 202 | 204): void {
  exchange.response
    .writeHead(status, {
      location: location(exchange, id),
      range: `0-${Math.max(0, received - 1)}`,
      "docker-upload-uuid": id,
      "content-length": 0,
    })
    .end();
}

function created(exchange: Exchange, digest: string): void {
  const { repository, response } = exchange;
  if (!repository.blobs.includes(digest)) repository.blobs.push(digest);
  response
    .writeHead(201, {
      location: `/v2/${repository.name}/blobs/${digest}`,
      "docker-content-digest": digest,
      "content-length": 0,
    })
    .end();
}

async function finish(exchange: Exchange, id: string, digest: string): Promise<void> {
  if (!isDigest(digest)) throw new RegistryError("DIGEST_INVALID", `'${digest}' is no sha256 digest`);
  await exchange.registry.blobs.append(id, exchange.request);
  const result = await exchange.registry.blobs.commit(id, digest);
  if (!result.ok) throw new RegistryError("DIGEST_INVALID", `the content has digest ${result.actual}, not ${digest}`);
  created(exchange, digest);
}

/** True when the blob could be taken over from another repository of this registry. */
async function mount(exchange: Exchange, digest: string, from: string | null): Promise<boolean> {
  const { repositories, blobs } = exchange.registry;
  const source = from ? repositories.find(from) : undefined;
  const held = isDigest(digest) && (source?.blobs.includes(digest) ?? false);
  if (!held || (await blobs.size(digest)) === undefined) return false;
  created(exchange, digest);
  return true;
}

function requireInOrder(header: string | undefined, received: number): void {
  if (!header) return;
  const start = /^(?:bytes )?(\d+)-\d+/.exec(header)?.[1];
  if (Number(start) !== received)
    throw new RegistryError("RANGE_INVALID", `chunk '${header}' does not continue the ${received} bytes received`);
}

/** Uploads: monolithic (`POST ?digest`), POST then PUT, chunked (POST, PATCH…, PUT) and cross-repository mounts. */
export const uploadRoutes: Routes = {
  "POST blobs/uploads": async (exchange) => {
    const { registry, repository, query } = exchange;
    const mounted = query.get("mount");
    if (mounted && (await mount(exchange, mounted, query.get("from")))) return;
    const id = await registry.blobs.open(repository.name);
    const digest = query.get("digest");
    if (digest) await finish(exchange, id, digest);
    else accepted(exchange, id, 0, 202);
  },
  "PATCH blobs/uploads": async (exchange) => {
    requireInOrder(exchange.request.headers["content-range"], requireUpload(exchange));
    const received = await exchange.registry.blobs.append(exchange.reference, exchange.request);
    accepted(exchange, exchange.reference, received, 202);
  },
  "PUT blobs/uploads": async (exchange) => {
    requireInOrder(exchange.request.headers["content-range"], requireUpload(exchange));
    await finish(exchange, exchange.reference, exchange.query.get("digest") ?? "");
  },
  "GET blobs/uploads": (exchange) => accepted(exchange, exchange.reference, requireUpload(exchange), 204),
  "DELETE blobs/uploads": async (exchange) => {
    requireUpload(exchange);
    await exchange.registry.blobs.cancel(exchange.reference);
    exchange.response.writeHead(204).end();
  },
};
