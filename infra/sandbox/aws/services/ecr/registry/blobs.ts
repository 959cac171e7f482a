import { pipeline } from "node:stream/promises";
import { isDigest } from "../blob-store.ts";
import { RegistryError } from "./errors.ts";
import type { Exchange, Routes } from "./handler.ts";

async function requireBlob({ registry, repository, reference }: Exchange): Promise<number> {
  if (!isDigest(reference)) throw new RegistryError("DIGEST_INVALID", `'${reference}' is no sha256 digest`);
  const size = repository.blobs.includes(reference) ? await registry.blobs.size(reference) : undefined;
  if (size === undefined)
    throw new RegistryError("BLOB_UNKNOWN", `blob ${reference} is unknown to '${repository.name}'`);
  return size;
}

function requestedRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  if (!header) return undefined;
  const match = /^bytes=(\d+)-(\d*)$/.exec(header);
  const start = Number(match?.[1]);
  const end = match?.[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  if (!match || start > end) throw new RegistryError("RANGE_INVALID", `range '${header}' does not fit ${size} bytes`);
  return { start, end };
}

const headers = (digest: string) => ({
  "content-type": "application/octet-stream",
  "docker-content-digest": digest,
  "accept-ranges": "bytes",
});

export const blobRoutes: Routes = {
  "HEAD blobs": async (exchange) => {
    const size = await requireBlob(exchange);
    exchange.response.writeHead(200, { ...headers(exchange.reference), "content-length": size }).end();
  },
  "GET blobs": async (exchange) => {
    const { registry, repository, reference, request, response } = exchange;
    const size = await requireBlob(exchange);
    // Only what is downloaded gets lost: a client that asks by HEAD whether to push would mend it.
    if (registry.faults.draw("blob-missing", { service: "ecr", agent: repository.name }))
      throw new RegistryError("BLOB_UNKNOWN", `blob ${reference} is unknown to '${repository.name}'`);
    const range = requestedRange(request.headers.range, size);
    const length = range ? range.end - range.start + 1 : size;
    const partial = range ? { "content-range": `bytes ${range.start}-${range.end}/${size}` } : {};
    response.writeHead(range ? 206 : 200, { ...headers(reference), ...partial, "content-length": length });
    await pipeline(registry.blobs.read(reference, range), response);
  },
};
