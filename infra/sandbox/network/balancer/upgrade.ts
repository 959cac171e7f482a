import type { IncomingMessage } from "node:http";
import { STATUS_CODES } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Answer } from "./answers.ts";
import type { Target } from "./targets.ts";

export interface Tunnel {
  readonly request: IncomingMessage;
  readonly client: Duplex;
  /** What the client sent right after its head. */
  readonly head: Buffer;
  readonly target: Target;
  readonly path: string;
  /** For the target, without hop-by-hop headers; those of the upgrade are added here. */
  readonly headers: readonly string[];
  readonly idleSeconds: number;
  /** Called once, when the target answers or cannot be reached. */
  readonly done: (result: TunnelEnd) => void;
}

/** @property seconds until the target answered. */
type TunnelEnd =
  | { readonly status: number; readonly seconds: number }
  | { readonly error: Error; readonly isConnectError: boolean };

/**
 * Passes an upgraded connection (WebSocket) through as bytes, in both directions, until one side ends it or it is
 * idle for too long. An upgrade to anything else is not offered to the target: it answers as to a plain request,
 * and the connection ends with the answer.
 */
export function tunnel({ request, client, head, target, path, headers, idleSeconds, done }: Tunnel): void {
  const endpoint = target.endpoint();
  if (!endpoint) {
    done({ error: new Error(`${target.key} listens nowhere`), isConnectError: true });
    return;
  }
  const upstream = connect(endpoint.port, endpoint.host);
  target.begin();
  const startedAt = performance.now();
  let reported = false;
  let isConnected = false;
  const report = (result: TunnelEnd) => {
    if (reported) return;
    reported = true;
    done(result);
  };
  upstream.once("connect", () => {
    isConnected = true;
    upstream.setNoDelay(true);
    upstream.write(requestHead(request, path, [...headers, ...upgradeHeaders(request)]), "latin1");
    if (head.length > 0) upstream.write(head);
    client.pipe(upstream);
  });
  upstream.once("data", (first: Buffer) => {
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first.toString("latin1", 0, 16))?.[1] ?? 502);
    report({ status, seconds: (performance.now() - startedAt) / 1000 });
    client.write(first);
    upstream.pipe(client);
  });
  upstream.on("error", (error) => report({ error, isConnectError: !isConnected }));
  upstream.once("close", () => {
    target.finish();
    const error = new Error(`${target.key} closed the connection without an answer`);
    report({ error, isConnectError: false });
    client.end();
  });
  client.on("error", () => upstream.destroy());
  client.on("close", () => upstream.destroy());
  endWhenIdle(client, upstream, idleSeconds);
}

/** Writes an answer on a connection that the HTTP server has let go of. */
export function answerRaw(client: Duplex, { status, headers, body }: Answer): void {
  const lines = Object.entries({ ...headers, "content-length": String(Buffer.byteLength(body)), connection: "close" });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  client.on("error", () => {});
  client.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}\r\n${head}\r\n${body}`);
}

function upgradeHeaders(request: IncomingMessage): string[] {
  const { upgrade = "" } = request.headers;
  return upgrade.toLowerCase() === "websocket"
    ? ["Connection", "Upgrade", "Upgrade", upgrade]
    : ["Connection", "close"];
}

function requestHead(request: IncomingMessage, path: string, headers: readonly string[]): string {
  let head = `${request.method} ${path} HTTP/1.1\r\n`;
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${head}\r\n`;
}

/** One quiet direction is normal; the connection ends when both are quiet. */
function endWhenIdle(client: Duplex, upstream: Socket, seconds: number): void {
  const timer = setTimeout(() => {
    client.destroy();
    upstream.destroy();
  }, seconds * 1000);
  client.on("data", () => timer.refresh());
  upstream.on("data", () => timer.refresh());
  upstream.once("close", () => clearTimeout(timer));
}
