import { type Readable, Transform, type TransformCallback } from "node:stream";
import { AwsError } from "../kernel.ts";
import type { WireRequest } from "./protocol.ts";

/**
 * The `aws-chunked` content encoding: `<size in hex>[;chunk-signature=…]\r\n<bytes>\r\n`, a chunk of size 0, then
 * trailing headers (a checksum). Current SDKs upload like this by default. Signatures are not verified.
 */
const malformed = () => new AwsError("IncompleteBody", "The body is not valid aws-chunked content.");
const longestHeader = 4096;

class ChunkDecoder extends Transform {
  #buffer: Buffer = Buffer.alloc(0);
  #left = 0;
  #state: "header" | "data" | "separator" | "trailer" = "header";

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    try {
      while (this.#step());
      done();
    } catch (error) {
      done(error instanceof Error ? error : malformed());
    }
  }

  override _flush(done: TransformCallback): void {
    done(this.#state === "trailer" ? null : malformed());
  }

  /** One state transition; false when more bytes are needed. */
  #step(): boolean {
    if (this.#state === "header") return this.#header();
    if (this.#state === "data") return this.#data();
    if (this.#state === "trailer") return this.#trailer();
    if (this.#buffer.length < 2) return false;
    if (this.#buffer[0] !== 13 || this.#buffer[1] !== 10) throw malformed();
    this.#buffer = this.#buffer.subarray(2);
    this.#state = "header";
    return true;
  }

  #header(): boolean {
    const end = this.#buffer.indexOf("\r\n");
    if (end < 0) {
      if (this.#buffer.length > longestHeader) throw malformed();
      return false;
    }
    const size = /^([0-9a-fA-F]{1,8})(;|$)/.exec(this.#buffer.subarray(0, end).toString("latin1"))?.[1];
    if (size === undefined) throw malformed();
    this.#buffer = this.#buffer.subarray(end + 2);
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? "trailer" : "data";
    return true;
  }

  #data(): boolean {
    if (this.#buffer.length === 0) return false;
    const part = this.#buffer.subarray(0, this.#left);
    this.push(part);
    this.#buffer = this.#buffer.subarray(part.length);
    this.#left -= part.length;
    if (this.#left === 0) this.#state = "separator";
    return true;
  }

  /** Trailing headers carry checksums of bytes that TCP has already checked; they are read and dropped. */
  #trailer(): boolean {
    this.#buffer = Buffer.alloc(0);
    return false;
  }
}

const isChunked = ({ headers }: WireRequest): boolean =>
  String(headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-") ||
  /\baws-chunked\b/.test(String(headers["content-encoding"] ?? ""));

/** The request's body with `aws-chunked` framing removed. */
export function decodedBody(request: WireRequest): Readable {
  const body = request.stream();
  if (!isChunked(request)) return body;
  const decoder = new ChunkDecoder();
  // Whoever reads the body sees its error; an operation that refuses the call before reading must not crash for it.
  decoder.on("error", () => {});
  body.once("error", (error) => decoder.destroy(error));
  return body.pipe(decoder);
}
