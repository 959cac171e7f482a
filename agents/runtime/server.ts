import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";

/** What is known of one request once its answer has left, or its client has gone. */
export interface RequestRecord {
  readonly requestId: string;
  readonly method: string;
  /** Without the query: it may hold what must not be logged. */
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  /** The client went away before it had the whole answer. */
  readonly aborted: boolean;
  readonly userAgent: string;
}

export interface StopReport {
  /** Requests that were cut because they did not finish in time. */
  readonly cut: number;
}

export interface TrackedServer {
  listen(port: number): Promise<number>;
  /**
   * Takes no new connection, answers what is in flight with `Connection: close`, then closes idle connections.
   * @param deadlineMs after which unfinished requests are cut.
   */
  stop(deadlineMs: number): Promise<StopReport>;
}

export const REQUEST_ID = "x-request-id";

/**
 * A client that keeps connections, such as a load balancer, must be the one that closes them: were ours to close
 * first, a request could be on its way. So longer than the longest idle time-out in use (180 s).
 */
const KEEP_ALIVE_MS = 200_000;
/** How long an idle connection stays open at stop, for a request that was on its way when the signal came. */
const LINGER_MS = 500;

/** Gives every request an id, reports it when it is over, and can stop without losing one. */
export function trackRequests(server: Server, observe: (record: RequestRecord) => void): TrackedServer {
  const sockets = new Set<Socket>();
  const open = new Set<ServerResponse>();
  let stopping = false;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 60_000;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    const started = performance.now();
    const requestId = idOf(request);
    response.setHeader(REQUEST_ID, requestId);
    if (stopping) response.setHeader("connection", "close");
    open.add(response);
    response.once("close", () => {
      open.delete(response);
      observe({ ...factsOf(request, response), requestId, ms: Math.round((performance.now() - started) * 100) / 100 });
    });
  });
  return {
    listen: (port) => listen(server, port),
    stop: (deadlineMs) => {
      stopping = true;
      for (const response of open) if (!response.headersSent) response.setHeader("connection", "close");
      return drain(server, { sockets, open, deadlineMs });
    },
  };
}

function idOf(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

function factsOf(request: IncomingMessage, response: ServerResponse) {
  return {
    method: request.method ?? "",
    path: (request.url ?? "").split("?", 1)[0]?.slice(0, 200) ?? "",
    status: response.statusCode,
    aborted: !response.writableFinished,
    userAgent: request.headers["user-agent"] ?? "",
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function drain(
  server: Server,
  { sockets, open, deadlineMs }: { sockets: Set<Socket>; open: Set<ServerResponse>; deadlineMs: number },
): Promise<StopReport> {
  const closeIdle = () => {
    const busy = new Set([...open].map((response) => response.socket));
    for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
  };
  return new Promise((resolve) => {
    let cut = 0;
    const linger = setTimeout(closeIdle, LINGER_MS);
    const deadline = setTimeout(() => {
      cut = open.size;
      for (const socket of sockets) socket.destroy();
    }, deadlineMs);
    // http's own close() would cut idle connections at once; net's only stops accepting and waits for all to end.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(linger);
      clearTimeout(deadline);
      resolve({ cut });
    });
  });
}
