import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServiceContext } from "../../kernel.ts";

/** Where custom resources answer: at AWS a presigned URL of a bucket, here a path that is good for one answer. */
export const RESPONSES_PATH = "/_sandbox/cloudformation/responses";

/** Characters; AWS's limit of an answer. */
const MAX_ANSWER = 4096;

export interface OpenResponse {
  readonly url: string;
  /** The body that was put there. */
  readonly body: Promise<string>;
  readonly close: () => void;
}

export class Responses {
  readonly #context: ServiceContext;
  readonly #open = new Map<string, (body: string) => void>();

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  open(): OpenResponse {
    const token = this.#context.id(40);
    const body = new Promise<string>((resolve) => this.#open.set(token, resolve));
    const url = `${this.#context.endpoint()}${RESPONSES_PATH}/${token}`;
    return { url, body, close: () => this.#open.delete(token) };
  }

  readonly http = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (!path.startsWith(`${RESPONSES_PATH}/`)) return false;
    const answer = this.#open.get(path.slice(RESPONSES_PATH.length + 1));
    request.setEncoding("utf8");
    let body = "";
    for await (const chunk of request) if (body.length <= MAX_ANSWER) body += String(chunk);
    const status = request.method !== "PUT" ? 405 : answer === undefined ? 403 : body.length > MAX_ANSWER ? 413 : 200;
    response.writeHead(status).end();
    if (status === 200) answer?.(body);
    return true;
  };
}
