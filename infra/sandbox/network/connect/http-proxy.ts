import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Agent } from "undici";
import type { AddressBook, Endpoint } from "../addresses.ts";
import { answerRaw } from "../balancer/upgrade.ts";
import { bodyOf, exchange, type Failure } from "./forward.ts";
import { passedOn } from "./headers.ts";
import { closeServer, listen } from "./listening.ts";
import type { Routing, Upstream } from "./routing.ts";
import { tunnel } from "./tunnel.ts";

export interface ProxyOptions {
  readonly routing: Routing;
  readonly network: AddressBook;
  /** Real seconds that one request may take, read for each; 0 never ends it. */
  readonly requestSeconds: () => number;
  /** Called once per request that a task answered or failed to. */
  readonly onAnswer: (answer: Answered) => void;
}

export interface Answered {
  /** HTTP status; `undefined` when no task answered. */
  readonly status: number | undefined;
  readonly seconds: number;
}

/** What the proxy says itself, in the words of Envoy, which Service Connect runs. */
const WORDS = {
  "no-upstream": [503, "no healthy upstream"],
  unreachable: [503, "upstream connect error or disconnect/reset before headers. reset reason: connection failure"],
  reset: [503, "upstream connect error or disconnect/reset before headers. reset reason: connection termination"],
  timeout: [504, "upstream request timeout"],
} as const;

const ANSWER_HEADERS = { "content-type": "text/plain", server: "envoy" };

/** The proxy behind one client alias: HTTP/1.1, streaming, with upgrades passed through. */
export class HttpProxy {
  readonly #options: ProxyOptions;
  readonly #agent = new Agent({ keepAliveTimeout: 4_000, connect: { timeout: 5_000 } });
  readonly #server: Server;
  readonly #upgraded = new Set<Duplex>();

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#server = createServer({ keepAlive: true, noDelay: true, requestTimeout: 0, maxHeaderSize: 65_536 });
    this.#server.on("request", (request, response) => void this.#serve(request, response));
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on("clientError", (_, socket) => socket.destroy());
  }

  open(): Promise<Endpoint> {
    return listen(this.#server);
  }

  async close(): Promise<void> {
    for (const socket of this.#upgraded) socket.destroy();
    this.#server.closeAllConnections();
    await closeServer(this.#server);
    await this.#agent.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { routing } = this.#options;
    const pool = routing.pool(request.headers);
    const body = await bodyOf(request).catch(() => undefined);
    if (body === undefined) return; // the client left before it had sent everything
    const tried = new Set<Upstream>();
    let why: Failure | "no-upstream" = "no-upstream";
    for (
      let upstream = pool && routing.upstream(pool, tried);
      pool && upstream;
      upstream = routing.upstream(pool, tried)
    ) {
      tried.add(upstream);
      const endpoint = this.#resolve(upstream);
      if (!endpoint) continue;
      const outcome = await exchange({
        request,
        response,
        dispatcher: this.#agent,
        origin: `http://${endpoint.host}:${endpoint.port}`,
        headers: passedOn(request.rawHeaders),
        body,
        timeoutSeconds: this.#options.requestSeconds(),
      });
      if (outcome.kind === "client-left") return;
      if (outcome.kind === "answered") return this.#options.onAnswer(outcome);
      why = outcome.failure;
      if (why !== "unreachable") break;
    }
    request.resume(); // what nobody took is dropped: left unread, it would block the client's connection
    this.#refuse(response, why);
  }

  #resolve({ ip, port }: Upstream): Endpoint | undefined {
    return this.#options.network.resolve(ip, port);
  }

  #refuse(response: ServerResponse, why: keyof typeof WORDS): void {
    this.#options.onAnswer({ status: undefined, seconds: 0 });
    if (response.headersSent) return;
    const [status, text] = WORDS[why];
    response.writeHead(status, ANSWER_HEADERS).end(text);
  }

  #upgrade(request: IncomingMessage, client: Duplex, head: Buffer): void {
    this.#upgraded.add(client);
    client.once("close", () => this.#upgraded.delete(client));
    const { routing, onAnswer } = this.#options;
    const pool = routing.pool(request.headers);
    const upstream = pool && routing.upstream(pool, new Set());
    const endpoint = upstream && this.#resolve(upstream);
    const refuse = (why: keyof typeof WORDS) => {
      onAnswer({ status: undefined, seconds: 0 });
      answerRaw(client, { status: WORDS[why][0], headers: ANSWER_HEADERS, body: WORDS[why][1] });
    };
    if (!endpoint) refuse("no-upstream");
    else tunnel({ client, endpoint, first: requestHead(request, head), onRefused: () => refuse("unreachable") });
  }
}

function requestHead({ method, url, rawHeaders }: IncomingMessage, rest: Buffer): Buffer {
  let head = `${method} ${url} HTTP/1.1\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  return Buffer.concat([Buffer.from(`${head}\r\n`, "latin1"), rest]);
}
