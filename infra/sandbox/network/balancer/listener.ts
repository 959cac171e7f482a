import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { FaultBook } from "../../faults/fault-book.ts";
import { type Answer, errorPage, sendAnswer } from "./answers.ts";
import { type Disturbance, disturbance, faultAnswer, meanwhile } from "./faults.ts";
import type { Choice } from "./forwarding.ts";
import {
  type AnswerHeaders,
  clientHeaders,
  type ForwardedFor,
  HeaderError,
  targetHeaders,
  withPort,
} from "./headers.ts";
import { countAnswer, increment, type Meter, NO_GROUP, type Tally } from "./meter.ts";
import { type DeliveryEnd, deliver } from "./proxy.ts";
import { type RequestView, viewOf } from "./requests.ts";
import { type CompiledRule, type Outcome, route } from "./rules.ts";
import { listening, newServer, type Patience, setPatience } from "./server.ts";
import { RewriteError } from "./transforms.ts";
import { answerRaw, tunnel } from "./upgrade.ts";

/** Seconds are real: requests under way are real work. */
export interface ListenerSettings extends Patience {
  readonly forwardedFor: ForwardedFor;
  readonly namesClientPort: boolean;
  readonly preservesHost: boolean;
  readonly dropsInvalid: boolean;
  readonly answerHeaders: AnswerHeaders;
}

export interface ListenerOptions {
  readonly loadBalancerArn: string;
  readonly settings: ListenerSettings;
  readonly meter: Meter;
  readonly faults: FaultBook;
  /** Version, time and random part of a trace: `1-67891233-abcdef012345678912345678`. */
  readonly traceId: () => string;
}

type Forwarding = Outcome & { readonly kind: "forward" };

/** What goes to the target instead of the client's own. */
interface Sent {
  readonly path: string;
  readonly headers: string[];
}

/** Longer request lines are answered with 414. Source: AWS, "Troubleshoot your Application Load Balancers", HTTP 400. */
const LONGEST_URL = 16_384;

/** A listener at work: an HTTP server that follows its rules. */
export class Listener {
  /** In order of priority, the default rule last. Replaced as a whole: a request sees the old rules or the new ones. */
  rules: readonly CompiledRule[] = [];
  #settings: ListenerSettings;
  readonly #loadBalancerArn: string;
  readonly #meter: Meter;
  readonly #faults: FaultBook;
  readonly #traceId: () => string;
  #server: Server | undefined;
  #port = 0;
  readonly #upgraded = new Set<Duplex>();

  constructor({ loadBalancerArn, settings, meter, faults, traceId }: ListenerOptions) {
    this.#loadBalancerArn = loadBalancerArn;
    this.#settings = settings;
    this.#meter = meter;
    this.#faults = faults;
    this.#traceId = traceId;
  }

  /** The port it answers on; 0 while closed. */
  get port(): number {
    return this.#port;
  }

