import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, readdirSync, rmSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { sdkStreamMixin } from "@smithy/core/serde";
import { AwsError } from "../../kernel.ts";

/** Bytes of objects, one file each under a random name: keys never become paths. */
export interface Blob {
  readonly file: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
}

export interface ByteRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

type Source = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What callers may give as Body: a request's stream, or bytes or text of a call in process. */
function sourceOf(body: unknown): Source {
  if (body === undefined || body === null) return [];
  if (typeof body === "string") return [Buffer.from(body)];
  if (body instanceof Uint8Array) return [body];
  if (typeof body === "object" && Symbol.asyncIterator in body) return body as AsyncIterable<Uint8Array>;
  throw new AwsError("InvalidRequest", "The body must be bytes, text or a stream.");
}

export class BlobStore {
  readonly #folder: string;
  readonly #id: () => string;
  readonly #afterCommit: (action: () => void) => void;

  /** @param afterCommit as `afterCommit` of State: a file goes when the state no longer names it. */
  constructor(folder: string, id: () => string, afterCommit: (action: () => void) => void) {
    this.#folder = folder;
    this.#id = id;
    this.#afterCommit = afterCommit;
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }

  /** Writes beside and renames: a broken upload leaves nothing behind. */
  async write(body: unknown): Promise<Blob> {
    await mkdir(this.#folder, { recursive: true });
    const file = this.#id();
    const hash = createHash("md5");
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk);
        size += chunk.length;
        done(null, chunk);
      },
    });
    const temporary = `${this.#path(file)}.part`;
    try {
      await pipeline(Readable.from(sourceOf(body)), measure, createWriteStream(temporary));
      await rename(temporary, this.#path(file));
    } catch (error) {
      await rm(temporary, { force: true });
      if (error instanceof AwsError) throw error;
      throw new AwsError("IncompleteBody", `The body ended early: ${error instanceof Error ? error.message : error}`);
    }
    return { file, size, md5: hash.digest("hex") };
  }

  stream(file: string, range?: ByteRange): Readable {
    return createReadStream(this.#path(file), range);
  }

  /** The stream with the SDK's `transformToString()` and its kin, which callers in process expect. */
  output(file: string, range?: ByteRange): ReturnType<typeof sdkStreamMixin> {
    return sdkStreamMixin(this.stream(file, range));
  }

  concat(files: readonly string[]): Promise<Blob> {
    const all = files.map((file) => this.stream(file));
    return this.write(
      (async function* () {
        for (const part of all) yield* part;
      })(),
    );
  }

  remove(...files: readonly string[]): void {
    this.#afterCommit(() => {
      for (const file of files) rmSync(this.#path(file), { force: true });
    });
  }

  /** At the start: files that a killed sandbox was just writing or removing. */
  keepOnly(files: Iterable<string>): void {
    if (!existsSync(this.#folder)) return;
    const known = new Set(files);
    for (const name of readdirSync(this.#folder))
      if (/^[0-9a-f]{32}(\.part)?$/.test(name) && !known.has(name)) rmSync(this.#path(name), { force: true });
  }
}
