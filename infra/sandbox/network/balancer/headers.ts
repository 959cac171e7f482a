import { HOP_BY_HOP } from "../http-semantics.ts";
import type { RequestView } from "./requests.ts";

export type ForwardedFor = "append" | "preserve" | "remove";

export interface HeaderOptions {
  readonly listenerPort: number;
  readonly forwardedFor: ForwardedFor;
  /** X-Forwarded-For names the client's port, too. */
  readonly namesClientPort: boolean;
  /** Headers with characters besides letters, digits and hyphens in their names are left out. */
  readonly dropsInvalid: boolean;
  /** `Host` for the target. */
  readonly host: string;
  readonly traceId: () => string;
}

/** Source: AWS, "Troubleshoot your Application Load Balancers", HTTP 400 and HTTP 463. */
const LONGEST_HEADER = 16_384;
const MOST_FORWARDED = 30;

/** A request that the load balancer answers itself, because of its headers. */
export class HeaderError extends Error {
  readonly status: 400 | 463;
  constructor(status: 400 | 463) {
    super(`headers refused with ${status}`);
    this.status = status;
  }
}

/** Written by the load balancer itself. */
const OWN = new Set(["host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-amzn-trace-id"]);

const DEFAULT_PORTS: readonly number[] = [80, 443];

/**
 * What becomes of a client's `Host` unless the load balancer preserves it: it names the port.
 * Source: AWS, announcement of the attribute (`www.amazon.com` → `www.amazon.com:8443`).
 */
export function withPort(authority: string, listenerPort: number): string {
  const isComplete = authority === "" || /:\d+$/.test(authority) || DEFAULT_PORTS.includes(listenerPort);
  return isComplete ? authority : `${authority}:${listenerPort}`;
}

/** The headers for the target, names and values in turn. @throws {HeaderError} */
export function targetHeaders(request: RequestView, options: HeaderOptions): string[] {
  const { rawHeaders, headers } = request;
  const named = connectionHeaders(headers.connection);
  const result: string[] = ["host", options.host];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    const lower = name.toLowerCase();
    const value = rawHeaders[i + 1] ?? "";
    if (value.length > LONGEST_HEADER) throw new HeaderError(400);
    if (HOP_BY_HOP.has(lower) || OWN.has(lower) || named?.has(lower)) continue;
    if (options.dropsInvalid && !/^[-A-Za-z0-9]+$/.test(name)) continue;
    result.push(name, value);
  }
  const received = single(headers["x-forwarded-for"]);
  if (received !== undefined && received.split(",").length > MOST_FORWARDED) throw new HeaderError(463);
  const peer = options.namesClientPort ? `${request.sourceIp}:${request.sourcePort}` : request.sourceIp;
  const forwarded = forwardedFor(received, peer, options.forwardedFor);
  if (forwarded) result.push("X-Forwarded-For", forwarded);
  result.push("X-Forwarded-Proto", "http", "X-Forwarded-Port", String(options.listenerPort));
  result.push("X-Amzn-Trace-Id", traced(single(headers["x-amzn-trace-id"]), options.traceId));
  return result;
}

/** What a listener changes of every answer. */
export interface AnswerHeaders {
  /** Name in lower case → value, instead of what the target said. */
  readonly added: ReadonlyMap<string, string>;
  /** The load balancer's own answers do not say who they are from. */
  readonly hidesServer: boolean;
}

/** What stickiness adds to an answer. */
export interface AnswerCookies {
  readonly cookies: readonly string[];
  readonly appCookie?: { readonly name: string; readonly isKept: boolean; readonly cookie: string } | undefined;
}

/** The headers for the client, names and values in turn. @param rawHeaders as the target sent them. */
export function clientHeaders(
  rawHeaders: readonly Buffer[],
  { cookies, appCookie }: AnswerCookies,
  { added }: AnswerHeaders,
): string[] {
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
  if (appCookie && (appCookie.isKept || setsCookie(result, appCookie.name))) {
    result.push("Set-Cookie", appCookie.cookie);
  }
  for (const cookie of cookies) result.push("Set-Cookie", cookie);
  const own = named ? without(result, named) : result;
  if (added.size === 0) return own;
  return [...without(own, new Set(added.keys())), ...[...added].flat()];
}

function setsCookie(headers: readonly string[], name: string): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === "set-cookie" && headers[i + 1]?.startsWith(`${name}=`)) return true;
  }
  return false;
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

function forwardedFor(received: string | undefined, peer: string, mode: ForwardedFor): string | undefined {
  if (mode === "remove") return undefined;
  if (mode === "preserve") return received;
  return received ? `${received}, ${peer}` : peer;
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
