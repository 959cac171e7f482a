import type { RequestView } from "./requests.ts";

export type ForwardedFor = "append" | "preserve" | "remove";

export interface HeaderOptions {
  readonly listenerPort: number;
  readonly forwardedFor: ForwardedFor;
  /** `Host` for the target; the client's own unless a transform rewrote it. */
  readonly host: string;
  readonly traceId: () => string;
}

/** Headers of one connection, not of the message (RFC 9110, 7.6.1); Expect has been answered by the server already. */
const HOP_BY_HOP = new Set([
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

/** Written by the load balancer itself. */
const OWN = new Set(["host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-amzn-trace-id"]);

/** The headers for the target, names and values in turn. */
export function targetHeaders(request: RequestView, options: HeaderOptions): string[] {
  const { rawHeaders, headers } = request;
  const named = connectionHeaders(headers.connection);
  const result: string[] = ["host", options.host];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || OWN.has(lower) || named?.has(lower)) continue;
    result.push(name, rawHeaders[i + 1] ?? "");
  }
  const forwarded = forwardedFor(single(headers["x-forwarded-for"]), request.sourceIp, options.forwardedFor);
  if (forwarded) result.push("X-Forwarded-For", forwarded);
  result.push("X-Forwarded-Proto", "http", "X-Forwarded-Port", String(options.listenerPort));
  result.push("X-Amzn-Trace-Id", traced(single(headers["x-amzn-trace-id"]), options.traceId));
  return result;
}

/** The headers for the client, names and values in turn. @param rawHeaders as the target sent them. */
export function clientHeaders(rawHeaders: readonly Buffer[], cookies: readonly string[]): string[] {
  const result: string[] = [];
  let named: Set<string> | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toString("latin1") ?? "";
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower)) {
      if (lower === "connection") named = connectionHeaders(rawHeaders[i + 1]?.toString("latin1"));
      continue;
    }
    result.push(name, rawHeaders[i + 1]?.toString("latin1") ?? "");
  }
  for (const cookie of cookies) result.push("Set-Cookie", cookie);
  return named ? without(result, named) : result;
}

/** Further hop-by-hop headers that Connection names; `undefined` in the common case that it names none. */
function connectionHeaders(value: string | undefined): Set<string> | undefined {
  if (value === undefined || value === "keep-alive" || value === "close") return undefined;
  const names = value.split(",").map((name) => name.trim().toLowerCase());
  const further = names.filter((name) => name && name !== "keep-alive" && name !== "close");
  return further.length > 0 ? new Set(further) : undefined;
}

function without(headers: readonly string[], names: ReadonlySet<string>): string[] {
  return headers.filter((_, i) => !names.has((headers[i - (i % 2)] ?? "").toLowerCase()));
}

function forwardedFor(received: string | undefined, sourceIp: string, mode: ForwardedFor): string | undefined {
  if (mode === "remove") return undefined;
  if (mode === "preserve") return received;
  return received ? `${received}, ${sourceIp}` : sourceIp;
}

/** Root is made when there is none; a Root that came along stays and Self is put before it. */
function traced(received: string | undefined, traceId: () => string): string {
  if (!received || !/(^|;)\s*Root=/i.test(received)) {
    return received ? `Root=${traceId()};${received}` : `Root=${traceId()}`;
  }
  const others = received.split(";").filter((field) => !/^\s*Self=/i.test(field));
  return `Self=${traceId()};${others.join(";")}`;
}

const single = (value: string | string[] | undefined): string | undefined =>
  typeof value === "string" ? value : value?.join(", ");