  set settings(settings: ListenerSettings) {
    this.#settings = settings;
    if (this.#server) setPatience(this.#server, settings);
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
    const server = newServer(this.#meter.connections(this.#loadBalancerArn), (socket, status) =>
      answerRaw(socket, this.#ownError(status)),
    );
    setPatience(server, this.#settings);
    server.on("request", (request, response) => this.#serve(request, response));
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    return server;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const view = viewOf(request);
    const outcome = this.#outcome(view);
    if (outcome.kind === "answer") this.#answer(response, this.#counted(outcome.answer(view)));
    else this.#forward(view, outcome, { request, response });
  }

  #forward(
    view: RequestView,
    outcome: Forwarding,
    { request, response }: { request: IncomingMessage; response: ServerResponse },
  ): void {
    const { forward } = outcome;
    const choice = forward.choose(request.headers.cookie);
    const sent = this.#sent(view, outcome);
    if (!choice || typeof sent === "number") {
      this.#answer(response, this.#ownError(choice ? (sent as number) : 503));
      return;
    }
    const start = () =>
      deliver({
        request,
        response,
        choice,
        again: () => forward.choose(request.headers.cookie) ?? choice,
        ...sent,
        answerHeaders: this.#settings.answerHeaders,
        startedAt,
        idleSeconds: this.#settings.idleSeconds,
        done: (end) => this.#done(response, end),
      });
    const startedAt = performance.now();
    const broken = this.#broken(choice);
    if (!broken) {
      start();
      return;
    }
    meanwhile(choice.target, broken.delayMs, () => {
      if (response.destroyed) this.#done(response, { kind: "client-left", choice, status: 460 });
      else if (broken.status === undefined) start();
      else {
        const seconds = (performance.now() - startedAt) / 1000;
        this.#done(response, { kind: "answered", choice, status: broken.status, seconds });
        this.#answerAsTarget(response, choice, broken.status);
      }
    });
  }

  #upgrade(request: IncomingMessage, client: Duplex, head: Buffer): void {
    this.#upgraded.add(client);
    client.once("close", () => this.#upgraded.delete(client));
    const view = viewOf(request);
    const outcome = this.#outcome(view);
    if (outcome.kind === "answer") {
      answerRaw(client, this.#counted(outcome.answer(view)));
      return;
    }
    const choice = outcome.forward.choose(request.headers.cookie);
    const sent = this.#sent(view, outcome);
    const target = choice?.target;
    if (!choice || !target || typeof sent === "number") {
      answerRaw(client, this.#ownError(target && typeof sent === "number" ? sent : 503));
      return;
    }
    const { idleSeconds } = this.#settings;
    const start = () =>
      tunnel({
        ...{ request, client, head, target, ...sent, idleSeconds },
        done: (result) => {
          if ("status" in result) return countAnswer(this.#tally(choice), result.status, result.seconds);
          this.#tally(choice).requests++;
          if (result.isConnectError) this.#tally(choice).connectionErrors++;
          answerRaw(client, this.#ownError(502));
        },
      });
    const broken = this.#broken(choice);
    if (!broken) {
      start();
      return;
    }
    client.on("error", () => {});
    meanwhile(target, broken.delayMs, () => {
      if (client.destroyed) return;
      if (broken.status === undefined) start();
      else {
        countAnswer(this.#tally(choice), broken.status, broken.delayMs / 1000);
        answerRaw(client, faultAnswer(broken.status));
      }
    });
  }

  /** One boolean while nothing is broken on purpose. */
  #broken({ target }: Choice): Disturbance | undefined {
    return this.#faults.isQuiet || !target ? undefined : disturbance(this.#faults, target);
  }

  #outcome(view: RequestView): Outcome {
    if (view.method === "TRACE") return { kind: "answer", answer: () => errorPage(405) };
    if (view.url.length > LONGEST_URL) return { kind: "answer", answer: () => errorPage(414) };
    return route(this.rules, view) ?? { kind: "answer", answer: () => errorPage(503) };
  }

  /** @returns the status of the load balancer's own answer when the request cannot be sent on. */
  #sent(view: RequestView, { rewrites }: Forwarding): Sent | number {
    const { forwardedFor, namesClientPort, dropsInvalid, preservesHost } = this.#settings;
    try {
      const path = rewrites.url?.(view.url) ?? view.url;
      const own = preservesHost ? view.authority : withPort(view.authority, this.#port);
      const host = rewrites.host?.(view.authority) ?? own;
      const options = { forwardedFor, namesClientPort, dropsInvalid, host, traceId: this.#traceId };
      return { path, headers: targetHeaders(view, { ...options, listenerPort: this.#port }) };
    } catch (error) {
      if (error instanceof RewriteError) return 500;
      if (error instanceof HeaderError) return error.status;
      throw error;
    }
  }

  #done(response: ServerResponse, end: DeliveryEnd): void {
    const tally = this.#tally(end.choice);
    if (end.choice.target?.health.State === "unhealthy") tally.failOpen++;
    if (end.kind === "answered") {
      countAnswer(tally, end.status, end.seconds);
      return;
    }
    // A request counts once it has a target, also when that target cannot be reached or nobody waits for it any more.
    if (end.choice.target) tally.requests++;
    if (end.kind === "client-left") {
      this.#countOwn(end.status);
      return;
    }
    if (end.isConnectError) tally.connectionErrors++;
    this.#answer(response, this.#ownError(end.status));
  }

  #tally(choice: Choice): Tally {
    return this.#meter.tally(this.#loadBalancerArn, choice.group.arn);
  }

  #ownError(status: number): Answer {
    return this.#counted(errorPage(status));
  }

  #counted(answer: Answer): Answer {
    const tally = this.#meter.tally(this.#loadBalancerArn, NO_GROUP);
    if (answer.action === "fixed-response") tally.fixedResponses++;
    else {
      if (answer.action === "redirect") tally.redirects++;
      this.#countOwn(answer.status);
    }
    return answer;
  }

  #countOwn(status: number): void {
    increment(this.#meter.tally(this.#loadBalancerArn, NO_GROUP).ownAnswers, status);
  }

  #answer(response: ServerResponse, answer: Answer): void {
    sendAnswer(response, answer, this.#settings.answerHeaders);
  }

  /** With the cookies and headers that the target's own answer would have had. */
  #answerAsTarget(response: ServerResponse, choice: Choice, status: number): void {
    const { headers, body } = faultAnswer(status);
    const raw = Object.entries(headers)
      .flat()
      .map((text) => Buffer.from(text));
    response.writeHead(status, clientHeaders(raw, choice, this.#settings.answerHeaders));
    response.end(body);
  }
}
