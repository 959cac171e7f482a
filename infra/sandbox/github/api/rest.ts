import { Hono } from "hono";
import { addDeploymentRoutes } from "./deployments.ts";
import { addGitRoutes } from "./git-routes.ts";
import { DOCS, notFound, type RestContext, type RestEnv, type RestOptions, type RestRoutes } from "./route.ts";
import { addStatusRoutes } from "./statuses.ts";

/** The REST calls that actions of a deployment make. Anything else says honestly that it is not implemented. */
export function createRest(options: RestOptions): Hono<RestEnv> {
  const app = new Hono<RestEnv>();
  const { owner, name } = options.repository.identity;
  const base = `/api/v3/repos/${owner}/${name}`;
  const routes: RestRoutes = { ...options, app, base, apiUrl: () => `${options.url()}${base}` };
  app.use("/api/v3/*", async (c, next) => {
    const caller = await options.authenticate(c.req.header("authorization"));
    if (!caller || caller.purpose === "oidc")
      return c.json({ message: "Bad credentials", documentation_url: DOCS, status: "401" }, 401);
    c.set("caller", { purpose: caller.purpose, identity: caller.identity });
    return next();
  });
  addDeploymentRoutes(routes);
  addStatusRoutes(routes);
  addGitRoutes(routes);
  app.all("/api/v3/repos/:owner/:name/*", (c) => {
    const { owner: wantedOwner, name: wantedName } = c.req.param();
    const here = `${wantedOwner}/${wantedName}`.toLowerCase() === `${owner}/${name}`.toLowerCase();
    return here ? notImplemented(c) : notFound(c);
  });
  app.all("*", (c) => notImplemented(c));
  app.onError((error, c) => c.json({ message: error.message, documentation_url: DOCS, status: "500" }, 500));
  return app;
}

const notImplemented = (c: RestContext) =>
  c.json(
    {
      message: `${c.req.method} ${c.req.path} is not implemented by the sandbox's GitHub`,
      documentation_url: DOCS,
      status: "501",
    },
    501,
  );
