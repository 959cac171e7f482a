import type { IncomingMessage, ServerResponse } from "node:http";
import { FAULT_KINDS } from "./fault.ts";
import type { FaultBook } from "./fault-book.ts";
import { FaultError } from "./fault-request.ts";

export const FAULTS_PATH = "/_sandbox/faults";

const MOST_BYTES = 65_536;

/**
 * The faults of a sandbox over HTTP, JSON in and out:
 * `POST /_sandbox/faults` with a FaultRequest → 201 and the Fault, or 400 `{problems}`; `GET` → `{faults, hits}`;
 * `DELETE /_sandbox/faults` or `/_sandbox/faults/<id>` → `{cleared}`; `GET /_sandbox/faults/kinds` → kind → effect.
 * @returns a page for the sandbox's port; it answers false for every other path.
 */
export function faultPage(book: FaultBook): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    if (!request.url?.startsWith(FAULTS_PATH)) return false;
    const [path = ""] = request.url.split("?");
    if (path !== FAULTS_PATH && !path.startsWith(`${FAULTS_PATH}/`)) return false;
    const rest = decodeURIComponent(path.slice(FAULTS_PATH.length + 1));
    const [status, answer] = await answerOf(book, `${request.method} ${rest}`.trim(), request);
    // A client keeps its connection only when nothing of its request is left on it.
    response.writeHead(status, {
      "content-type": "application/json",
      ...(request.readableEnded ? {} : { connection: "close" }),
    });
    response.end(JSON.stringify(answer));
    return true;
  };
}

type Answer = readonly [status: number, body: unknown];

async function answerOf(book: FaultBook, command: string, request: IncomingMessage): Promise<Answer> {
  if (command === "GET") return [200, { faults: book.list(), hits: book.hits() }];
  if (command === "GET kinds") return [200, FAULT_KINDS];
  if (command === "POST") return add(book, request);
  if (command === "DELETE") return [200, { cleared: book.clear() }];
  const [method, id] = command.split(" ");
  if (method !== "DELETE" || id === undefined)
    return [405, { problems: [`There is no ${command} here; there are GET, GET kinds, POST and DELETE [id].`] }];
  if (!book.list().some((fault) => fault.id === id)) return [404, { problems: [`There is no fault ${id}.`] }];
  return [200, { cleared: book.clear(id) }];
}

async function add(book: FaultBook, request: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) return [413, { problems: [`The body is larger than ${MOST_BYTES} bytes.`] }];
    chunks.push(chunk);
  }
  try {
    return [201, book.add(JSON.parse(Buffer.concat(chunks).toString("utf8")))];
  } catch (error) {
    if (error instanceof FaultError) return [400, { problems: error.problems }];
    if (error instanceof SyntaxError) return [400, { problems: ["The body is not JSON."] }];
    throw error;
  }
}
