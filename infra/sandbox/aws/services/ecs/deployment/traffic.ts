import type { Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "../../../kernel.ts";
import type { DeploymentRecord, Route, TrafficWeights } from "../model.ts";
import { currentStep } from "./machine.ts";
import { isAssumable, missingPermissions } from "./roles.ts";
import { weightedActions } from "./routing.ts";

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && /^(RuleNotFound|ValidationError|TargetGroupNotFound)/.test(error.name);

/** Throttled, or a failure of the load balancing service itself: the next turn tries again. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { status } = error as { status?: unknown };
  return /Throttl/.test(error.name) || (typeof status === "number" && status >= 500);
}

/** Reads a listener rule; `undefined` when it does not exist. @throws what else went wrong */
export async function findRule(aws: AwsClients, arn: string | undefined): Promise<Rule | undefined> {
  if (!arn) return undefined;
  try {
    const answer = await aws.elasticloadbalancing.describeRules({ RuleArns: [arn] });
    return answer.Rules?.[0];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Weights that the step wants and that are not written yet. */
function missingWeights(deployment: DeploymentRecord): TrafficWeights {
  if (deployment.routes.length === 0 && !deployment.hasMesh) return {};
  const { production, test } = currentStep(deployment) ?? {};
  const { written } = deployment;
  return {
    production: production === written.production ? undefined : production,
    test: test === written.test ? undefined : test,
  };
}

export function isShifted(deployment: DeploymentRecord): boolean {
  const { production, test } = missingWeights(deployment);
  return production === undefined && test === undefined;
}

async function write(aws: AwsClients, route: Route, change: { ruleArn: string; percent: number }): Promise<void> {
  const rule = await findRule(aws, change.ruleArn);
  if (!rule) throw new Error("One or more rules not found");
  const actions = weightedActions(rule, route, change.percent);
  await aws.elasticloadbalancing.modifyRule({ RuleArn: change.ruleArn, Actions: actions });
}

/**
 * Writes the weights of both rules as the deployment's step wants them; each value is written once.
 * @returns why it could not, worded as what follows "Service deployment rolled back because": ECS reports a rule that it
 * may not change as a failed hook of the stage.
 */
export async function applyWeights(aws: AwsClients, deployment: DeploymentRecord): Promise<string | undefined> {
  const { production, test } = missingWeights(deployment);
  if (production === undefined && test === undefined) return undefined;
  // The guide warns of a role that goes while a deployment runs: ECS can change the rules neither forth nor back.
  for (const { roleArn } of deployment.routes)
    if (roleArn && !(await isAssumable(aws, roleArn))) return missingPermissions(roleArn);
  try {
    for (const route of deployment.routes) {
      if (test !== undefined && route.testRule) await write(aws, route, { ruleArn: route.testRule, percent: test });
      if (production !== undefined) await write(aws, route, { ruleArn: route.productionRule, percent: production });
    }
  } catch (error) {
    if (isPassing(error)) return undefined;
    const why = error instanceof Error ? error.message : String(error);
    return `${currentStep(deployment)?.stage} lifecycle hook(s) failed. ${why}`;
  }
  deployment.written = {
    production: production ?? deployment.written.production,
    test: test ?? deployment.written.test,
  };
  return undefined;
}
