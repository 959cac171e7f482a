import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Clock } from "../../clock.ts";
import type { FaultKind } from "../../faults/fault.ts";
import type { FaultBook } from "../../faults/fault-book.ts";
import { AwsError } from "../kernel.ts";
import type { WireResponse } from "./protocol.ts";
import { Throttle } from "./throttle.ts";
import { isRecord } from "./values.ts";

/** A call from outside, as far as faults look at it. Calls between services are the sandbox's own work and never hit. */
export interface StruckCall {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** Error codes differ: ECS throws ThrottlingException, ELB Throttling, EC2 RequestLimitExceeded, S3 SlowDown. */
  readonly style: ErrorStyle;
}

export type ErrorStyle = "json" | "rest-json" | "query" | "ec2" | "s3";

/** What becomes of the answer. After `reset` nothing was done; after `half` the call did what it does. */
export type Damage = "reset" | "half";

type Codes = Readonly<Record<ErrorStyle, readonly [code: string, status: number, message: string]>>;

const EXCEEDED = "Rate exceeded";
const THROTTLED: Codes = {
  json: ["ThrottlingException", 400, EXCEEDED],
  "rest-json": ["TooManyRequestsException", 429, EXCEEDED],
  query: ["Throttling", 400, EXCEEDED],
  ec2: ["RequestLimitExceeded", 503, "Request limit exceeded."],
  s3: ["SlowDown", 503, "Please reduce your request rate."],
};

const TOKEN_EXPIRED = "The security token included in the request is expired";
const EXPIRED: Codes = {
  json: ["ExpiredTokenException", 400, TOKEN_EXPIRED],
  "rest-json": ["ExpiredTokenException", 403, TOKEN_EXPIRED],
  query: ["ExpiredToken", 403, TOKEN_EXPIRED],
  ec2: ["RequestExpired", 400, "Request has expired."],
  s3: ["ExpiredToken", 400, "The provided token has expired."],
};

const DEFAULT_STATUS = 500;
const DEFAULT_SECONDS = 1;

export class ApiFaults {
  readonly #book: FaultBook;
  readonly #throttle: Throttle;

  constructor(book: FaultBook, clock: Clock) {
    this.#book = book;
    this.#throttle = new Throttle(clock);
  }

  /** No fault can act: then `strike` need not be asked. */
  get isQuiet(): boolean {
    return this.#book.isQuiet;
  }

  /** Delays the call, as a fault asks. @throws AwsError when one refuses it. @returns what to do with the answer. */
  async strike(call: StruckCall): Promise<Damage | undefined> {
    const { service, operation, style } = call;
    const where = { service, operation, agent: agentOf(call) };
    const draw = (kind: FaultKind) => this.#book.draw(kind, where);
    const late = draw("api-latency");
    if (late) await realSeconds(late.seconds ?? DEFAULT_SECONDS);
    if (draw("connection-reset")) return "reset";
    if (draw("expired-credentials")) throw refusal(EXPIRED[style]);
    if (this.#book.draw("api-throttle", where, (fault) => this.#throttle.refuses(fault, call))) {
      throw refusal(THROTTLED[style]);
    }
    const error = draw("api-error");
    if (error) throw failure(style, error.status ?? DEFAULT_STATUS);
    return draw("half-response") && "half";
  }
}

const refusal = ([code, status, message]: Codes[ErrorStyle]): AwsError => new AwsError(code, message, { status });

function failure(style: ErrorStyle, status: number): AwsError {
  if (status === 503) {
    return new AwsError("ServiceUnavailable", "The service is unavailable. Please try again shortly.", { status });
  }
  const message = "The request processing has failed because of an unknown error, exception, or failure.";
  return new AwsError(style === "s3" ? "InternalError" : "InternalFailure", message, { status });
}

/** Requests are real work: their delay is what a client's watch shows, whatever the clock's scale. */
const realSeconds = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** The one ECS service that a call to ECS is about, by the members that name it. */
function agentOf({ service, input }: StruckCall): string | undefined {
  if (service !== "ecs" || !isRecord(input)) return undefined;
  const { services, serviceDeploymentArns, serviceRevisionArns } = input;
  const lists = [services, serviceDeploymentArns, serviceRevisionArns];
  const singles = [input.serviceName, input.service, input.serviceDeploymentArn];
  const named = [...singles, ...lists.flatMap((list) => (Array.isArray(list) && list.length === 1 ? list : []))];
  const first = named.find((name) => typeof name === "string");
  if (typeof first !== "string") return undefined;
  const parts = first.split("/");
  // `…:service-deployment/<cluster>/<service>/<id>` and `…:service-revision/…` have the service before the last part.
  return /:service-(deployment|revision)\//.test(first) ? parts.at(-2) : parts.at(-1);
}

/** Promises the whole answer, sends half of it and cuts the connection. */
export async function sendHalf(response: ServerResponse, { status, headers, body }: WireResponse): Promise<void> {
  const whole = body instanceof Readable ? await firstOf(body) : Buffer.from(body);
  const half = whole.subarray(0, whole.length / 2);
  // An empty body has no half: the client is promised one that never comes.
  const length = Math.max(1, Number(headers["content-length"] ?? whole.length));
  response.writeHead(status, { ...headers, "content-length": String(length) });
  await new Promise<void>((resolve) => response.write(half.length > 0 ? half : "", () => resolve()));
  response.flushHeaders();
  response.destroy();
}

async function firstOf(body: Readable): Promise<Buffer> {
  for await (const chunk of body) return Buffer.from(chunk); // leaving the loop destroys the rest
  return Buffer.alloc(0);
}
