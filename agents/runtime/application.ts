import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { BODY_LIMIT_BYTES, readBody } from "./body.ts";
import type { Log } from "./log.ts";
import { check } from "./problems.ts";
import { invalidInput, notFound, Refusal } from "./refusal.ts";
import type { Answer, Route } from "./routes.ts";
import { REQUEST_ID } from "./server.ts";

type Env = { Bindings: HttpBindings; Variables: { body: string } };

export interface ApplicationOptions {
  readonly routes: readonly Route[];
  /** Answers of GET requests that take no input: description, health, card. */
  readonly pages: Readonly<Record<string, () => Answer & { readonly status?: 200 | 503 }>>;
  /** Everything is served at the root and under this path. */
  readonly routePath: string;
  readonly log: Log;
}

/** The HTTP application: every answer is JSON, also refusals and errors. */
export function createApplication({ routes, pages, routePath, log }: ApplicationOptions): Hono<Env> {
  const api = new Hono<Env>({ strict: false });
  for (const [path, page] of Object.entries(pages))
    api.get(path, (c) => {
      const { status = 200, body } = page();
      return c.json(body, status);
    });
  for (const route of routes) api.on(route.method, route.path, (c) => serve(c, route));
  for (const [path, methods] of methodsByPath(routes, Object.keys(pages)))
    api.all(path, (c) => refuse(c, wrongMethod(c.req.method, path, methods), { Allow: methods.join(", ") }));

  const app = new Hono<Env>({ strict: false });
  app.use(takeBody);
  app.route("/", api);
  if (routePath) app.route(routePath, api);
  app.notFound((c) =>
    refuse(c, notFound(`There is nothing at ${c.req.method} ${c.req.path}; GET / lists what there is.`)),
  );
  app.onError((error, c) => {
    if (error instanceof Refusal) return refuse(c, error);
    log.error("unhandled error", { requestId: requestIdOf(c), error: error.message, stack: error.stack });
    return c.json(
      errorBody(c, "internal_error", "The agent failed; its log has the reason under this request id."),
      500,
    );
  });
  return app;
}

const takeBody: MiddlewareHandler<Env> = async (c, next) => {
  const body = await readBody(c.env.incoming);
  if (body.kind === "too large") return refuse(c, tooLarge(), body.read ? {} : { Connection: "close" });
  if (body.kind === "aborted") return refuse(c, aborted());
  c.set("body", body.text);
  await next();
};

async function serve(c: Context<Env>, route: Route): Promise<Response> {
  const checked = check(route.input, { ...bodyOf(c, route), ...queryOf(c, route) });
  if (!checked.ok) throw invalidInput(checked.problems);
  const answer = await route.handle(checked.output, { requestId: requestIdOf(c) });
  return c.json(answer.body, 200, answer.headers);
}

/** An empty body counts as an empty object, so that a request that needs no input needs no body. */
function bodyOf(c: Context<Env>, route: Route): object {
  const text = c.get("body");
  if (route.method === "GET" || text.trim() === "") return {};
  const json = parse(text);
  if (typeof json.value !== "object" || json.value === null || Array.isArray(json.value))
    throw invalidInput([{ path: "", value: json.fault ?? kindOf(json.value), allowed: "one JSON object, {…}" }]);
  return json.value;
}

function parse(text: string): { value?: unknown; fault?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: `not JSON (${(error as Error).message.slice(0, 120)})` };
  }
}

function queryOf(c: Context<Env>, route: Route): object {
  const given = Object.entries(c.req.query());
  if (Object.keys(route.query).length === 0) return {};
  return Object.fromEntries(given.map(([key, value]) => [key, (route.query[key] ?? String)(value)]));
}

function methodsByPath(routes: readonly Route[], pages: readonly string[]): Map<string, string[]> {
  const methods = new Map(pages.map((path) => [path, ["GET", "HEAD"]]));
  for (const { path, method } of routes) methods.set(path, [...(methods.get(path) ?? []), method]);
  return methods;
}

function refuse(c: Context<Env>, refusal: Refusal, headers: Record<string, string> = {}): Response {
  const status: ContentfulStatusCode = refusal.status;
  return c.json(errorBody(c, refusal.code, refusal.message, refusal.problems), status, headers);
}

function errorBody(c: Context<Env>, code: string, message: string, problems: Refusal["problems"] = []): object {
  return { error: { code, message, ...(problems.length > 0 ? { problems } : {}), requestId: requestIdOf(c) } };
}

const requestIdOf = (c: Context<Env>): string => String(c.env.outgoing.getHeader(REQUEST_ID));

const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;

const wrongMethod = (method: string, path: string, allowed: readonly string[]): Refusal =>
  new Refusal({
    status: 405,
    code: "method_not_allowed",
    message: `${path} answers ${allowed.join(", ")}, not ${method}.`,
  });

const tooLarge = (): Refusal =>
  new Refusal({ status: 413, code: "body_too_large", message: `The body is larger than ${BODY_LIMIT_BYTES} bytes.` });

const aborted = (): Refusal => new Refusal({ status: 400, code: "aborted", message: "The body ended too early." });
