import { request } from "node:http";
import type { Endpoint } from "../addresses.ts";
import type { Probe } from "./health.ts";

export interface ProbeRequest {
  /** Where the target really listens; `undefined` while nothing does. */
  readonly endpoint: Endpoint | undefined;
  readonly path: string;
  /** Address and port as the load balancer knows them: the Host header. */
  readonly authority: string;
  /** Real seconds: a target does not answer faster because the sandbox's clock runs faster. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** One health check, on a connection of its own so that a target which accepts no more connections is seen. Never throws. */
export function probe({ endpoint, path, authority, timeoutSeconds, signal }: ProbeRequest): Promise<Probe> {
  if (!endpoint) return Promise.resolve({ failure: "connection" });
  return new Promise((resolve) => {
    const check = request({
      host: endpoint.host,
      port: endpoint.port,
      path,
      agent: false,
      headers: { host: authority, "user-agent": "ELB-HealthChecker/2.0", connection: "close" },
      signal,
    });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      check.destroy();
    }, timeoutSeconds * 1000);
    const end = (result: Probe) => {
      clearTimeout(timer);
      resolve(result);
    };
    check.on("response", (response) => {
      // The code is the verdict; the body is read so that the connection ends, and dropped.
      response.on("error", () => {});
      response.resume();
      end({ status: response.statusCode ?? 0 });
    });
    check.on("error", () => end({ failure: timedOut ? "timeout" : "connection" }));
    check.end();
  });
}
