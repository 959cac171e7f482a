import { bodyOf, invalid, notFound, type RestRoutes, requires, textOf } from "./route.ts";
import type { StoredDeployment, StoredDeploymentStatus } from "./store.ts";

const STATES = ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"];

/** `/deployments` and their statuses. */
export function addDeploymentRoutes({ app, base, store, repository, apiUrl, now }: RestRoutes): void {
  const show = (d: StoredDeployment) => shownDeployment(d, apiUrl());
  const find = (id: string) => store.deployments.find((deployment) => deployment.id === Number(id));

  app.get(`${base}/deployments`, requires("deployments", "read"), (c) => {
    const { sha, ref, task, environment, per_page: size, page } = c.req.query();
    const matches = store.deployments
      .filter((d) => (!sha || d.sha === sha) && (!ref || d.ref === ref))
      .filter((d) => (!task || d.task === task) && (!environment || d.environment === environment))
      .reverse();
    const length = Math.min(100, Number(size) || 30);
    const from = (Math.max(1, Number(page) || 1) - 1) * length;
    return c.json(matches.slice(from, from + length).map(show));
  });

  app.post(`${base}/deployments`, requires("deployments", "write"), async (c) => {
    const body = await bodyOf(c);
    const ref = textOf(body.ref);
    if (!ref) return invalid(c, "ref is missing; allowed: a branch, a tag or a commit");
    const sha = await repository.find(ref);
    if (!sha) return invalid(c, `No ref found for: ${ref}`);
    const at = now().toISOString();
    const deployment: StoredDeployment = {
      ...{ id: store.nextId(), ref, sha, task: textOf(body.task, "deploy") },
      environment: textOf(body.environment, "production"),
      description: textOf(body.description),
      payload: body.payload ?? {},
      creator: c.get("caller").identity.actor,
      transient_environment: body.transient_environment === true,
      production_environment: body.production_environment === true,
      ...{ created_at: at, updated_at: at, statuses: [] },
    };
    store.deployments.push(deployment);
    store.save();
    return c.json(show(deployment), 201);
  });

  app.get(`${base}/deployments/:id`, requires("deployments", "read"), (c) => {
    const deployment = find(c.req.param("id"));
    return deployment ? c.json(show(deployment)) : notFound(c);
  });

  app.delete(`${base}/deployments/:id`, requires("deployments", "write"), (c) => {
    const deployment = find(c.req.param("id"));
    if (!deployment) return notFound(c);
    const active = deployment.statuses.at(-1)?.state === "success";
    if (active) return invalid(c, "We cannot delete an active deployment unless it is the only deployment");
    store.deployments.splice(store.deployments.indexOf(deployment), 1);
    store.save();
    return c.body(null, 204);
  });

  app.get(`${base}/deployments/:id/statuses`, requires("deployments", "read"), (c) => {
    const deployment = find(c.req.param("id"));
    if (!deployment) return notFound(c);
    return c.json([...deployment.statuses].reverse().map((status) => shownStatus(status, deployment, apiUrl())));
  });

  app.post(`${base}/deployments/:id/statuses`, requires("deployments", "write"), async (c) => {
    const deployment = find(c.req.param("id"));
    if (!deployment) return notFound(c);
    const body = await bodyOf(c);
    const state = textOf(body.state);
    if (!STATES.includes(state)) return invalid(c, `state is "${state}"; allowed: ${STATES.join(", ")}`);
    const at = now().toISOString();
    const status: StoredDeploymentStatus = {
      ...{ id: store.nextId(), state, description: textOf(body.description), created_at: at },
      environment_url: textOf(body.environment_url),
      log_url: textOf(body.log_url),
      creator: c.get("caller").identity.actor,
    };
    if (state === "success" && body.auto_inactive !== false) deactivateOthers(store.deployments, deployment, status);
    deployment.statuses.push(status);
    deployment.updated_at = at;
    store.save();
    return c.json(shownStatus(status, deployment, apiUrl()), 201);
  });
}

/** A success makes the earlier successful deployments of the same environment inactive, as `auto_inactive` says. */
function deactivateOthers(all: readonly StoredDeployment[], live: StoredDeployment, status: StoredDeploymentStatus) {
  for (const other of all)
    if (other !== live && other.environment === live.environment && other.statuses.at(-1)?.state === "success")
      other.statuses.push({ ...status, state: "inactive", description: "", environment_url: "", log_url: "" });
}

function shownDeployment({ statuses: _, creator, ...deployment }: StoredDeployment, apiUrl: string) {
  const url = `${apiUrl}/deployments/${deployment.id}`;
  return {
    ...deployment,
    ...{ url, statuses_url: `${url}/statuses`, repository_url: apiUrl, node_id: `deployment-${deployment.id}` },
    original_environment: deployment.environment,
    creator: { login: creator },
  };
}

function shownStatus({ creator, ...status }: StoredDeploymentStatus, deployment: StoredDeployment, apiUrl: string) {
  const url = `${apiUrl}/deployments/${deployment.id}`;
  return {
    ...status,
    ...{ url: `${url}/statuses/${status.id}`, deployment_url: url, repository_url: apiUrl },
    ...{ node_id: `status-${status.id}`, updated_at: status.created_at, target_url: status.log_url },
    environment: deployment.environment,
    creator: { login: creator },
  };
}
