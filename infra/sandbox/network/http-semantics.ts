/** What every proxy of the sandbox has to know of HTTP (RFC 9110). */

/** Headers of one connection, not of the message (7.6.1); Expect has been answered by the server already. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
]);

/** Methods that a client may repeat (9.2.2), so that a proxy may as well. */
export const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
