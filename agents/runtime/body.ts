import type { IncomingMessage } from "node:http";

/** Largest body that is taken; some thousand chat messages. */
export const BODY_LIMIT_BYTES = 1024 * 1024;
/** Beyond this a body is not even read to its end. */
const PATIENCE_BYTES = 16 * BODY_LIMIT_BYTES;

export type Body =
  | { readonly kind: "text"; readonly text: string }
  /** `read`: to its end, so that the connection can be used again. */
  | { readonly kind: "too large"; readonly read: boolean }
  /** The client went away; nobody will see an answer. */
  | { readonly kind: "aborted" };

/**
 * Reads the body of a request to its end, whether it is wanted or not, and keeps no more than the limit: a connection
 * with unread bytes would have to be closed, and with it a request that a load balancer may just be sending on it.
 */
export async function readBody(incoming: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
      else if (size > PATIENCE_BYTES) return { kind: "too large", read: false };
    }
  } catch {
    return { kind: "aborted" };
  }
  return size > BODY_LIMIT_BYTES
    ? { kind: "too large", read: true }
    : { kind: "text", text: Buffer.concat(chunks).toString("utf8") };
}
