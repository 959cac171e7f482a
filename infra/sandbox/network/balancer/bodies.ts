import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";

/** The client has sent nothing for the idle time-out, though its request is not complete. */
export class IdleClientError extends Error {}

/**
 * Reads a small body whole. @param then is called once: with the body, or with why there is none.
 * @param idleSeconds real seconds without a byte.
 */
export function collect(
  request: IncomingMessage,
  idleSeconds: number,
  then: (end: Buffer | "idle" | "left") => void,
): void {
  const chunks: Buffer[] = [];
  const timer = setTimeout(() => end("idle"), idleSeconds * 1000);
  const end = (result: Buffer | "idle" | "left") => {
    clearTimeout(timer);
    request.off("data", onData).off("close", onClose).off("end", onEnd);
    then(result);
  };
  const onData = (chunk: Buffer) => {
    timer.refresh();
    chunks.push(chunk);
  };
  const onClose = () => {
    if (!request.complete) end("left");
  };
  const onEnd = () => end(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
  request.on("data", onData).on("close", onClose).on("end", onEnd);
}

/** A stream that may be destroyed without cutting the client's connection, on which an error page can still go out. */
export function streamed(request: IncomingMessage, idleSeconds: number): Readable {
  const body = new PassThrough();
  // A target that reads slowly keeps the client from sending: then it is not the client who is idle.
  const timer = setTimeout(() => {
    if (body.writableNeedDrain) timer.refresh();
    else body.destroy(new IdleClientError());
  }, idleSeconds * 1000);
  request.on("data", () => timer.refresh());
  request.on("end", () => clearTimeout(timer));
  request.on("close", () => request.complete || body.destroy(new Error("The client left.")));
  body.on("close", () => {
    clearTimeout(timer);
    request.unpipe(body);
    request.resume();
  });
  return request.pipe(body);
}
