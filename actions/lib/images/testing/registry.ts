import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { sha256 } from "../oci.ts";

/**
 * A double of the remote registry: the OCI distribution protocol and the four ECR calls, over real HTTP on a free port.
 * It keeps everything in memory and notes every request, so a test can say what went over the wire.
 */
export class TestRegistry implements AsyncDisposable {
  readonly password = "registry-password";
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, { type: string; bytes: Buffer }>();
  /** `METHOD path` of every request to the registry, e.g. `PUT /v2/alpha/manifests/…`. */
  readonly requests: string[] = [];
  /** Names of ECR repositories that exist. */
  readonly repositories = new Set(["karmacadabra/alpha"]);
  /** Whether anyone may read and write. */
  isPublic = false;
  /** Consulted before a request is served: `drop` breaks the connection, a number is answered as a status. */
  fault: (request: string) => "drop" | number | undefined = () => undefined;
  private readonly server: Server;
  private uploads = new Map<string, Buffer>();
  private host = "";

  private constructor() {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: Error) => response.writeHead(599).end(error.message));
    });
  }

  static async start(): Promise<TestRegistry> {
    const registry = new TestRegistry();
    await new Promise<void>((resolve) => registry.server.listen(0, "127.0.0.1", resolve));
    registry.host = `127.0.0.1:${(registry.server.address() as AddressInfo).port}`;
    return registry;
  }

  /** Host and port, as an image's reference has it. */
  get address(): string {
    return this.host;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Requests of one method, without those that failed on purpose. */
  sent(method: string): string[] {
    return this.requests.filter((request) => request.startsWith(`${method} `));
  }

  putBlob(repository: string, bytes: Buffer): string {
    const digest = sha256(bytes);
    this.blobs.set(`${repository} ${digest}`, bytes);
    return digest;
  }

  putManifest(repository: string, reference: string, type: string, bytes: Buffer): string {
    for (const name of [reference, sha256(bytes)]) this.manifests.set(`${repository} ${name}`, { type, bytes });
    return sha256(bytes);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const url = new URL(request.url ?? "/", `http://${this.host}`);
    const name = `${request.method} ${url.pathname}`;
    const body = await buffer(request);
    const target = request.headers["x-amz-target"];
    if (target) return this.ecr(String(target), body, response);
    this.requests.push(name);
    const fault = this.fault(name);
    if (fault === "drop") return request.socket.destroy();
    if (fault) return response.writeHead(fault).end();
    return this.serve({ request, response, body }, url);
  }

  private serve(exchange: Exchange, url: URL): ServerResponse {
    const { request, response } = exchange;
    const expected = `Basic ${Buffer.from(`AWS:${this.password}`).toString("base64")}`;
    if (!this.isPublic && request.headers.authorization !== expected) return this.error(response, 401, "UNAUTHORIZED");
    const [, repository = "", kind, rest = ""] = /^\/v2\/(.+?)\/(manifests|blobs)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === "manifests") return this.manifest({ ...exchange, repository, reference: rest });
    if (rest.startsWith("uploads/")) return this.upload({ ...exchange, repository, url });
    const blob = this.blobs.get(`${repository} ${rest}`);
    if (!blob) return this.error(response, 404, "BLOB_UNKNOWN");
    response.writeHead(200, { "content-length": blob.byteLength });
    return response.end(request.method === "HEAD" ? undefined : blob);
  }

  private manifest(call: Call & { reference: string }): ServerResponse {
    const { request, response, repository, reference, body } = call;
    if (request.method === "PUT") {
      const digest = this.putManifest(repository, reference, String(request.headers["content-type"]), body);
      return response.writeHead(201, { "docker-content-digest": digest }).end();
    }
    const found = this.manifests.get(`${repository} ${reference}`);
    if (!found) return this.error(response, 404, "MANIFEST_UNKNOWN");
    return response.writeHead(200, { "content-type": found.type }).end(found.bytes);
  }

  private upload({ request, response, repository, url, body }: Call & { url: URL }): ServerResponse {
    const mounted = this.blobs.get(`${url.searchParams.get("from")} ${url.searchParams.get("mount")}`);
    if (request.method === "POST" && mounted) {
      this.putBlob(repository, mounted);
      return response.writeHead(201).end();
    }
    const id = request.method === "POST" ? `session-${this.requests.length}` : (url.pathname.split("/").pop() ?? "");
    const location = `/v2/${repository}/blobs/uploads/${id}?state=1`;
    const bytes = Buffer.concat([this.uploads.get(id) ?? Buffer.alloc(0), body]);
    this.uploads.set(id, bytes);
    if (request.method !== "PUT") {
      return response.writeHead(202, { location }).end();
    }
    if (sha256(bytes) !== url.searchParams.get("digest")) return this.error(response, 400, "DIGEST_INVALID");
    this.putBlob(repository, bytes);
    return response.writeHead(201).end();
  }

  /** The ECR calls that a push makes, in the JSON 1.1 protocol. */
  private ecr(target: string, body: Buffer, response: ServerResponse): ServerResponse {
    const input = JSON.parse(body.toString("utf8")) as {
      repositoryName?: string;
      repositoryNames?: string[];
      imageIds?: { imageTag: string }[];
    };
    const name = input.repositoryName ?? input.repositoryNames?.[0];
    const answer = this.ecrAnswer(target, name, input.imageIds?.[0]?.imageTag);
    const status = "__type" in answer ? 400 : 200;
    return response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
  }

  private ecrAnswer(target: string, name: string | undefined, tag: string | undefined): object {
    if (name && !this.repositories.has(name))
      return { __type: "RepositoryNotFoundException", message: "does not exist" };
    if (target.endsWith(".GetAuthorizationToken")) {
      const authorizationToken = Buffer.from(`AWS:${this.password}`).toString("base64");
      return { authorizationData: [{ authorizationToken }] };
    }
    if (target.endsWith(".DescribeRepositories")) return { repositories: [{ repositoryUri: `${this.host}/${name}` }] };
    const found = this.manifests.get(`${name} ${tag}`);
    const failures = [{ imageId: { imageTag: tag }, failureCode: "ImageNotFound", failureReason: "not found" }];
    if (!found) return { images: [], failures };
    const imageId = { imageDigest: sha256(found.bytes), imageTag: tag };
    return { images: [{ imageId, imageManifest: found.bytes.toString("utf8") }], failures: [] };
  }

  private error(response: ServerResponse, status: number, code: string): ServerResponse {
    response.writeHead(status, { "content-type": "application/json" });
    return response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
}

interface Call extends Exchange {
  readonly repository: string;
}
