import type { TargetHealth } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Pool } from "undici";
import type { AddressBook, Endpoint } from "../addresses.ts";
import { REGISTERING, type Vitals } from "./health.ts";

/** Seconds that the load balancer waits for a connection to a target before it answers 504. Source: AWS, ALB troubleshooting. */
const CONNECT_SECONDS = 10;

/** One registered address: its health, the requests it is serving and its connections. */
export class Target {
  readonly ip: string;
  readonly port: number;
  vitals: Vitals = REGISTERING;
  /** Requests and WebSocket connections under way. */
  inFlight = 0;
  #whenIdle: (() => void) | undefined;
  readonly #network: AddressBook;
  #endpoint: Endpoint | undefined;
  #pool: Pool | undefined;

  constructor(ip: string, port: number, network: AddressBook) {
    this.ip = ip;
    this.port = port;
    this.#network = network;
  }

  get key(): string {
    return targetKey(this.ip, this.port);
  }

  get health(): TargetHealth {
    return this.vitals.health;
  }

  /** Where it listens now, on the traffic port or another. */
  endpoint(port: number = this.port): Endpoint | undefined {
    return this.#network.resolve(this.ip, port);
  }

  /** Keep-alive connections to where it listens now; `undefined` while it listens nowhere. */
  connections(): Pool | undefined {
    const endpoint = this.endpoint();
    if (endpoint !== this.#endpoint) {
      this.#retire();
      this.#endpoint = endpoint;
      this.#pool = endpoint && connect(endpoint);
    }
    return this.#pool;
  }

  begin(): void {
    this.inFlight++;
  }

  finish(): void {
    if (--this.inFlight === 0) this.#whenIdle?.();
  }

  /** Resolves when nothing is under way, or after `seconds` of real time: requests under way are real work. */
  idle(seconds: number, signal: AbortSignal): Promise<void> {
    if (this.inFlight === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(), Math.max(0, seconds) * 1000);
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#whenIdle = undefined;
        resolve();
      };
      this.#whenIdle = done;
      signal.addEventListener("abort", done);
    });
  }

  /** Closes its idle connections, and the others as their requests end. */
  end(): void {
    this.#retire();
  }

  /** Cuts every connection, answered or not. */
  destroy(): void {
    this.#pool?.destroy().catch(() => {});
    this.#pool = undefined;
    this.#endpoint = undefined;
  }

  #retire(): void {
    this.#pool?.close().catch(() => {});
    this.#pool = undefined;
    this.#endpoint = undefined;
  }
}

export const targetKey = (ip: string, port: number): string => `${ip}:${port}`;

/** Times without an answer are the proxy's to judge, by the load balancer's idle time-out. */
const connect = ({ host, port }: Endpoint): Pool =>
  new Pool(`http://${host.includes(":") ? `[${host}]` : host}:${port}`, {
    pipelining: 1,
    connect: { timeout: CONNECT_SECONDS * 1000 },
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 60_000,
    maxHeaderSize: 65_536,
    strictContentLength: false,
  });
