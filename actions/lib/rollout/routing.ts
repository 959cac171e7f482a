import type { LoadBalancer, ServiceRevision } from "@aws-sdk/client-ecs";
import type { Rule } from "@aws-sdk/client-elastic-load-balancing-v2";

/** The ECS side of one load-balanced service: which container, which two groups, which two rules. */
export interface Routing {
  readonly container?: string;
  readonly containerPort?: number;
  readonly groups: readonly string[];
  readonly productionRule?: string;
  readonly testRule?: string;
}

export function routingOf(loadBalancers: readonly LoadBalancer[] | undefined): Routing {
  const balancer = loadBalancers?.[0];
  const advanced = balancer?.advancedConfiguration;
  return {
    container: balancer?.containerName,
    containerPort: balancer?.containerPort,
    groups: [balancer?.targetGroupArn, advanced?.alternateTargetGroupArn].filter((arn) => arn !== undefined),
    productionRule: advanced?.productionListenerRule,
    testRule: advanced?.testListenerRule,
  };
}

/** Target groups that a rule gives traffic to. ECS writes 100/0, others 1/0: only shares above zero count. */
export function weightedGroups(rule: Rule | undefined): string[] {
  return (rule?.Actions ?? []).flatMap((action) => {
    const groups = action.ForwardConfig?.TargetGroups;
    if (groups?.length)
      return groups.flatMap(({ TargetGroupArn, Weight = 1 }) => (TargetGroupArn && Weight > 0 ? [TargetGroupArn] : []));
    return action.TargetGroupArn ? [action.TargetGroupArn] : [];
  });
}

/** The group that a revision's tasks are in: the only API field that tells is `resolvedConfiguration`. */
export const groupOf = (revision: ServiceRevision | undefined): string | undefined =>
  revision?.resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn;

/** The digest that a revision runs in `container`. */
export function digestOf(revision: ServiceRevision | undefined, container: string | undefined): string | undefined {
  const images = revision?.containerImages ?? [];
  const image = images.find((candidate) => candidate.containerName === container) ?? images[0];
  return image?.imageDigest ?? /@(sha256:[0-9a-f]{64})$/.exec(image?.image ?? "")?.[1];
}

/** `…targetgroup/prod-alpha-blue/6d0e` → `prod-alpha-blue` */
export const groupName = (arn: string | undefined): string => arn?.split("/").at(-2) ?? "none";
