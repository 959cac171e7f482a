import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { IDEMPOTENT } from "../http-semantics.ts";
import { collect, IdleClientError, streamed } from "./bodies.ts";
import type { Choice } from "./forwarding.ts";
import { type AnswerHeaders, clientHeaders } from "./headers.ts";

export interface Delivery {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly choice: Choice;
  /** Chooses again for a second attempt: the first target may be draining by now. */
  readonly again: () => Choice;
  readonly path: string;
  readonly headers: string[];
  readonly answerHeaders: AnswerHeaders;
  /** When the load balancer turned to the target, as `performance.now()` says it. */
  readonly startedAt: number;
  /** Real seconds without a byte after which a connection counts as idle. */
  readonly idleSeconds: number;
  /** Called once: how it ended. */
  readonly done: (end: DeliveryEnd) => void;
}

export type DeliveryEnd =
  /** The target answered. @property seconds until its headers arrived. */
  | { readonly kind: "answered"; readonly choice: Choice; readonly status: number; readonly seconds: number }
  /** It did not; nothing has been sent to the client, who gets this status from the load balancer. */
  | {
      readonly kind: "failed";
      readonly choice: Choice;
      readonly status: 408 | 502 | 503 | 504;
      /** No connection to the target could be made. */
      readonly isConnectError: boolean;
    }
  /** @property status 460, or 400 when not even its request was complete. */
  | { readonly kind: "client-left"; readonly choice: Choice; readonly status: 400 | 460 };

/** Bodies up to this size are collected first: they go out in one write, and a lost connection can be tried again. */
const COLLECTED_BYTES = 65_536;

const CONNECT_ERRORS = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);
const TIMEOUT_ERRORS = new Set(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "ETIMEDOUT"]);

/** Sends a request to the chosen target and its answer to the client, both as they come. */
export function deliver(delivery: Delivery): void {
  const { request, choice, idleSeconds, done } = delivery;
  const length = Number(request.headers["content-length"] ?? 0);
  if (request.headers["transfer-encoding"] === undefined && length === 0) {
    new Attempt(delivery, delivery.choice, null).start();
  } else if (length > 0 && length <= COLLECTED_BYTES) {
    collect(request, idleSeconds, (end) => {
      if (Buffer.isBuffer(end)) new Attempt(delivery, choice, end).start();
      else if (end === "idle") done({ kind: "failed", choice, status: 408, isConnectError: false });
      else done({ kind: "client-left", choice, status: 400 });
    });
  } else new Attempt(delivery, choice, streamed(request, idleSeconds)).start();
}

/** One try at one target. Its methods are what the connection pool calls as the exchange goes on. */
class Attempt implements Dispatcher.DispatchHandlers {
  readonly #delivery: Delivery;
  readonly #choice: Choice;
  readonly #body: Buffer | Readable | null;
  readonly #repeats: number;
  readonly #startedAt: number;
  #abort: (() => void) | undefined;
  #written = false;
  #answered = false;
  #over = false;
  #clientLeft = false;

  constructor(delivery: Delivery, choice: Choice, body: Buffer | Readable | null, repeats = 0) {
    this.#delivery = delivery;
    this.#choice = choice;
    this.#body = body;
    this.#repeats = repeats;
    this.#startedAt = repeats === 0 ? delivery.startedAt : performance.now();
  }

  start(): void {
    const { request, response, path, headers, idleSeconds } = this.#delivery;
    const { target } = this.#choice;
    const connections = target?.connections();
    if (!target || !connections) {
      this.#discardBody();
      this.#fail(target ? 502 : 503, target !== undefined);
      return;
    }
    response.on("close", this.#closed);
    target.begin();
    connections.dispatch(
      {
        path,
        method: request.method as Dispatcher.HttpMethod,
        headers,
        body: this.#body,
        headersTimeout: idleSeconds * 1000,
        bodyTimeout: idleSeconds * 1000,
      },
      this,
    );
  }

  /** The pool has a connection and is about to write on it. */
  onConnect(abort: (error?: Error) => void): void {
    this.#written = true;
    this.#abort = abort;
    if (this.#clientLeft) abort();
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void, reason: string): boolean {
    if (status < 200) return true;
    const { response, answerHeaders } = this.#delivery;
    this.#answered = true;
    this.#report({ kind: "answered", choice: this.#choice, status, seconds: this.#seconds() });
    // Headers, a small body and its end leave in one write.
    response.socket?.cork();
    process.nextTick(uncork, response.socket);
    response.writeHead(status, reason, clientHeaders(rawHeaders, this.#choice, answerHeaders));
    response.on("drain", resume);
    return true;
  }

  onData(chunk: Buffer): boolean {
    return this.#delivery.response.write(chunk);
  }

  onComplete(): void {
    this.#end();
    this.#delivery.response.end();
  }

  onError(error: Error & { code?: string }): void {
    if (this.#over) return;
    this.#end();
    if (this.#clientLeft) return;
    // A client must see that its answer was cut off, and not take a part for the whole.
    if (this.#answered) this.#delivery.response.destroy();
    else if (this.#repeatable(error)) this.#repeat();
    else if (error instanceof IdleClientError) this.#fail(408, false);
    else this.#fail(TIMEOUT_ERRORS.has(error.code ?? "") ? 504 : 502, CONNECT_ERRORS.has(error.code ?? ""));
  }

  /**
   * A target that stops closes its idle connections; a request that crosses that close on the wire is lost without
   * having been served. It is repeated once, where that cannot make the target do a thing twice.
   */
  #repeatable({ code = "" }: { code?: string }): boolean {
    if (this.#repeats > 0 || this.#body instanceof Readable) return false;
    if (CONNECT_ERRORS.has(code) || TIMEOUT_ERRORS.has(code)) return false;
    return !this.#written || IDEMPOTENT.has(this.#delivery.request.method ?? "");
  }

  #repeat(): void {
    new Attempt(this.#delivery, this.#delivery.again(), this.#body, this.#repeats + 1).start();
  }

  readonly #closed = (): void => {
    if (this.#over) return;
    this.#clientLeft = true;
    const status = this.#delivery.request.complete ? 460 : 400;
    if (!this.#answered) this.#report({ kind: "client-left", choice: this.#choice, status });
    this.#end();
    this.#abort?.();
  };

  #end(): void {
    this.#over = true;
    this.#delivery.response.off("close", this.#closed);
    this.#choice.target?.finish();
    this.#discardBody();
  }

  /** What the target did not take is read and dropped: left unread, it would block the client's connection for good. */
  #discardBody(): void {
    if (this.#body instanceof Readable) this.#body.destroy();
  }

  #fail(status: 408 | 502 | 503 | 504, isConnectError: boolean): void {
    this.#report({ kind: "failed", choice: this.#choice, status, isConnectError });
  }

  #report(end: DeliveryEnd): void {
    this.#delivery.done(end);
  }

  #seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }
}

function uncork(socket: { uncork(): void } | null): void {
  socket?.uncork();
}
