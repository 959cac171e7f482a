import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type Rule,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { isAwsError } from "./failures.ts";
import type { AwsSettings } from "./settings.ts";

/** One target of a group as the load balancer sees it. */
export interface TargetState {
  /** `10.0.1.4:9002` */
  readonly target: string;
  readonly state: string;
  /** e.g. `Target.ResponseCodeMismatch`; absent for a healthy target. */
  readonly reason?: string;
  readonly description?: string;
}

export interface Balancer {
  rule(arn: string): Promise<Rule | undefined>;
  targetGroup(arn: string): Promise<TargetGroup | undefined>;
  targets(targetGroupArn: string): Promise<TargetState[]>;
  /** Base URL of the listener that holds a rule, e.g. `http://lb-1.example.com:8080`; undefined when it is gone. */
  listenerUrl(ruleArn: string): Promise<string | undefined>;
}

export function balancerPort(settings: AwsSettings): Balancer {
  const client = new ElasticLoadBalancingV2Client(settings);
  return {
    rule: (arn) =>
      absent(["RuleNotFound", "RuleNotFoundException"], async () => {
        const { Rules } = await client.send(new DescribeRulesCommand({ RuleArns: [arn] }));
        return Rules?.[0];
      }),
    targetGroup: (arn) =>
      absent(["TargetGroupNotFound", "TargetGroupNotFoundException"], async () => {
        const { TargetGroups } = await client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }));
        return TargetGroups?.[0];
      }),
    async targets(arn) {
      const { TargetHealthDescriptions = [] } = await client.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: arn }),
      );
      return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
        target: `${Target?.Id}:${Target?.Port}`,
        state: TargetHealth?.State ?? "unknown",
        reason: TargetHealth?.Reason,
        description: TargetHealth?.Description,
      }));
    },
    listenerUrl: (ruleArn) =>
      absent(["ListenerNotFound", "ListenerNotFoundException", "LoadBalancerNotFound"], () => urlOf(client, ruleArn)),
  };
}

/** `…:listener-rule/app/<name>/<lb>/<listener>/<rule>` names its listener and its load balancer. */
async function urlOf(client: ElasticLoadBalancingV2Client, ruleArn: string): Promise<string | undefined> {
  const listenerArn = ruleArn.replace(":listener-rule/", ":listener/").replace(/\/[^/]+$/, "");
  const balancerArn = listenerArn.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "");
  const [listeners, balancers] = await Promise.all([
    client.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] })),
    client.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [balancerArn] })),
  ]);
  const listener = listeners.Listeners?.[0];
  const host = balancers.LoadBalancers?.[0]?.DNSName;
  if (!listener?.Port || !host) return undefined;
  const scheme = listener.Protocol === "HTTPS" ? "https" : "http";
  const usual = listener.Port === (scheme === "https" ? 443 : 80);
  return `${scheme}://${host}${usual ? "" : `:${listener.Port}`}`;
}

async function absent<T>(codes: string[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isAwsError(error, ...codes)) return undefined;
    throw error;
  }
}
