import { createServer } from "node:net";

/** The preferred port if it is free on 127.0.0.1, otherwise a free one of the system's choice. */
export async function freePort(preferred: number): Promise<number> {
  return (await bindable(preferred)) ?? (await bindable(0)) ?? fail();
}

function bindable(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const bound = typeof address === "object" && address ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}

function fail(): never {
  throw new Error("No port of 127.0.0.1 can be bound.");
}
