import * as v from "valibot";
import { ActionError } from "../action.ts";
import { type Descriptor, DOCKER_INDEX_TYPE, DOCKER_MANIFEST_TYPE, INDEX_TYPE, MANIFEST_TYPE, sha256 } from "./oci.ts";
import { type HttpResult, PassingFailure, RegistryHttp, type RegistryHttpOptions } from "./registry-http.ts";

/** A manifest as a registry keeps it: its bytes are its identity. */
export interface StoredManifest {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

const MANIFEST_TYPES = [MANIFEST_TYPE, INDEX_TYPE, DOCKER_MANIFEST_TYPE, DOCKER_INDEX_TYPE].join(", ");

/** One registry, by the OCI distribution specification 1.1. Everything it answers is checked against its digest. */
export class RegistryClient {
  readonly registry: string;
  private readonly http: RegistryHttp;

  constructor(options: RegistryHttpOptions) {
    this.registry = options.registry;
    this.http = new RegistryHttp(options);
  }

  /**
   * The manifest of a tag or digest.
   * @throws {ActionError} when there is none.
   */
  async manifest(repository: string, reference: string): Promise<StoredManifest> {
    const found = await this.findManifest(repository, reference);
    if (found) return found;
    throw new ActionError(`${this.registry}/${repository} has no image ${reference}.`);
  }

  async findManifest(repository: string, reference: string): Promise<StoredManifest | undefined> {
    const path = `/v2/${repository}/manifests/${reference}`;
    const answer = await this.http.send({ method: "GET", path, headers: { accept: MANIFEST_TYPES }, repository });
    if (answer.status === 404) return undefined;
    this.expect(answer, [200], `read the manifest ${reference}`);
    const digest = sha256(answer.body);
    if (reference.startsWith("sha256:") && reference !== digest) throw this.lying(repository, reference);
    return {
      mediaType: answer.headers.get("content-type")?.split(";")[0] ?? MANIFEST_TYPE,
      digest,
      bytes: answer.body,
    };
  }

  /** Stores a manifest under a tag. Returns the digest that the registry answered with. */
  async putManifest(repository: string, tag: string, manifest: StoredManifest): Promise<void> {
    const path = `/v2/${repository}/manifests/${tag}`;
    const headers = { "content-type": manifest.mediaType };
    const answer = await this.http.send({ method: "PUT", path, headers, body: manifest.bytes, repository, push: true });
    this.expect(answer, [200, 201], `store the manifest ${tag}`);
    const stored = answer.headers.get("docker-content-digest");
    if (stored && stored !== manifest.digest)
      throw new ActionError(`${this.registry}/${repository} stored ${tag} as ${stored}; ${manifest.digest} was sent.`);
  }

  async hasBlob(repository: string, blob: Descriptor): Promise<boolean> {
    const path = `/v2/${repository}/blobs/${blob.digest}`;
    const answer = await this.http.send({ method: "HEAD", path, repository });
    if (answer.status === 404) return false;
    this.expect(answer, [200], `look for the blob ${blob.digest}`);
    const length = answer.headers.get("content-length");
    return length === null || Number(length) === blob.size;
  }

  async blob(repository: string, blob: Descriptor): Promise<{ mediaType: string; digest: string; bytes: Uint8Array }> {
    const path = `/v2/${repository}/blobs/${blob.digest}`;
    const answer = await this.http.send({ method: "GET", path, repository, transfersBlob: true });
    this.expect(answer, [200], `read the blob ${blob.digest}`);
    if (sha256(answer.body) !== blob.digest) throw this.lying(repository, blob.digest);
    return { mediaType: blob.mediaType, digest: blob.digest, bytes: answer.body };
  }

  /** Asks the registry to take a blob over from another of its repositories. False when it wants an upload instead. */
  async mount(repository: string, blob: Descriptor, from: string): Promise<boolean> {
    const query = new URLSearchParams({ mount: blob.digest, from });
    const path = `/v2/${repository}/blobs/uploads/?${query}`;
    const answer = await this.http.send({ method: "POST", path, repository, push: true });
    this.expect(answer, [201, 202], `mount the blob ${blob.digest}`);
    return answer.status === 201;
  }

  /**
   * Uploads a blob: a new session, the bytes, the digest. An interrupted upload is begun again from the start, because
   * registries differ in what they keep of a broken one.
   */
  async upload(repository: string, digest: string, bytes: Uint8Array): Promise<void> {
    await this.http.retrying(`upload ${digest} to ${this.registry}/${repository}`, async () => {
      const once = { repository, push: true, once: true, transfersBlob: true };
      const begun = await this.http.send({ method: "POST", path: `/v2/${repository}/blobs/uploads/`, ...once });
      this.expect(begun, [202], "begin an upload");
      const headers = { "content-type": "application/octet-stream" };
      const session = begun.headers.get("location") ?? "";
      const sent = await this.http.send({ method: "PATCH", path: session, headers, body: bytes, ...once });
      forgotten(sent);
      this.expect(sent, [202, 204], `upload ${digest}`);
      const end = this.http.resolve(sent.headers.get("location") ?? session);
      end.searchParams.set("digest", digest);
      const done = await this.http.send({ method: "PUT", path: end.href, ...once });
      forgotten(done);
      this.expect(done, [201, 204], `complete the upload of ${digest}`);
    });
  }

  private expect(answer: HttpResult, allowed: readonly number[], what: string): void {
    if (allowed.includes(answer.status)) return;
    throw new ActionError(`${this.registry} refused to ${what}: ${answer.status} ${explain(answer)}`.trim());
  }

  private lying(repository: string, digest: string): ActionError {
    return new ActionError(
      `${this.registry}/${repository} answered for ${digest} with content that has another digest.`,
    );
  }
}

/** A registry that was restarted no longer knows the upload; a new one will do. */
function forgotten(answer: HttpResult): void {
  if (answer.status === 404) throw new PassingFailure("the registry forgot the upload");
}

/** Reads a stored JSON document by its schema; `shown` names it in the error. */
export function parseStored<Schema extends v.GenericSchema>(
  stored: { readonly bytes: Uint8Array; readonly digest: string },
  schema: Schema,
  shown: string,
): v.InferOutput<Schema> {
  try {
    return v.parse(schema, JSON.parse(Buffer.from(stored.bytes).toString("utf8")));
  } catch (cause) {
    throw new ActionError(`${shown} cannot be read: ${stored.digest} is wrong (${(cause as Error).message}).`);
  }
}

const errorsSchema = v.object({ errors: v.array(v.object({ code: v.string(), message: v.optional(v.string()) })) });

/** The error codes and messages of the distribution specification, or the beginning of whatever was said. */
function explain(answer: HttpResult): string {
  const text = Buffer.from(answer.body).toString("utf8");
  try {
    const { errors } = v.parse(errorsSchema, JSON.parse(text));
    return errors.map(({ code, message }) => (message ? `${code}: ${message}` : code)).join("; ");
  } catch {
    return text.slice(0, 200);
  }
}
