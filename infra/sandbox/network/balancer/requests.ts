import type { IncomingMessage } from "node:http";

/** What rules look at. Made once per request. */
export interface RequestView {
  readonly method: string;
  /** Path and query as the client sent them, undecoded. */
  readonly url: string;
  /** Path without the query. */
  readonly path: string;
  /** Query without the question mark; empty when there is none. */
  readonly query: string;
  /** Host header as sent, with the port if it named one. */
  readonly authority: string;
  /** Host in lower case without a port. */
  readonly host: string;
  readonly headers: IncomingMessage["headers"];
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[];
  /** The peer's address; never what a header claims. */
  readonly sourceIp: string;
  readonly sourcePort: number;
}

export function viewOf(request: IncomingMessage): RequestView {
  const url = originForm(request.url ?? "/");
  const mark = url.indexOf("?");
  const authority = request.headers.host ?? "";
  return {
    method: request.method ?? "GET",
    url,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    authority,
    host: hostOf(authority),
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    sourceIp: request.socket.remoteAddress ?? "",
    sourcePort: request.socket.remotePort ?? 0,
  };
}

/** A client of a forward proxy may send the absolute form, `GET http://host/path`; rules see the path alone. */
function originForm(url: string): string {
  if (url.startsWith("/")) return url;
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(url)?.[1];
  return path === undefined ? "/" : path.startsWith("/") ? path : `/${path}`;
}

function hostOf(authority: string): string {
  const colon = authority.lastIndexOf(":");
  const host = colon > 0 && !authority.endsWith("]") ? authority.slice(0, colon) : authority;
  return host.toLowerCase();
}
