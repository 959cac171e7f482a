import type { AdvancedConfiguration } from "@aws-sdk/client-ecs";
import { CONTAINER_PORT, type Engine } from "./engine.ts";

/** How requests reach a service: two groups, and a rule of the production and of the test listener. ARNs and URLs. */
export interface ServiceRoute {
  readonly blue: string;
  readonly green: string;
  readonly productionRule: string;
  readonly testRule: string;
  readonly productionUrl: string;
  readonly testUrl: string;
}

/** A route whose rules send everything to the blue group. @param deregistrationSeconds of both groups. */
export async function makeRoute(engine: Engine, name: string, deregistrationSeconds: number): Promise<ServiceRoute> {
  const { production, test, rules } = await engine.balancer();
  const blue = await makeGroup(engine, `${name}-blue`, deregistrationSeconds);
  const green = await makeGroup(engine, `${name}-green`, deregistrationSeconds);
  const rule = (ListenerArn: string) => makeRule(engine, { ListenerArn, Priority: rules, name, groups: [blue, green] });
  return {
    blue,
    green,
    productionRule: await rule(production.arn),
    testRule: await rule(test.arn),
    productionUrl: `${production.url}/${name}`,
    testUrl: `${test.url}/${name}`,
  };
}

async function makeGroup({ elb, vpc }: Engine, Name: string, deregistrationSeconds: number): Promise<string> {
  const { TargetGroups } = await elb.createTargetGroup({
    Name,
    VpcId: vpc,
    Protocol: "HTTP",
    Port: CONTAINER_PORT,
    TargetType: "ip",
    HealthCheckPath: "/health",
    HealthCheckIntervalSeconds: 10,
    HealthyThresholdCount: 2,
  });
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
  const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: String(deregistrationSeconds) }];
  await elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes });
  return TargetGroupArn;
}

interface RuleWish {
  readonly ListenerArn: string;
  readonly Priority: number;
  readonly name: string;
  /** The first gets everything. */
  readonly groups: readonly string[];
}

async function makeRule({ elb }: Engine, { ListenerArn, Priority, name, groups }: RuleWish): Promise<string> {
  const Values = [`/${name}`, `/${name}/*`];
  const TargetGroups = groups.map((TargetGroupArn, index) => ({ TargetGroupArn, Weight: index === 0 ? 1 : 0 }));
  const { Rules } = await elb.createRule({
    ListenerArn,
    Priority,
    Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values } }],
    Actions: [{ Type: "forward", ForwardConfig: { TargetGroups } }],
  });
  return Rules?.[0]?.RuleArn ?? "";
}

/** For deployments that shift weights. */
export const weightedRoute = ({ green, productionRule, testRule }: ServiceRoute): AdvancedConfiguration => ({
  alternateTargetGroupArn: green,
  productionListenerRule: productionRule,
  testListenerRule: testRule,
  roleArn: "arn:aws:iam::000000000000:role/infrastructure",
});

export async function deleteRoute({ elb }: Engine, { blue, green, productionRule, testRule }: ServiceRoute) {
  for (const RuleArn of [productionRule, testRule])
    await elb.deleteRule({ RuleArn }).catch((error: unknown) => {
      if (!(error instanceof Error && error.name === "RuleNotFoundException")) throw error; // a test deleted it
    });
  for (const TargetGroupArn of [blue, green]) await elb.deleteTargetGroup({ TargetGroupArn });
}
