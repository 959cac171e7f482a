import type { IncomingMessage, ServerResponse } from "node:http";
import type { FaultBook } from "../../../../faults/fault-book.ts";
import type { Authorization } from "../authorization.ts";
import type { BlobStore } from "../blob-store.ts";
import type { ImageStore } from "../image-store.ts";
import type { RepositoryRecord } from "../model.ts";
import type { Repositories } from "../repositories.ts";
import { blobRoutes } from "./blobs.ts";
import { RegistryError, writeError } from "./errors.ts";
import { manifestRoutes } from "./manifests.ts";
import { uploadRoutes } from "./uploads.ts";

export interface Registry {
  readonly repositories: Repositories;
  readonly images: ImageStore;
  readonly blobs: BlobStore;
  readonly authorization: Authorization;
  /** Asked for blobs that are lost on purpose. */
  readonly faults: FaultBook;
}

/** One request below `/v2/<name>/`, parsed. */
export interface Exchange {
  readonly registry: Registry;
  readonly repository: RepositoryRecord;
  /** What follows the repository's name and kind: a digest, a tag, an upload's id, or empty. */
  readonly reference: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export type Handler = (exchange: Exchange) => Promise<void> | void;
/** By `<METHOD> <kind>`. */
export type Routes = Readonly<Record<string, Handler>>;

// The kind is matched from the right: a repository's own name may contain "blobs" or "manifests".
const PATH = /^\/v2\/(?<name>.+)\/(?<kind>blobs\/uploads|blobs|manifests|tags|referrers)(?:\/(?<reference>[^/]*))?$/;
const ROUTES: Routes = { ...blobRoutes, ...uploadRoutes, ...manifestRoutes };

/**
 * The registry as `docker login`, `docker push` and every OCI client speak to it: OCI distribution spec 1.1 under `/v2/`.
 * A repository must have been created (as in ECR); deleting goes through the ECR API.
 */
export function registryHandler(registry: Registry) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const url = new URL(request.url ?? "/", "http://registry");
    if (url.pathname !== "/v2" && !url.pathname.startsWith("/v2/")) return false;
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    try {
      await answer(registry, url, request, response);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      request.resume(); // an unread body would hold the connection
      writeError(response, error);
    }
    return true;
  };
}

async function answer(registry: Registry, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { authorization } = registry;
  const readable = (request.method === "GET" || request.method === "HEAD") && authorization.acceptsUrl(url);
  if (!readable && !authorization.accepts(request.headers.authorization)) {
    response.setHeader("www-authenticate", 'Basic realm="ecr",service="ecr.amazonaws.com"');
    throw new RegistryError("UNAUTHORIZED", "authentication required: use a password from GetAuthorizationToken");
  }
  if (url.pathname === "/v2" || url.pathname === "/v2/") {
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
    return;
  }
  const { name, kind, reference } = PATH.exec(url.pathname.replace(/\/$/, ""))?.groups ?? {};
  if (!name || !kind) throw new RegistryError("UNSUPPORTED", `${url.pathname} is no path of a registry`);
  const repository = registry.repositories.find(name);
  if (!repository)
    throw new RegistryError("NAME_UNKNOWN", `The repository with name '${name}' does not exist in the registry`);
  const handle = ROUTES[`${request.method} ${kind}`];
  if (!handle) throw new RegistryError("UNSUPPORTED", `${request.method} on ${kind} is not supported`);
  const exchange = { registry, repository, query: url.searchParams, request, response };
  await handle({ ...exchange, reference: decoded(reference ?? "") });
}

/** @throws RegistryError for a percent sign that starts no escape. */
function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    throw new RegistryError("TAG_INVALID", `'${reference}' is no reference: its percent-encoding is broken`);
  }
}
