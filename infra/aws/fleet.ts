import { App, Tags } from "aws-cdk-lib";
import type { AgentManifest } from "../../agents/manifest.ts";
import { stackName, tags } from "../../agents/naming.ts";
import { AgentStack } from "./stacks/agent.ts";
import { ClusterStack } from "./stacks/cluster.ts";
import { NetworkStack } from "./stacks/network.ts";
import { RegistriesStack } from "./stacks/registries.ts";
import { RoutingStack } from "./stacks/routing.ts";
import type { Stage } from "./stages.ts";

/** The whole fleet of one stage: platform stacks first, then one stack per agent. */
export function fleetApp(stage: Stage, agents: readonly AgentManifest[], outdir?: string): App {
  const app = new App({ outdir, analyticsReporting: false });
  // The account is left open: one assembly, synthesized without credentials, deploys wherever its job has a role.
  const env = { region: stage.region };
  const common = { env, stage };
  const named = (role: Parameters<typeof stackName>[1]) => stackName(stage.name, role);
  new RegistriesStack(app, named("registries"), { env, agents });
  const { vpc } = new NetworkStack(app, named("network"), common);
  const cluster = new ClusterStack(app, named("cluster"), { ...common, vpc });
  const routing = new RoutingStack(app, named("routing"), { ...common, vpc, cluster, agents });
  for (const agent of agents) {
    const route = routing.routes.get(agent.name);
    if (!route) throw new Error(`No route was made for ${agent.name}.`);
    const peers = agents.filter((other) => agent.calls.includes(other.name));
    const stack = new AgentStack(app, named({ agent: agent.name }), { ...common, agent, peers, vpc, cluster, route });
    Tags.of(stack).add("Agent", agent.name);
  }
  for (const [key, value] of Object.entries(tags(stage.name))) Tags.of(app).add(key, value);
  return app;
}
