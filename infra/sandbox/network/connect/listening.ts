import type { AddressInfo, Server } from "node:net";
import type { Endpoint } from "../addresses.ts";

const HOST = "127.0.0.1";

/** Listens on a free port. */
export function listen(server: Server): Promise<Endpoint> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, HOST, () => {
      server.off("error", reject);
      resolve({ host: HOST, port: (server.address() as AddressInfo).port });
    });
  });
}

export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });
