/** Headers of one connection, not of the message (RFC 9110, 7.6.1); Expect has been answered by the server already. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
]);

/** What goes on to the other side. @param raw names and values in turn, and so is the result. */
export function passedOn(raw: readonly (string | Buffer)[]): string[] {
  const result: string[] = [];
  const text = (part: string | Buffer = "") => (typeof part === "string" ? part : part.toString("latin1"));
  for (let i = 0; i < raw.length; i += 2) {
    const name = text(raw[i]);
    if (!HOP_BY_HOP.has(name.toLowerCase())) result.push(name, text(raw[i + 1]));
  }
  return result;
}
