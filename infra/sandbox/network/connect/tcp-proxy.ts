import { createServer, type Server, type Socket } from "node:net";
import type { AddressBook, Endpoint } from "../addresses.ts";
import { closeServer, listen } from "./listening.ts";
import type { Pool, Routing, Upstream } from "./routing.ts";
import { tunnel } from "./tunnel.ts";

/** The proxy behind a client alias whose port has no application protocol: one choice per connection, no headers. */
export class TcpProxy {
  readonly #routing: Routing;
  readonly #network: AddressBook;
  readonly #server: Server;
  readonly #clients = new Set<Socket>();

  constructor({ routing, network }: { routing: Routing; network: AddressBook }) {
    this.#routing = routing;
    this.#network = network;
    this.#server = createServer({ noDelay: true }, (client) => this.#accept(client));
  }

  open(): Promise<Endpoint> {
    return listen(this.#server);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await closeServer(this.#server);
  }

  #accept(client: Socket): void {
    this.#clients.add(client);
    client.once("close", () => this.#clients.delete(client));
    client.on("error", () => undefined); // its close follows
    const pool = this.#routing.pool({});
    if (pool) this.#try(client, pool, new Set());
    else client.destroy();
  }

  #try(client: Socket, pool: Pool, tried: Set<Upstream>): void {
    const upstream = this.#routing.upstream(pool, tried);
    if (!upstream) {
      client.destroy();
      return;
    }
    tried.add(upstream);
    const next = () => this.#try(client, pool, tried);
    const endpoint = this.#network.resolve(upstream.ip, upstream.port);
    if (endpoint) tunnel({ client, endpoint, onRefused: next });
    else next();
  }
}
