import { Stack, type StackProps } from "aws-cdk-lib";
import type { Vpc } from "aws-cdk-lib/aws-ec2";
import { CfnListenerRule, CfnTargetGroup } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import type { Construct } from "constructs";
import type { AgentManifest } from "../../../agents/manifest.ts";
import { targetGroupName } from "../../../agents/naming.ts";
import type { Stage } from "../stages.ts";
import type { ClusterStack } from "./cluster.ts";

/** Where one agent's traffic goes: two target groups and the two rules whose weights ECS owns from then on. */
export interface AgentRoute {
  readonly blue: CfnTargetGroup;
  readonly green: CfnTargetGroup;
  readonly productionRule: CfnListenerRule;
  readonly testRule: CfnListenerRule;
}

export interface RoutingStackProps extends StackProps {
  readonly stage: Stage;
  readonly vpc: Vpc;
  readonly cluster: ClusterStack;
  readonly agents: readonly AgentManifest[];
}

/**
 * Rules in a stack of their own that changes only when an agent is added or removed. A template write to a rule
 * resets the weights that ECS wrote and takes production down (aws-cdk #36649), so `deploy-infra` refuses a change
 * set that modifies one of these rules while it is live.
 */
export class RoutingStack extends Stack {
  readonly routes: ReadonlyMap<string, AgentRoute>;

  constructor(scope: Construct, id: string, props: RoutingStackProps) {
    super(scope, id, props);
    this.routes = new Map(props.agents.map((agent) => [agent.name, this.route(agent, props)]));
  }

  private route(agent: AgentManifest, props: RoutingStackProps): AgentRoute {
    const blue = this.targetGroup(agent, "blue", props);
    const green = this.targetGroup(agent, "green", props);
    const rule = (id: string, listenerArn: string) =>
      new CfnListenerRule(this, `${id}-${agent.name}`, {
        listenerArn,
        // From the registered id, not from the order of the fleet: adding an agent must not renumber live rules.
        priority: agent.agentId * 10,
        conditions: [
          { field: "path-pattern", pathPatternConfig: { values: [agent.route.path, `${agent.route.path}/*`] } },
        ],
        actions: [
          {
            type: "forward",
            forwardConfig: {
              targetGroups: [
                { targetGroupArn: blue.ref, weight: 1 },
                { targetGroupArn: green.ref, weight: 0 },
              ],
            },
          },
        ],
      });
    return {
      blue,
      green,
      productionRule: rule("ProductionRule", props.cluster.production.listenerArn),
      testRule: rule("TestRule", props.cluster.test.listenerArn),
    };
  }

  private targetGroup(agent: AgentManifest, colour: "blue" | "green", props: RoutingStackProps): CfnTargetGroup {
    return new CfnTargetGroup(this, `${colour}-${agent.name}`, {
      name: targetGroupName(props.stage.name, agent.name, colour),
      vpcId: props.vpc.vpcId,
      targetType: "ip",
      protocol: "HTTP",
      port: agent.container.port,
      healthCheckPath: agent.health.path,
      healthCheckIntervalSeconds: agent.health.intervalSeconds,
      healthCheckTimeoutSeconds: agent.health.timeoutSeconds,
      healthyThresholdCount: agent.health.healthyThreshold,
      unhealthyThresholdCount: agent.health.unhealthyThreshold,
      matcher: { httpCode: "200" },
      targetGroupAttributes: [{ key: "deregistration_delay.timeout_seconds", value: "30" }],
    });
  }
}
