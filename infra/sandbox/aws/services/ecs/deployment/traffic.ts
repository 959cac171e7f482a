import type { Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "../../../kernel.ts";
import type { DeploymentRecord, Route, TrafficWeights } from "../model.ts";
import { currentStep } from "./machine.ts";
import { weightedActions } from "./routing.ts";

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Reads a listener rule; `undefined` when it does not exist. */
export async function findRule(aws: AwsClients, arn: string | undefined): Promise<Rule | undefined> {
  if (!arn) return undefined;
  const answer = await aws.elasticloadbalancing.describeRules({ RuleArns: [arn] }).catch(() => undefined);
  return answer?.Rules?.[0];
}

/** Weights that the step wants and that are not written yet. */
function missingWeights(deployment: DeploymentRecord): TrafficWeights {
  if (deployment.routes.length === 0) return {};
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
 * Gives the source of a deployment that stopped half way (a canary that was superseded) all production traffic again.
 * Rules that are gone are left for the successor to find.
 */
export async function undoSplit(aws: AwsClients, deployment: DeploymentRecord): Promise<void> {
  const { production = 0 } = deployment.written;
  if (production <= 0 || production >= 100) return;
  for (const route of deployment.routes)
    await write(aws, route, { ruleArn: route.productionRule, percent: 0 }).catch(() => undefined);
  deployment.written = { ...deployment.written, production: 0 };
}

/**
 * Writes the weights of both rules as the deployment's step wants them; each value is written once.
 * @returns why it could not, worded as what follows "Service deployment rolled back because".
 */
export async function applyWeights(aws: AwsClients, deployment: DeploymentRecord): Promise<string | undefined> {
  const { production, test } = missingWeights(deployment);
  try {
    for (const route of deployment.routes) {
      if (test !== undefined && route.testRule) await write(aws, route, { ruleArn: route.testRule, percent: test });
      if (production !== undefined) await write(aws, route, { ruleArn: route.productionRule, percent: production });
    }
  } catch (error) {
    return `ECS was unable to manage the ELB resources: ${describe(error)}`;
  }
  deployment.written = {
    production: production ?? deployment.written.production,
    test: test ?? deployment.written.test,
  };
  return undefined;
}
