import { bodyOf, invalid, notFound, type RestRoutes, requires, textOf } from "./route.ts";
import type { StoredStatus } from "./store.ts";

const STATES = ["error", "failure", "pending", "success"];

/** Commit statuses. */
export function addStatusRoutes({ app, base, store, repository, apiUrl, now }: RestRoutes): void {
  const shown = ({ creator, ...status }: StoredStatus) => ({
    ...status,
    ...{ url: `${apiUrl()}/statuses/${status.sha}`, node_id: `status-${status.id}`, updated_at: status.created_at },
    creator: { login: creator },
  });
  const newestFirst = (sha: string) => store.statuses.filter((status) => status.sha === sha).reverse();

  app.post(`${base}/statuses/:sha`, requires("statuses", "write"), async (c) => {
    const sha = await repository.find(c.req.param("sha"));
    if (!sha) return invalid(c, `No commit found for SHA: ${c.req.param("sha")}`);
    const body = await bodyOf(c);
    const state = textOf(body.state);
    if (!STATES.includes(state)) return invalid(c, `state is "${state}"; allowed: ${STATES.join(", ")}`);
    const status: StoredStatus = {
      ...{ id: store.nextId(), sha, state, context: textOf(body.context, "default") },
      ...{ description: textOf(body.description), target_url: textOf(body.target_url) },
      ...{ created_at: now().toISOString(), creator: c.get("caller").identity.actor },
    };
    store.statuses.push(status);
    store.save();
    return c.json(shown(status), 201);
  });

  app.get(`${base}/commits/:ref/statuses`, requires("statuses", "read"), async (c) => {
    const sha = await repository.find(c.req.param("ref"));
    return sha ? c.json(newestFirst(sha).map(shown)) : notFound(c);
  });

  app.get(`${base}/commits/:ref/status`, requires("statuses", "read"), async (c) => {
    const sha = await repository.find(c.req.param("ref"));
    if (!sha) return notFound(c);
    const latest = new Map<string, StoredStatus>();
    for (const status of newestFirst(sha).reverse()) latest.set(status.context, status);
    const states = [...latest.values()].map((status) => status.state);
    const state = states.some((s) => s === "failure" || s === "error")
      ? "failure"
      : states.length === 0 || states.includes("pending")
        ? "pending"
        : "success";
    return c.json({ state, sha, total_count: latest.size, statuses: [...latest.values()].map(shown) });
  });
}
