import type { LoadBalancer as ServiceLoadBalancer } from "@aws-sdk/client-ecs";
import type { Listener, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "../aws/kernel.ts";
import type { RouteState, TargetState } from "./state.ts";

export interface Traffic {
  readonly routes: RouteState[];
  readonly targets: TargetState[];
}

/** Where a service's requests come in, how they are split, and how its targets are. */
export async function readTraffic(aws: AwsClients, attached: readonly ServiceLoadBalancer[]): Promise<Traffic> {
  const groups = [
    ...new Set(
      attached.flatMap(({ targetGroupArn, advancedConfiguration }) =>
        [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].flatMap((arn) => arn ?? []),
      ),
    ),
  ];
  const routes = attached.flatMap(({ advancedConfiguration: advanced }) => [
    ...(advanced?.productionListenerRule ? [readRoute(aws, "production", advanced.productionListenerRule)] : []),
    ...(advanced?.testListenerRule ? [readRoute(aws, "test", advanced.testListenerRule)] : []),
  ]);
  const targets = await Promise.all(groups.map((arn) => readTargets(aws, arn)));
  return { routes: await Promise.all(routes), targets: targets.flat() };
}

async function readRoute(aws: AwsClients, kind: RouteState["kind"], ruleArn: string): Promise<RouteState> {
  const { Rules } = await aws.elasticloadbalancing.describeRules({ RuleArns: [ruleArn] });
  const [rule] = Rules ?? [];
  if (!rule) return { kind, url: undefined, shares: [] };
  const listenerArn = ruleArn.replace(":listener-rule/", ":listener/").split("/").slice(0, -1).join("/");
  const { Listeners } = await aws.elasticloadbalancing.describeListeners({ ListenerArns: [listenerArn] });
  return { kind, url: await urlOf(aws, Listeners?.[0], rule), shares: sharesOf(rule) };
}

async function urlOf(aws: AwsClients, listener: Listener | undefined, rule: Rule): Promise<string | undefined> {
  if (!listener?.LoadBalancerArn) return undefined;
  const { LoadBalancers } = await aws.elasticloadbalancing.describeLoadBalancers({
    LoadBalancerArns: [listener.LoadBalancerArn],
  });
  const condition = rule.Conditions?.find(({ Field }) => Field === "path-pattern");
  const path = (condition?.PathPatternConfig?.Values ?? condition?.Values ?? ["/"])[0] ?? "/";
  return `http://${LoadBalancers?.[0]?.DNSName}:${listener.Port}${path.replace(/\/?\*.*$/, "")}`;
}

function sharesOf({ Actions = [] }: Rule): RouteState["shares"] {
  const groups = Actions.flatMap(({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? []);
  const total = groups.reduce((sum, { Weight = 0 }) => sum + Weight, 0);
  return groups.map(({ TargetGroupArn, Weight = 0 }) => ({
    group: groupName(TargetGroupArn ?? ""),
    percent: total === 0 ? 0 : Math.round((Weight / total) * 1000) / 10,
  }));
}

async function readTargets({ elasticloadbalancing }: AwsClients, arn: string): Promise<TargetState[]> {
  const { TargetHealthDescriptions } = await elasticloadbalancing.describeTargetHealth({ TargetGroupArn: arn });
  return (TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
    group: groupName(arn),
    address: `${Target?.Id}:${Target?.Port}`,
    state: TargetHealth?.State ?? "unknown",
    reason: TargetHealth?.Reason,
  }));
}

/** `arn:…:targetgroup/<name>/<id>` → name. */
const groupName = (arn: string): string => arn.split("/")[1] ?? arn;
