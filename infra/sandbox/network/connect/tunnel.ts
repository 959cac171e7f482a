import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { Endpoint } from "../addresses.ts";

export interface Tunnel {
  readonly client: Duplex;
  readonly endpoint: Endpoint;
  /** Sent to the upstream first. */
  readonly first?: Buffer;
  /** The upstream could not be connected to; nothing has been read from the client. */
  readonly onRefused: () => void;
}

/** Passes bytes between a client and an upstream, in both directions, until one side ends. */
export function tunnel({ client, endpoint, first, onRefused }: Tunnel): void {
  const upstream = connect(endpoint.port, endpoint.host);
  let isConnected = false;
  upstream.once("connect", () => {
    isConnected = true;
    upstream.setNoDelay(true);
    if (first) upstream.write(first);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  upstream.on("error", () => {
    if (!isConnected) onRefused();
    else client.destroy();
  });
  upstream.once("close", () => isConnected && client.destroy());
  client.on("error", () => upstream.destroy());
  client.on("close", () => upstream.destroy());
}
