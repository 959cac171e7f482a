import { createServer, type Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Connections } from "./targets.ts";

/** Codes of a port that cannot be had: taken, or reserved for the system. */
const NOT_OURS = new Set(["EADDRINUSE", "EACCES"]);

const HOST = "127.0.0.1";
const MOST_HEADER_BYTES = 65_536;

/** How long a client may be silent, in real seconds. */
export interface Patience {
  readonly idleSeconds: number;
  readonly clientKeepAliveSeconds: number;
}

export function newServer(connections: Connections, refuse: (socket: Duplex, status: number) => void): Server {
  const server = createServer({
    keepAlive: true,
    noDelay: true,
    requestTimeout: 0,
    maxHeaderSize: MOST_HEADER_BYTES,
    connectionsCheckingInterval: 1000,
  });
  server.on("connection", (socket) => {
    connections.made++;
    connections.open++;
    socket.once("close", () => connections.open--);
  });
  server.on("clientError", (error: Error & { code?: string }, socket) =>
    socket.writable ? refuse(socket, statusOf(error.code)) : socket.destroy(),
  );
  return server;
}

export function setPatience(server: Server, { idleSeconds, clientKeepAliveSeconds }: Patience): void {
  server.keepAliveTimeout = Math.min(idleSeconds, clientKeepAliveSeconds) * 1000;
  server.headersTimeout = idleSeconds * 1000;
}

/** What a request gets that cannot be read. Source: AWS, "Troubleshoot your Application Load Balancers". */
function statusOf(code = ""): number {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return 408;
  if (code === "HPE_INVALID_TRANSFER_ENCODING") return 501;
  if (code === "HPE_INVALID_VERSION") return 505;
  return 400;
}

/** @returns whether the server has the port. @throws for any other reason than that it cannot be had. */
export function listening(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error & { code?: string }) =>
      NOT_OURS.has(error.code ?? "") ? resolve(false) : reject(error);
    server.once("error", failed);
    server.listen(port, HOST, () => {
      server.off("error", failed);
      resolve(true);
    });
  });
}
