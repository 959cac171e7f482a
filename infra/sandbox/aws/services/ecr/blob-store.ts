import { createHash, type Hash } from "node:crypto";
import { createReadStream, createWriteStream, type ReadStream, rmSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export const isDigest = (text: string): boolean => DIGEST.test(text);

export const digestOf = (bytes: Uint8Array | string): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** An upload under way: its file, its hash so far and its length. */
interface Upload {
  readonly repository: string;
  readonly file: string;
  readonly hash: Hash;
  size: number;
}

export type CommitResult = { readonly ok: true; readonly digest: string } | { readonly ok: false; actual: string };

/** Blobs on disk by sha256, and the uploads that become blobs. Content is verified before it gets its name. */
export class BlobStore {
  readonly #folder: string;
  readonly #newId: () => string;
  readonly #uploads = new Map<string, Upload>();

  /** @param newId ids of uploads; they name files, so only `[0-9a-f-]`. */
  constructor(folder: string, newId: () => string) {
    this.#folder = folder;
    this.#newId = newId;
    // An upload does not survive the sandbox that received it: clients begin anew when they are told it is unknown.
    rmSync(join(folder, "uploads"), { recursive: true, force: true });
  }

  path(digest: string): string {
    if (!isDigest(digest)) throw new Error(`"${digest}" is no sha256 digest.`);
    return join(this.#folder, "sha256", digest.slice("sha256:".length));
  }

  /** Length in bytes, `undefined` when the blob is not there. */
  async size(digest: string): Promise<number | undefined> {
    try {
      return (await stat(this.path(digest))).size;
    } catch {
      return undefined;
    }
  }

  read(digest: string, range?: { start: number; end: number }): ReadStream {
    return createReadStream(this.path(digest), range);
  }

  bytes(digest: string): Promise<Buffer> {
    return readFile(this.path(digest));
  }

  async put(content: Uint8Array): Promise<string> {
    const upload = await this.open("");
    await this.append(upload, [content]);
    const result = await this.commit(upload, digestOf(content));
    if (!result.ok) throw new Error(`The blob store wrote ${result.actual} for other bytes.`);
    return result.digest;
  }

  async open(repository: string): Promise<string> {
    await mkdir(join(this.#folder, "uploads"), { recursive: true });
    const id = this.#newId();
    const file = join(this.#folder, "uploads", id);
    this.#uploads.set(id, { repository, file, hash: createHash("sha256"), size: 0 });
    return id;
  }

  /** Bytes received so far; `undefined` when no such upload is open in the repository. */
  received(id: string, repository: string): number | undefined {
    const upload = this.#uploads.get(id);
    return upload?.repository === repository ? upload.size : undefined;
  }

  async append(id: string, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
    const upload = this.#get(id);
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        upload.hash.update(chunk);
        upload.size += chunk.length;
        done(null, chunk);
      },
    });
    try {
      await pipeline(source, meter, createWriteStream(upload.file, { flags: "a" }));
    } catch (error) {
      await this.cancel(id); // the hash may be ahead of the file: such an upload must never become a blob
      throw error;
    }
    return upload.size;
  }

  /** Ends an upload: the blob gets its name only when its content has the digest that was promised. */
  async commit(id: string, digest: string): Promise<CommitResult> {
    const upload = this.#get(id);
    this.#uploads.delete(id);
    const actual = `sha256:${upload.hash.digest("hex")}`;
    if (actual !== digest) {
      await rm(upload.file, { force: true });
      return { ok: false, actual };
    }
    await mkdir(join(this.#folder, "sha256"), { recursive: true });
    await rename(upload.file, this.path(digest));
    return { ok: true, digest };
  }

  async cancel(id: string): Promise<void> {
    const upload = this.#get(id);
    this.#uploads.delete(id);
    await rm(upload.file, { force: true });
  }

  #get(id: string): Upload {
    const upload = this.#uploads.get(id);
    if (!upload) throw new Error(`No upload ${id} is open.`);
    return upload;
  }
}
