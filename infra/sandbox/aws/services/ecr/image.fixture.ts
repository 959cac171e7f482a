import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { ECR } from "@aws-sdk/client-ecr";
import { pack } from "tar-stream";

/** For tests: a small image, and a client that pushes it as Docker does. */
export interface TestImage {
  readonly manifest: Buffer;
  readonly digest: string;
  readonly blobs: ReadonlyMap<string, Buffer>;
}

export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

export const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

async function tar(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export interface ImageOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly environment?: readonly string[];
  readonly entryPoint?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

export async function makeImage(options: ImageOptions): Promise<TestImage> {
  const layer = gzipSync(await tar(options.files));
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: {
        Env: options.environment ?? [],
        Entrypoint: options.entryPoint ?? ["node", "/app/index.mjs"],
        WorkingDir: "/app",
        Labels: options.labels ?? { "dev.karmacadabra.base": "host-node" },
      },
      rootfs: { type: "layers", diff_ids: [] },
    }),
  );
  const descriptor = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: digestOf(bytes), size: bytes.length });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: descriptor("application/vnd.oci.image.config.v1+json", config),
      layers: [descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer)],
    }),
  );
  const blobs = new Map([config, layer].map((bytes) => [digestOf(bytes), bytes]));
  return { manifest, digest: digestOf(manifest), blobs };
}

/** The registry over HTTP with a token from the ECR API. */
export class RegistryClient {
  readonly endpoint: string;
  readonly #ecr: ECR;
  #authorization = "";

  constructor(endpoint: string, ecr: ECR) {
    this.endpoint = endpoint;
    this.#ecr = ecr;
  }

  async login(): Promise<void> {
    const { authorizationData } = await this.#ecr.getAuthorizationToken({});
    this.#authorization = `Basic ${authorizationData?.[0]?.authorizationToken}`;
  }

  async request(
    method: string,
    path: string,
    init: { body?: Buffer; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    if (!this.#authorization) await this.login();
    const url = new URL(path, this.endpoint);
    const headers = { authorization: this.#authorization, ...init.headers };
    return fetch(url, { method, headers, body: init.body && new Uint8Array(init.body) });
  }

  /** POST then PUT, as `docker push` uploads what a HEAD did not find. */
  async pushBlob(repository: string, bytes: Buffer): Promise<void> {
    const digest = digestOf(bytes);
    if ((await this.request("HEAD", `/v2/${repository}/blobs/${digest}`)).ok) return;
    const opened = await this.request("POST", `/v2/${repository}/blobs/uploads/`);
    const stored = await this.request("PUT", `${opened.headers.get("location")}?digest=${digest}`, { body: bytes });
    if (stored.status !== 201) throw new Error(`push of ${digest}: ${stored.status} ${await stored.text()}`);
  }

  async pushManifest(repository: string, reference: string, manifest: Buffer, type = MANIFEST_TYPE): Promise<Response> {
    const headers = { "content-type": type };
    return this.request("PUT", `/v2/${repository}/manifests/${reference}`, { body: manifest, headers });
  }

  /** @returns the image's digest reference. */
  async push(repository: string, tag: string, image: TestImage): Promise<string> {
    for (const bytes of image.blobs.values()) await this.pushBlob(repository, bytes);
    const stored = await this.pushManifest(repository, tag, image.manifest);
    if (stored.status !== 201) throw new Error(`push of ${tag}: ${stored.status} ${await stored.text()}`);
    return `${new URL(this.endpoint).host}/${repository}@${image.digest}`;
  }
}
