import type { ResourceChange } from "@aws-sdk/client-cloudformation";

/** What the guard knows beside the change set itself. */
export interface LiveState {
  /** ARNs of services with a service deployment that has not ended. */
  readonly servicesInDeployment: ReadonlySet<string>;
}

/**
 * Reasons to refuse a change set; empty when it may run. ECS owns listener rule weights: a template write restores the
 * declared action, which sends production to a drained group (aws-cdk #36649). A service that is being deployed must
 * not be changed under the deployment: ECS would supersede it.
 */
export function guard(changes: readonly ResourceChange[], live: LiveState): string[] {
  return changes.flatMap((change) => [...ruleProblems(change), ...serviceProblems(change, live)]);
}

function ruleProblems(change: ResourceChange): string[] {
  if (change.ResourceType !== "AWS::ElasticLoadBalancingV2::ListenerRule" || change.Action !== "Modify") return [];
  const replaced = change.Replacement === "True" || change.Replacement === "Conditional";
  const actions = change.Details?.some((detail) => detail.Target?.Name === "Actions");
  if (!replaced && !actions) return [];
  const what = replaced ? "replaces" : "rewrites the action of";
  return [
    `It ${what} the live listener rule ${change.LogicalResourceId}, whose weights ECS owns: production would point at the group the template names, not at the one that serves. Leave the rule as it is; to move an agent, add a new rule and remove the old one later.`,
  ];
}

function serviceProblems(change: ResourceChange, live: LiveState): string[] {
  if (change.ResourceType !== "AWS::ECS::Service" || change.Action === "Add") return [];
  if (change.Replacement === "True")
    return [
      `It replaces the live service ${change.LogicalResourceId}, which would stop serving. Change what forces the replacement back.`,
    ];
  if (!change.PhysicalResourceId || !live.servicesInDeployment.has(change.PhysicalResourceId)) return [];
  return [
    `It changes the service ${change.LogicalResourceId} while a deployment of it is running; ECS would supersede that deployment. Run again when it has ended.`,
  ];
}
