import type { ServerResponse } from "node:http";
import type { FixedResponseActionConfig, RedirectActionConfig } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AnswerHeaders } from "./headers.ts";
import type { RequestView } from "./requests.ts";

/** An answer that the load balancer gives itself. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The rule's action that made it; without one it is an error of the load balancer's own. */
  readonly action?: "redirect" | "fixed-response";
}

/** Location headers of redirects may have this many bytes. Source: AWS, metric HTTP_Redirect_Url_Limit_Exceeded_Count. */
const LONGEST_LOCATION = 8192;

const REASONS: Readonly<Record<number, string>> = {
  301: "Moved Permanently",
  302: "Found",
  400: "Bad Request",
  405: "Not Allowed",
  408: "Request Time-out",
  414: "Request-URI Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
};

/** The page that the load balancer shows for an error of its own. */
export function errorPage(status: number): Answer {
  const title = `${status} ${REASONS[status] ?? ""}`.trim();
  return {
    status,
    headers: { server: "awselb/2.0", "content-type": "text/html" },
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
  };
}

export function fixedResponse(config: FixedResponseActionConfig): Answer {
  const body = config.MessageBody ?? "";
  return {
    status: Number(config.StatusCode),
    headers: {
      server: "awselb/2.0",
      ...(body ? { "content-type": `${config.ContentType ?? "text/plain"}; charset=utf-8` } : {}),
    },
    body,
    action: "fixed-response",
  };
}

/** `#{protocol}`, `#{host}`, `#{port}`, `#{path}` (without its first slash) and `#{query}` stand for the request's own. */
export function redirect(config: RedirectActionConfig, listenerPort: number): (request: RequestView) => Answer {
  const status = config.StatusCode === "HTTP_301" ? 301 : 302;
  const { headers, body } = errorPage(status);
  return (request) => {
    const own: Readonly<Record<string, string>> = {
      protocol: "http",
      host: request.host,
      port: String(listenerPort),
      path: request.path.slice(1),
      query: request.query,
    };
    const fill = (text: string) => text.replace(/#\{(protocol|host|port|path|query)\}/g, (_, name) => own[name] ?? "");
    const protocol = fill(config.Protocol ?? "#{protocol}").toLowerCase();
    const query = fill(config.Query ?? "#{query}");
    const place = `${fill(config.Host ?? "#{host}")}:${fill(config.Port ?? "#{port}")}${fill(config.Path ?? "/#{path}")}`;
    const location = `${protocol}://${place}${query ? `?${query}` : ""}`;
    const written = oneLine(location);
    if (written.length > LONGEST_LOCATION) return errorPage(507);
    return { status, headers: { ...headers, location: written }, body, action: "redirect" };
  };
}

/** A path may hold characters that a header must not. */
const oneLine = (text: string): string => text.replace(/[^\u0021-\u007e]/g, (character) => encodeURI(character));

/** Sends an answer of the load balancer's own, with the headers that its listener adds or hides. */
export function sendAnswer(response: ServerResponse, answer: Answer, { added, hidesServer }: AnswerHeaders): void {
  if (response.destroyed || response.headersSent) return;
  const { status, headers, body } = answer;
  const { server, ...others } = headers;
  response.writeHead(status, {
    ...(hidesServer || server === undefined ? {} : { server }),
    ...others,
    ...Object.fromEntries(added),
    ...(status === 408 ? { connection: "close" } : {}),
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
