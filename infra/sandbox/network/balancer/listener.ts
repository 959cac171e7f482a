import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type Answer, errorPage } from "./answers.ts";
import type { Choice } from "./forwarding.ts";
import { type ForwardedFor, targetHeaders } from "./headers.ts";
import { countAnswer, increment, type Meter, NO_GROUP } from "./meter.ts";
import { type DeliveryEnd, deliver } from "./proxy.ts";
import { type RequestView, viewOf } from "./requests.ts";
import { type CompiledRule, type Outcome, route } from "./rules.ts";
import { RewriteError } from "./transforms.ts";
import { answerRaw, tunnel } from "./upgrade.ts";

export interface ListenerSettings {
  /** Real seconds: requests under way are real work. */
  readonly idleSeconds: number;
  readonly clientKeepAliveSeconds: number;
  readonly forwardedFor: ForwardedFor;
}

export interface ListenerOptions {
  readonly loadBalancerArn: string;
  readonly settings: ListenerSettings;
  readonly meter: Meter;
  /** Version, time and random part of a trace: `1-67891233-abcdef012345678912345678`. */
  readonly traceId: () => string;
}

interface Forwarding {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly view: RequestView;
  readonly outcome: Outcome & { readonly kind: "forward" };
}

const HOST = "127.0.0.1";

/** Codes of a port that cannot be had: taken, or reserved for the system. */
const NOT_OURS = new Set(["EADDRINUSE", "EACCES"]);

/** A listener at work: an HTTP server that follows its rules. */
export class Listener {
  settings: ListenerSettings;
  /** In order of priority, the default rule last. Replaced as a whole: a request sees the old rules or the new ones. */
  rules: readonly CompiledRule[] = [];
  readonly #loadBalancerArn: string;
  readonly #meter: Meter;
  readonly #traceId: () => string;
  #server: Server | undefined;
  #port = 0;
  readonly #upgraded = new Set<Duplex>();

  constructor({ loadBalancerArn, settings, meter, traceId }: ListenerOptions) {
    this.#loadBalancerArn = loadBalancerArn;
    this.settings = settings;
    this.#meter = meter;
    this.#traceId = traceId;
  }

  /** The port it answers on; 0 while closed. */
  get port(): number {
    return this.#port;
  }

  /** Binds the first of these ports of 127.0.0.1 that can be had, else any free one. @returns the port bound. */
  async open(ports: readonly number[]): Promise<number> {
    for (const port of [...ports, 0]) {
      const server = this.#createServer();
      if (!(await listening(server, port))) continue;
      this.#server = server;
      this.#port = (server.address() as AddressInfo).port;
      return this.#port;
    }
    throw new Error("No port of 127.0.0.1 is free.");
  }

  /** Stops accepting, lets requests under way finish for `graceSeconds` of real time, then cuts what is left. */
  async close(graceSeconds: number): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#port = 0;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const cut = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of this.#upgraded) socket.destroy();
    }, graceSeconds * 1000);
    await closed;
    clearTimeout(cut);
  }

  #createServer(): Server {
    const { idleSeconds, clientKeepAliveSeconds } = this.settings;
    const server = createServer({ keepAlive: true, noDelay: true, requestTimeout: 0, maxHeaderSize: 65_536 });
    server.keepAliveTimeout = Math.min(idleSeconds, clientKeepAliveSeconds) * 1000;
    server.on("request", (request, response) => this.#serve(request, response));
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    server.on("clientError", (_, socket) => (socket.writable ? answerRaw(socket, errorPage(400)) : socket.destroy()));
    return server;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const view = viewOf(request);
    const outcome = this.#outcome(view);
    if (outcome.kind === "answer") this.#answer(response, outcome.answer(view));
    else this.#forward({ request, response, view, outcome });
  }

  #forward({ request, response, view, outcome }: Forwarding): void {
    const { forward } = outcome;
    const choice = forward.choose(request.headers.cookie);
    const sent = this.#rewritten(view, outcome);
    if (!choice || !sent) {
      this.#refuse(response, choice ? 500 : 503);
      return;
    }
    deliver({
      request,
      response,
      choice,
      again: () => forward.choose(request.headers.cookie) ?? choice,
      path: sent.path,
      headers: this.#headers(view, sent.host),
      idleSeconds: this.settings.idleSeconds,
      done: (end) => this.#done(response, end),
    });
  }

  #upgrade(request: IncomingMessage, client: Duplex, head: Buffer): void {
    this.#upgraded.add(client);
    client.once("close", () => this.#upgraded.delete(client));
    const view = viewOf(request);
    const outcome = this.#outcome(view);
    if (outcome.kind === "answer") {
      answerRaw(client, outcome.answer(view));
      return;
    }
    const choice = outcome.forward.choose(request.headers.cookie);
    const sent = this.#rewritten(view, outcome);
    if (!choice?.target || !sent) {
      answerRaw(client, this.#ownError(choice?.target ? 500 : 503));
      return;
    }
    tunnel({
      request,
      client,
      head,
      target: choice.target,
      path: sent.path,
      headers: this.#headers(view, sent.host),
      idleSeconds: this.settings.idleSeconds,
      done: (result) => {
        if ("status" in result) countAnswer(this.#tally(choice), result.status, 0);
        else {
          this.#tally(choice).connectionErrors++;
          answerRaw(client, this.#ownError(502));
        }
      },
    });
  }

  #outcome(view: RequestView): Outcome {
    if (view.method === "TRACE") return { kind: "answer", answer: () => errorPage(405) };
    return route(this.rules, view) ?? { kind: "answer", answer: () => this.#ownError(503) };
  }

  #rewritten(view: RequestView, { rewrites }: Forwarding["outcome"]): { path: string; host: string } | undefined {
    try {
      return { path: rewrites.url?.(view.url) ?? view.url, host: rewrites.host?.(view.authority) ?? view.authority };
    } catch (error) {
      if (error instanceof RewriteError) return undefined;
      throw error;
    }
  }

  #headers(view: RequestView, host: string): string[] {
    const { forwardedFor } = this.settings;
    return targetHeaders(view, { listenerPort: this.#port, forwardedFor, host, traceId: this.#traceId });
  }

  #done(response: ServerResponse, end: DeliveryEnd): void {
    if (end.kind === "answered") countAnswer(this.#tally(end.choice), end.status, end.seconds);
    if (end.kind !== "failed") return;
    if (end.status !== 503) {
      // A request counts once it has a target, also when that target cannot be reached.
      const tally = this.#tally(end.choice);
      tally.requests++;
      tally.connectionErrors++;
    }
    this.#refuse(response, end.status);
  }

  #tally(choice: Choice) {
    return this.#meter.tally(this.#loadBalancerArn, choice.group.arn);
  }

  #refuse(response: ServerResponse, status: number): void {
    this.#answer(response, this.#ownError(status));
  }

  #ownError(status: number): Answer {
    increment(this.#meter.tally(this.#loadBalancerArn, NO_GROUP).ownErrors, status);
    return errorPage(status);
  }

  #answer(response: ServerResponse, { status, headers, body }: Answer): void {
    if (response.destroyed || response.headersSent) return;
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(body);
  }
}

/** @returns whether the server has the port. @throws for any other reason than that it cannot be had. */
function listening(server: Server, port: number): Promise<boolean> {
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
