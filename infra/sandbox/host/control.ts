import type { IncomingMessage, ServerResponse } from "node:http";
import type { Host, PushRequest } from "./host.ts";

/** The sandbox's own API under `/_sandbox/`: what the commands of the CLI ask of a running sandbox. */
export function controlHandler(
  host: Host,
  quit: () => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://sandbox");
    if (!pathname.startsWith("/_sandbox/")) return false;
    const command = `${request.method} ${pathname.slice("/_sandbox/".length)}`;
    if (command === "POST push") await push(host, request, response);
    else if (command === "POST kill-runner") json(response, 200, { killed: host.killRunners() });
    else if (command === "GET status") json(response, 200, await host.status());
    else if (command === "POST down") {
      json(response, 200, { stopping: true });
      quit();
    } else json(response, 404, { message: `The sandbox has no ${command}.` });
    return true;
  };
}

/** Streams the run's events as lines of JSON; the last line holds the result. A client that leaves cancels the run. */
async function push(host: Host, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const wanted = (await body(request)) as PushRequest;
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  const write = (line: unknown) => response.write(`${JSON.stringify(line)}\n`);
  const left = new AbortController();
  response.on("close", () => left.abort());
  try {
    const result = await host.push(wanted, (event) => write({ event }), left.signal);
    response.end(`${JSON.stringify({ result })}\n`);
  } catch (error) {
    response.end(`${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`);
  }
}

async function body(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
