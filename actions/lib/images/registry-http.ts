import { ActionError } from "../action.ts";
import type { Clock } from "../clock.ts";
import { isLocalRegistry } from "./reference.ts";

export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

export interface RegistryHttpOptions {
  /** Host and port. Plain HTTP is spoken to this machine's registries only. */
  readonly registry: string;
  /** User and password; without them the registry's public token service is asked when it wants one. */
  readonly credentials?: RegistryCredentials;
  readonly clock: Clock;
  /** How often one request, or one upload as a whole, is tried; 4 unless told. */
  readonly attempts?: number;
  /** Told of every retry. */
  readonly say?: (line: string) => void;
}

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT";
  /** Path below the registry, or a whole URL that the registry itself named. */
  readonly path: string;
  readonly repository: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Asks for the right to push when a token is needed. */
  readonly push?: boolean;
  /** The caller retries a larger unit itself. */
  readonly once?: boolean;
  readonly transfersBlob?: boolean;
}

export interface HttpResult {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** A failure that may pass: the connection broke, the registry was busy or broken for a moment. */
export class PassingFailure extends Error {}

/** Limits on real work in milliseconds; they never follow a faster clock. */
const REQUEST_LIMIT = 30_000;
const TRANSFER_LIMIT = 600_000;

/** HTTP as registries want it: credentials or tokens, redirects, retries with growing waits. */
export class RegistryHttp {
  private readonly tokens = new Map<string, string>();
  private readonly base: string;
  private readonly options: RegistryHttpOptions;

  constructor(options: RegistryHttpOptions) {
    this.options = options;
    const { registry } = options;
    // Docker Hub's names say docker.io, its registry answers at another host.
    const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
    this.base = `${isLocalRegistry(registry) ? "http" : "https"}://${host}`;
  }

  /** An upload's `Location` may be a path or a URL. */
  resolve(path: string): URL {
    return new URL(path, this.base);
  }

  async send(request: HttpRequest): Promise<HttpResult> {
    const once = async () => {
      const answer = await this.exchange(request);
      if (answer.status !== 401 || this.options.credentials) return answer;
      await this.fetchToken(request, answer.headers.get("www-authenticate") ?? "");
      return this.exchange(request);
    };
    return request.once ? once() : this.retrying(`${request.method} ${this.resolve(request.path).href}`, once);
  }

  /**
   * Runs `work` until it succeeds, a failure will not pass, or its budget is spent.
   * @throws {ActionError} with the last failure.
   */
  async retrying<T>(what: string, work: () => Promise<T>): Promise<T> {
    const attempts = this.options.attempts ?? 4;
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof PassingFailure)) throw error;
        if (attempt >= attempts) throw new ActionError(`Could not ${what} in ${attempts} attempts: ${error.message}`);
        const wait = 2 ** (attempt - 2);
        this.options.say?.(`${error.message}; attempt ${attempt + 1} of ${attempts} in ${wait} s`);
        await this.options.clock.sleep(wait);
      }
    }
  }

  private async exchange(request: HttpRequest): Promise<HttpResult> {
    const url = this.resolve(request.path);
    const authorization = this.authorization(url, request);
    const headers = { ...request.headers, ...(authorization ? { authorization } : {}) };
    const signal = AbortSignal.timeout(request.transfersBlob ? TRANSFER_LIMIT : REQUEST_LIMIT);
    const body = request.body ? new Uint8Array(request.body) : undefined;
    try {
      const answer = await fetch(url, { method: request.method, headers, body, signal });
      const result = {
        status: answer.status,
        headers: answer.headers,
        body: new Uint8Array(await answer.arrayBuffer()),
      };
      if (answer.status < 500 && answer.status !== 429) return result;
    } catch (cause) {
      throw new PassingFailure(`${request.method} ${url.pathname} failed: ${reason(cause)}`);
    }
    throw new PassingFailure(`${request.method} ${url.pathname} was answered with a server's error`);
  }

  /** Credentials go to the registry itself only, never to another host that it names. */
  private authorization(url: URL, request: HttpRequest): string | undefined {
    if (url.origin !== new URL(this.base).origin) return undefined;
    const { credentials } = this.options;
    const token = this.tokens.get(scopeOf(request));
    if (token) return `Bearer ${token}`;
    if (!credentials) return undefined;
    return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
  }

  /** The distribution project's token scheme: a public repository gives anyone a token to read. */
  private async fetchToken(request: HttpRequest, challenge: string): Promise<void> {
    const fields = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map((m) => [m[1], m[2]]));
    if (!/^bearer /i.test(challenge) || !fields.realm) return;
    const url = new URL(fields.realm);
    if (url.protocol !== "https:" && !isLocalRegistry(url.host)) return;
    if (fields.service) url.searchParams.set("service", fields.service);
    url.searchParams.set("scope", scopeOf(request));
    const answer = await fetch(url, { signal: AbortSignal.timeout(REQUEST_LIMIT) });
    if (!answer.ok) return;
    const body = (await answer.json()) as { token?: string; access_token?: string };
    const token = body.token ?? body.access_token;
    if (token) this.tokens.set(scopeOf(request), token);
  }
}

const scopeOf = (request: HttpRequest): string =>
  `repository:${request.repository}:${request.push ? "pull,push" : "pull"}`;

/** `fetch` says "fetch failed" and keeps the reason in the cause. */
const reason = (cause: unknown): string => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : String(inner);
};
