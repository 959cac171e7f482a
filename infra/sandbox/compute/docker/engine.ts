import { request as httpRequest, type IncomingMessage } from "node:http";

/** The calls of the Docker Engine API that the driver makes; a client library would bring a gRPC stack for them. */

/** The version that Docker 20.10 speaks, and every later engine still does. */
const VERSION = "v1.41";

export interface EngineCall {
  readonly method: "GET" | "POST" | "DELETE";
  /** Path below the version, e.g. `/containers/json`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the engine answered when it refused: its own message. */
export class EngineError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Where the engine listens: `unix:///var/run/docker.sock` or `tcp://host:port`, as DOCKER_HOST says it. */
const DEFAULT_HOST = "unix:///var/run/docker.sock";

function addressOf(host: string): { socketPath: string } | { host: string; port: number } {
  const url = new URL(host);
  if (url.protocol === "unix:") return { socketPath: url.pathname };
  if (url.protocol === "tcp:") return { host: url.hostname, port: Number(url.port || 2375) };
  throw new Error(`DOCKER_HOST is ${JSON.stringify(host)}; the sandbox speaks unix:// and tcp://.`);
}

export class DockerEngine {
  readonly #address: ReturnType<typeof addressOf>;

  constructor(host = DEFAULT_HOST) {
    this.#address = addressOf(host);
  }

  /** The answer as it streams in. @throws EngineError when the engine refuses; Error when it cannot be reached. */
  stream({ method, path, query, body, headers }: EngineCall): Promise<IncomingMessage> {
    const text = body === undefined ? "" : JSON.stringify(body);
    const search = query ? `?${new URLSearchParams(query)}` : "";
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        ...this.#address,
        method,
        path: `/${VERSION}${path}${search}`,
        agent: false,
        headers: { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(text) },
      });
      request.on("error", (cause) => reject(new Error(`The container engine cannot be reached: ${cause.message}`)));
      request.on("response", (response) => {
        const status = response.statusCode ?? 0;
        if (status < 400) return resolve(response);
        collect(response).then((answer) => reject(new EngineError(status, messageOf(answer))), reject);
      });
      request.end(text);
    });
  }

  /** The answer, parsed; `undefined` when it is empty. */
  async call<T>(call: EngineCall): Promise<T> {
    const text = (await collect(await this.stream(call))).toString();
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
}

export async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function messageOf(answer: Buffer): string {
  const text = answer.toString();
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
