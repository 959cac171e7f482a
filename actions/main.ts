/**
 * The entry of the one shared bundle. `actions/dist/<verb-noun>.js`, which `action.yml` names, calls `run` with its
 * own name, so an action loads the chunk of its own code and no other's.
 */
const actions: Record<string, () => Promise<{ main: () => Promise<void> }>> = {
  "deploy-infra": () => import("./deploy-infra/main.ts"),
  "build-image": () => import("./build-image/main.ts"),
  "push-image": () => import("./push-image/main.ts"),
  "scan-image": () => import("./scan-image/main.ts"),
  "deploy-service": () => import("./deploy-service/main.ts"),
  "rollback-service": () => import("./rollback-service/main.ts"),
  "select-agents": () => import("./select-agents/main.ts"),
  "report-fleet": () => import("./report-fleet/main.ts"),
};

export async function run(name: string): Promise<void> {
  const load = actions[name];
  if (!load) throw new Error(`There is no action "${name}"; there are: ${Object.keys(actions).join(", ")}.`);
  await (await load()).main();
}
