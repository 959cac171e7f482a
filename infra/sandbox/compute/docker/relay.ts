import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Endpoint } from "../../network/addresses.ts";

/** A listener that pipes each connection somewhere else on this machine. */
export interface Relay {
  readonly port: number;
  readonly close: () => void;
}

/** Where a connection leads, seen from its first bytes; `undefined` ends it. */
export type Choose = (first: Buffer) => Endpoint | undefined;

/** @param port 0 for a free one. @throws Error when `address` is not of this machine, or the port is taken. */
export async function openRelay(address: string, port: number, choose: Choose): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    keep(from, sockets);
    from.once("data", (first) => {
      const endpoint = choose(first);
      if (!endpoint) return from.destroy();
      const to = keep(connect(endpoint.port, endpoint.host), sockets);
      to.write(first);
      join(from, to);
      join(to, from);
    });
  });
  await listen(server, address, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
}

function keep(socket: Socket, sockets: Set<Socket>): Socket {
  sockets.add(socket);
  socket.on("error", () => undefined); // its close ends the other side
  socket.on("close", () => sockets.delete(socket));
  return socket;
}

function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on("close", () => to.destroy());
}

/** The host that an HTTP request's first bytes name, without port. */
export const hostHeader = (first: Buffer): string | undefined =>
  /\r\nhost:[ \t]*([^:\r\n]+)/i.exec(first.toString("latin1"))?.[1]?.trim().toLowerCase();
