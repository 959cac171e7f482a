import type { TargetHealth } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Pool } from "undici";
import type { AddressBook, Endpoint, Owner } from "../addresses.ts";
import { REGISTERING, type Vitals } from "./health.ts";

/** Seconds that the load balancer waits for a connection to a target before it answers 504. Source: AWS, ALB troubleshooting. */
const CONNECT_SECONDS = 10;

/** TCP connections: how many were made since somebody looked, and how many there are. */
export interface Connections {
  made: number;
  open: number;
}

/** One registered address: its health, the requests it is serving and its connections. */
export class Target {
  readonly ip: string;
  readonly port: number;
  vitals: Vitals = REGISTERING;
  /** Requests and WebSocket connections under way. */
  inFlight = 0;
  /** While it is warming up: since when, in ms of sandbox time. */
  slowSince: number | undefined;
  /** Its credit in the group's weighted turn, while some target is warming up. */
  credit = 0;
  #whenIdle: (() => void) | undefined;
  readonly #network: AddressBook;
  readonly #connections: Connections;
  #endpoint: Endpoint | undefined;
  #pool: Pool | undefined;

  constructor({ ip, port }: Address, network: AddressBook, connections: Connections) {
    this.ip = ip;
    this.port = port;
    this.#network = network;
    this.#connections = connections;
  }

  get key(): string {
    return targetKey(this.ip, this.port);
  }

  /** Whose task it is, as far as the network knows. */
  get owner(): Owner {
    return this.#network.ownerOf(this.ip);
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
      this.#pool = endpoint && counted(connect(endpoint), this.#connections);
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

export interface Address {
  readonly ip: string;
  readonly port: number;
}

function counted(pool: Pool, connections: Connections): Pool {
  pool.on("connect", () => {
    connections.made++;
    connections.open++;
  });
  pool.on("disconnect", () => connections.open--);
  return pool;
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
