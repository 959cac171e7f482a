import type { LoadBalancer } from "@aws-sdk/client-ecs";
import { type AwsClients, AwsError } from "../../../kernel.ts";
import { groupsOf } from "./routing.ts";
import { findRule } from "./traffic.ts";

/** What ECS refuses about a service's load balancers, in its own words. */

const isRule = (arn: string): boolean => /^arn:[^:]+:elasticloadbalancing:.*:listener-rule\//.test(arn);
/** A listener of a Network Load Balancer; those of an Application Load Balancer say `app`. */
const isNetworkListener = (arn: string): boolean => /:listener\/net\//.test(arn);

const invalidArn = (member: string, arn: string): string =>
  `${member} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${arn}`;

function ruleProblem(member: string, arn: string): string[] {
  if (isNetworkListener(arn))
    return [`The sandbox has no Network Load Balancers: ${member} must be the ARN of a listener rule. Got: ${arn}`];
  return isRule(arn) ? [] : [invalidArn(member, arn)];
}

function advancedProblems({ advancedConfiguration }: LoadBalancer): string[] {
  const { productionListenerRule: production = "", testListenerRule: test } = advancedConfiguration ?? {};
  return [
    ...ruleProblem("productionListenerRule", production),
    ...(test === undefined ? [] : ruleProblem("testListenerRule", test)),
  ];
}

/** Rules that one entry uses for production and the same or another for tests. */
function sharedRules(balancers: readonly LoadBalancer[]): string[] {
  const production = balancers.map((balancer) => balancer.advancedConfiguration?.productionListenerRule);
  const test = balancers.map((balancer) => balancer.advancedConfiguration?.testListenerRule);
  const shared = [...new Set(production.filter((rule) => rule !== undefined && test.includes(rule)))];
  return shared.length > 0
    ? [`The following rules cannot be used as both production and test listener rules: ${shared.join(", ")}`]
    : [];
}

/** @returns one sentence per problem. Pure. */
export function balancerProblems(balancers: readonly LoadBalancer[], strategy: string): string[] {
  const advanced = balancers.filter((balancer) => balancer.advancedConfiguration);
  const classic = balancers.filter((balancer) => balancer.loadBalancerName);
  const groups = balancers.flatMap(({ targetGroupArn, advancedConfiguration }) =>
    [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].filter((arn) => arn !== undefined),
  );
  const repeated = groups.find((arn, index) => groups.indexOf(arn) !== index);
  const isMixed = classic.length > 0 && balancers.some((balancer) => balancer.targetGroupArn);
  const isPartly = advanced.length > 0 && advanced.length < balancers.length;
  const isMissing = strategy !== "ROLLING" && advanced.length === 0 && balancers.length > 0;
  return [
    ...(isMixed
      ? [
          "All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining targetGroupArn)",
        ]
      : []),
    ...(repeated ? [`Duplicate targetGroupArn found: ${repeated}`] : []),
    ...(classic.some((balancer) => balancer.advancedConfiguration)
      ? ["advancedConfiguration field is not allowed with ELBv1 loadBalancers"]
      : []),
    ...(isPartly ? ["Either all or none of the provided loadBalancers must have advancedConfiguration defined"] : []),
    ...(isMissing
      ? ["advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy"]
      : []),
    ...advanced.flatMap(advancedProblems),
    ...sharedRules(balancers),
  ];
}

/**
 * Without a test rule both groups have to be on the production rule. A rule that does not exist is found only when the
 * deployment starts, as at AWS.
 * @throws AwsError InvalidParameterException
 */
export async function requireReachableGroups(aws: AwsClients, balancers: readonly LoadBalancer[]): Promise<void> {
  for (const { targetGroupArn, advancedConfiguration: advanced } of balancers) {
    if (!advanced || advanced.testListenerRule) continue;
    const rule = await findRule(aws, advanced.productionListenerRule);
    const attached = rule ? groupsOf(rule).map((group) => group.TargetGroupArn) : undefined;
    const own = [targetGroupArn, advanced.alternateTargetGroupArn];
    if (attached && own.some((arn) => !attached.includes(arn)))
      throw new AwsError(
        "InvalidParameterException",
        "For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both targetGroup and alternateTargetGroup",
      );
  }
}
