import type { IncomingMessage, ServerResponse } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { IDEMPOTENT } from "../http-semantics.ts";
import { passedOn } from "./headers.ts";

/** Sends one HTTP request to one upstream and its answer back, both as they come. */

/** Ways in which an upstream can fail before it answered; the answer to the client is the caller's then. */
export type Failure =
  /** It could not be reached, or closed the connection before it saw the request: another one may be asked. */
  | "unreachable"
  /** It was reached and gave no answer. */
  | "reset"
  | "timeout";

export type Outcome =
  | { readonly kind: "answered"; readonly status: number; readonly seconds: number }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "client-left" };

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly dispatcher: Dispatcher;
  /** `http://127.0.0.1:40123` */
  readonly origin: string;
  readonly headers: string[];
  readonly body: Buffer | Readable | null;
  /** Real seconds for the whole answer: requests under way are real work. 0 never ends it. */
  readonly timeoutSeconds: number;
}

/** Bodies up to this size are collected first, so that a request whose connection was refused can go elsewhere. */
const COLLECTED_BYTES = 65_536;

/** The body of a request: nothing, collected when it is small, else a stream that can be destroyed on its own. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer | Readable | null> {
  const length = Number(request.headers["content-length"] ?? 0);
  if (request.headers["transfer-encoding"] === undefined && length === 0) return null;
  if (length === 0 || length > COLLECTED_BYTES) return request.pipe(new PassThrough());
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function exchange(given: Exchange): Promise<Outcome> {
  return new Promise((resolve) => new Forwarder(given, resolve).start());
}

class Forwarder implements Dispatcher.DispatchHandlers {
  readonly #given: Exchange;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #started = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #abort: ((error?: Error) => void) | undefined;
  #status: number | undefined;
  #isSent = false;
  #isTimedOut = false;
  #isOver = false;

  constructor(given: Exchange, resolve: (outcome: Outcome) => void) {
    this.#given = given;
    this.#resolve = resolve;
  }

  start(): void {
    const { request, response, dispatcher, origin, headers, body, timeoutSeconds } = this.#given;
    response.on("close", this.#left);
    if (timeoutSeconds > 0) this.#timer = setTimeout(() => this.#expire(), timeoutSeconds * 1000);
    const method = request.method as Dispatcher.HttpMethod;
    const path = request.url ?? "/";
    dispatcher.dispatch({ origin, path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 }, this);
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#isSent = true;
    this.#abort = abort;
    if (this.#isOver) abort();
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void, reason: string): boolean {
    if (status < 200) return true;
    const { response } = this.#given;
    this.#status = status;
    response.writeHead(status, reason, passedOn(rawHeaders));
    response.on("drain", resume);
    return true;
  }

  onData(chunk: Buffer): boolean {
    return this.#given.response.write(chunk);
  }

  onComplete(): void {
    const seconds = (performance.now() - this.#started) / 1000;
    this.#end({ kind: "answered", status: this.#status ?? 0, seconds });
    this.#given.response.end();
  }

  onError(): void {
    if (this.#isOver) return;
    const failure = this.#isTimedOut ? "timeout" : this.#isRepeatable() ? "unreachable" : "reset";
    this.#end({ kind: "failed", failure });
    // A client must see that its answer was cut off, and not take a part for the whole.
    if (this.#status !== undefined) this.#given.response.destroy();
  }

  /** An upstream that stops closes idle connections; what crosses that close on the wire was not served. */
  #isRepeatable(): boolean {
    const { request, body } = this.#given;
    if (this.#status !== undefined || (body !== null && !Buffer.isBuffer(body))) return false;
    return !this.#isSent || IDEMPOTENT.has(request.method ?? "");
  }

  #expire(): void {
    this.#isTimedOut = true;
    if (this.#abort) this.#abort();
    else this.onError();
  }

  readonly #left = (): void => {
    if (this.#isOver) return;
    this.#end({ kind: "client-left" });
    this.#abort?.();
  };

  #end(outcome: Outcome): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#given.response.off("close", this.#left);
    this.#resolve(outcome);
  }
}
