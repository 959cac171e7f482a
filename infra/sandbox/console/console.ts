import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AwsClients } from "../aws/kernel.ts";
import { readState } from "./read-state.ts";
import type { ConsoleState } from "./state.ts";

/** Several tabs that poll each second share one reading. */
const FRESH_MILLISECONDS = 500;

const FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  "/_console": { file: "page.html", type: "text/html; charset=utf-8" },
  "/_console/": { file: "page.html", type: "text/html; charset=utf-8" },
  "/_console/style.css": { file: "style.css", type: "text/css; charset=utf-8" },
  "/_console/page.js": { file: "page.js", type: "text/javascript; charset=utf-8" },
};

/** The page builds its content from JSON as text nodes; this keeps out even what would get past that. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/**
 * The sandbox's web console, under `/_console`; its facts as JSON under `/_console/state.json`.
 * @param now sandbox time, which deployments' times are in.
 * @returns a handler that answers false for any other path and leaves those requests alone.
 */
export function consoleHandler(
  aws: AwsClients,
  now: () => Date = () => new Date(),
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const read = shared(() => readState(aws, now));
  return async (request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (path !== "/_console" && !path.startsWith("/_console/")) return false;
    if (request.method !== "GET" && request.method !== "HEAD")
      send(response, 405, "text/plain", "Only GET is allowed.\n");
    else if (path === "/_console/state.json") {
      send(response, 200, "application/json; charset=utf-8", JSON.stringify(await read()));
    } else {
      const found = FILES[path];
      if (found) send(response, 200, found.type, await readFile(new URL(found.file, import.meta.url)));
      else send(response, 404, "text/plain", "The console has no such page; it is at /_console.\n");
    }
    return true;
  };
}

function shared(read: () => Promise<ConsoleState>): () => Promise<ConsoleState> {
  let reading: Promise<ConsoleState> | undefined;
  return () => {
    reading ??= read().finally(() => {
      setTimeout(() => {
        reading = undefined;
      }, FRESH_MILLISECONDS).unref();
    });
    return reading;
  };
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { ...HEADERS, "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
