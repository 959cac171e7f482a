import type { LoadBalancer } from "@aws-sdk/client-ecs";
import type { Action, Rule, TargetGroupTuple } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Route } from "../model.ts";

/** What a listener rule says about two target groups, and how ECS rewrites it. Pure. */

const forwardOf = (rule: Rule): Action | undefined => rule.Actions?.find((action) => action.Type === "forward");

/** Groups of a rule with their weights; a plain forward has weight 1. */
export function groupsOf(rule: Rule): TargetGroupTuple[] {
  const forward = forwardOf(rule);
  const groups = forward?.ForwardConfig?.TargetGroups ?? [];
  if (groups.length > 0) return groups;
  return forward?.TargetGroupArn ? [{ TargetGroupArn: forward.TargetGroupArn, Weight: 1 }] : [];
}

/** Share of a group in a rule's traffic, in percent to a tenth; 0 when the rule does not name it. */
export function shareOf(rule: Rule, groupArn: string): number {
  const groups = groupsOf(rule);
  const weight = (group: TargetGroupTuple) => group.Weight ?? 1;
  const total = groups.reduce((sum, group) => sum + weight(group), 0);
  const own = groups.find((group) => group.TargetGroupArn === groupArn);
  return own && total > 0 ? Math.round((1000 * weight(own)) / total) / 10 : 0;
}

export interface Rules {
  readonly production?: Rule;
  readonly test?: Rule;
}

const invalid = (what: string) => ({ problem: `of invalid networking configuration${what}` });

/** Group that a rule sends traffic to, when it is one alone. */
export function servingGroup(rule: Rule | undefined): string | undefined {
  const serving = rule ? groupsOf(rule).filter((group) => (group.Weight ?? 1) > 0) : [];
  return serving.length === 1 ? serving[0]?.TargetGroupArn : undefined;
}

/**
 * Which group serves now and which one the new revision gets: read from the production rule each time, never remembered.
 * @param interrupted the route of a deployment that this one superseded: where it left traffic half-shifted, its source
 * is the source still, and RECONCILE_SERVICE brings the traffic back. Any other split is refused.
 * @returns `problem` is worded as what follows "Service deployment rolled back because".
 */
export function readRoute(
  balancer: LoadBalancer,
  rules: Rules,
  interrupted?: Route,
): { route: Route } | { problem: string } {
  const {
    alternateTargetGroupArn = "",
    productionListenerRule = "",
    testListenerRule,
  } = balancer.advancedConfiguration ?? {};
  const own = [balancer.targetGroupArn ?? "", alternateTargetGroupArn];
  if (!rules.production || (testListenerRule && !rules.test)) return invalid(". One or more rules not found");
  const attached = [rules.production, ...(rules.test ? [rules.test] : [])]
    .flatMap(groupsOf)
    .map((group) => group.TargetGroupArn);
  const loose = own.find((arn) => !attached.includes(arn));
  if (loose)
    return invalid(`: Target group ${loose} is not associated with either productionListenerRule or testListenerRule.`);
  const serving = groupsOf(rules.production).filter((group) => (group.Weight ?? 1) > 0);
  const isHalfShifted = serving.length === 2 && serving.every((group) => own.includes(group.TargetGroupArn ?? ""));
  const sourceGroup = (isHalfShifted ? interrupted?.sourceGroup : undefined) ?? serving[0]?.TargetGroupArn ?? "";
  if (serving.length !== 1 && !(isHalfShifted && interrupted))
    return invalid(
      `. productionListenerRule ${productionListenerRule} should have exactly one target group serving traffic but found ${serving.length} target groups which are serving traffic`,
    );
  if (!own.includes(sourceGroup))
    return invalid(
      `. Production listener rule is forwarding traffic to unexpected target group ${sourceGroup}. Expected traffic to be forwarded to either targetGroupArn: ${own[0]} or alternateTargetGroupArn: ${own[1]}`,
    );
  const targetGroup = own.find((arn) => arn !== sourceGroup) ?? sourceGroup;
  return { route: { productionRule: productionListenerRule, testRule: testListenerRule, sourceGroup, targetGroup } };
}

/** Weights are whole numbers: whole percents as they are, tenths ten times as large. */
function weights(percent: number): { target: number; source: number } {
  const scale = Number.isInteger(percent) ? 1 : 10;
  const target = Math.round(percent * scale);
  return { target, source: 100 * scale - target };
}

/** The rule's actions with both groups weighted; everything else of them (authentication, stickiness) is kept. */
export function weightedActions(rule: Rule, route: Route, percent: number): Action[] {
  const { target, source } = weights(percent);
  const forward: Action = {
    ...forwardOf(rule),
    Type: "forward",
    TargetGroupArn: undefined,
    ForwardConfig: {
      ...forwardOf(rule)?.ForwardConfig,
      TargetGroups: [
        { TargetGroupArn: route.sourceGroup, Weight: source },
        { TargetGroupArn: route.targetGroup, Weight: target },
      ],
    },
  };
  return [...(rule.Actions ?? []).filter((action) => action.Type !== "forward"), forward];
}
