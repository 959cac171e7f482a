import type { Context, Hono, MiddlewareHandler } from "hono";
import type { Repository } from "../repository/repository.ts";
import type { JobIdentity, TokenPurpose } from "../tokens.ts";
import type { Authenticate } from "./authenticate.ts";
import type { Store } from "./store.ts";

export interface RestOptions {
  readonly repository: Repository;
  readonly store: Store;
  readonly authenticate: Authenticate;
  readonly url: () => string;
  readonly now: () => Date;
}

export type RestEnv = { Variables: { caller: { purpose: TokenPurpose; identity: JobIdentity } } };
export type RestContext = Context<RestEnv>;

/** What a group of routes is given. `base` is `/api/v3/repos/<owner>/<name>`. */
export interface RestRoutes extends RestOptions {
  readonly app: Hono<RestEnv>;
  readonly base: string;
  readonly apiUrl: () => string;
}

/** Every refusal names a page, as GitHub's do. */
export const DOCS = "https://docs.github.com/rest";

export const notFound = (c: RestContext) =>
  c.json({ message: "Not Found", documentation_url: DOCS, status: "404" }, 404);

export const invalid = (c: RestContext, message: string) =>
  c.json({ message: `Validation Failed: ${message}`, documentation_url: DOCS, status: "422" }, 422);

/** Refuses a token whose job was not granted the scope, as GitHub does. The runner itself may do everything. */
export function requires(scope: string, access: "read" | "write"): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    const { purpose, identity } = c.get("caller");
    const granted = identity.permissions[scope] ?? "none";
    const enough = purpose === "runner" || granted === "write" || (access === "read" && granted === "read");
    if (enough) return next();
    c.header("x-accepted-github-permissions", `${scope.replaceAll("-", "_")}=${access}`);
    return c.json({ message: "Resource not accessible by integration", documentation_url: DOCS, status: "403" }, 403);
  };
}

/** The body as an object; anything else counts as empty and fails the checks of its route. */
export async function bodyOf(c: RestContext): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body: unknown = await c.req.json();
    return body !== null && typeof body === "object" && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export const textOf = (value: unknown, fallback = ""): string => (typeof value === "string" ? value : fallback);
