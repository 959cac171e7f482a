import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { ComputeError } from "../driver.ts";
import type { ImageReference } from "./reference.ts";

const ACCEPT = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");
const TIMEOUT_MS = 30_000; // real time: a transfer

export interface FetchedManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: unknown;
}

const refused = (reference: string, reason: string): ComputeError =>
  new ComputeError(
    "CannotPullContainerError",
    `pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reason}`,
  );

/** Reads manifests and blobs of one repository over the OCI distribution protocol; digests are verified. */
export class RegistryClient {
  readonly #image: ImageReference;
  readonly #headers: Record<string, string>;
  readonly #reference: string;

  constructor(reference: string, image: ImageReference, authorization?: string) {
    this.#reference = reference;
    this.#image = image;
    this.#headers = authorization ? { authorization } : {};
  }

  /** @throws ComputeError CannotPullContainerError */
  async manifest(version: string): Promise<FetchedManifest> {
    const response = await this.#get(`manifests/${version}`, { accept: ACCEPT });
    const bytes = Buffer.from(await response.arrayBuffer());
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    if (version.startsWith("sha256:") && version !== digest)
      throw refused(this.#reference, `the registry answered ${digest} for ${version}`);
    const mediaType = response.headers.get("content-type") ?? "";
    return { digest, mediaType, body: JSON.parse(bytes.toString("utf8")) };
  }

  async json(digest: string): Promise<unknown> {
    const bytes = Buffer.from(await (await this.#get(`blobs/${digest}`)).arrayBuffer());
    this.#verify(digest, createHash("sha256").update(bytes).digest("hex"));
    return JSON.parse(bytes.toString("utf8"));
  }

  async download(digest: string, file: string): Promise<void> {
    const response = await this.#get(`blobs/${digest}`);
    const hash = createHash("sha256");
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    const body = Readable.fromWeb((response.body ?? new Blob([]).stream()) as ReadableStream<Uint8Array>);
    await pipeline(body, meter, createWriteStream(file));
    try {
      this.#verify(digest, hash.digest("hex"));
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  #verify(digest: string, hex: string): void {
    if (digest !== `sha256:${hex}`) throw refused(this.#reference, `blob ${digest} arrived with digest sha256:${hex}`);
  }

  async #get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    const url = `http://${this.#image.host}/v2/${this.#image.repository}/${path}`;
    const response = await fetch(url, {
      headers: { ...this.#headers, ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: Error) => {
      const detail = cause.cause instanceof Error ? cause.cause.message : cause.message;
      throw refused(this.#reference, `failed to do request: ${url}: ${detail}`);
    });
    if (response.ok) return response;
    await response.body?.cancel();
    const reason =
      response.status === 404 ? "not found" : `unexpected status ${response.status} ${response.statusText}`;
    throw refused(this.#reference, reason);
  }
}
