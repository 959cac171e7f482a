/** One request of a gate. Paths are absolute URLs by now. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  /** Real seconds: a limit on real work, so it never follows the sandbox's clock. */
  readonly timeoutSeconds: number;
}

export type HttpAnswer =
  | { readonly ok: true; readonly status: number; readonly text: string; readonly milliseconds: number }
  | { readonly ok: false; readonly problem: string };

export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

/** Bodies are read up to this many bytes: a gate looks at the shape, not at the data. */
const BODY_LIMIT = 1024 * 1024;

/** Every request opens its own connection, so that a load balancer may choose another target each time. */
export const fetchHttp: Http = async ({ method, url, body, timeoutSeconds }) => {
  const started = performance.now();
  try {
    const answer = await fetch(url, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
      headers: {
        accept: "application/json",
        connection: "close",
        "user-agent": "karmacadabra-gate",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = (await answer.text()).slice(0, BODY_LIMIT);
    return { ok: true, status: answer.status, text, milliseconds: Math.round(performance.now() - started) };
  } catch (error) {
    return { ok: false, problem: problemOf(error, timeoutSeconds) };
  }
};

function problemOf(error: unknown, timeoutSeconds: number): string {
  if (typeof error !== "object" || error === null) return String(error);
  if ("name" in error && error.name === "TimeoutError") return `no answer within ${timeoutSeconds} s`;
  const cause = "cause" in error ? messageOf(error.cause) : undefined;
  return cause ?? messageOf(error) ?? "the request failed";
}

const messageOf = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "message" in error && error.message
    ? String(error.message)
    : undefined;

/** Answers that a load balancer gives when it has no target to ask: nothing was learnt about the version. */
export const isGatewayAnswer = (status: number): boolean => status === 502 || status === 503 || status === 504;
