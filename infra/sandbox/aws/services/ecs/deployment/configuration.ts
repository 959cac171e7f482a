import type { DeploymentConfiguration, DeploymentLifecycleHook, LoadBalancer } from "@aws-sdk/client-ecs";
import { AwsError } from "../../../kernel.ts";

/** What Create- and UpdateService refuse about deployments, in ECS's words. Pure. */

const PAUSE_STAGES = new Set<string>([
  "RECONCILE_SERVICE",
  "PRE_SCALE_UP",
  "POST_SCALE_UP",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRE_PRODUCTION_TRAFFIC_SHIFT",
  "POST_PRODUCTION_TRAFFIC_SHIFT",
]);

export function deploymentDefaults(given: DeploymentConfiguration | undefined): DeploymentConfiguration {
  return {
    ...given,
    strategy: given?.strategy ?? "ROLLING",
    maximumPercent: given?.maximumPercent ?? 200,
    minimumHealthyPercent: given?.minimumHealthyPercent ?? 100,
    bakeTimeInMinutes: given?.bakeTimeInMinutes ?? 0,
    deploymentCircuitBreaker: given?.deploymentCircuitBreaker ?? { enable: false, rollback: false },
    lifecycleHooks: given?.lifecycleHooks?.map((hook) => ({ ...hook, targetType: hook.targetType ?? "AWS_LAMBDA" })),
  };
}

function hookProblem(hook: DeploymentLifecycleHook): string | undefined {
  const minutes = hook.timeoutConfiguration?.timeoutInMinutes;
  if (hook.targetType === "AWS_LAMBDA")
    return "The sandbox does not run lifecycle hooks of targetType AWS_LAMBDA yet; use targetType PAUSE.";
  if (hook.targetType !== "PAUSE") return "Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE";
  if ((hook.lifecycleStages ?? []).length === 0 || hook.lifecycleStages?.some((stage) => !PAUSE_STAGES.has(stage)))
    return "Invalid lifecycle stage provided for Pause Hook";
  if (minutes !== undefined && (minutes < 1 || minutes > 20_160))
    return `timeoutInMinutes of a pause hook must be between 1 and 20160. Got: ${minutes}`;
  return undefined;
}

const isTenth = (value: number): boolean => Number.isInteger(Math.round(value * 1000) / 100);

function stepProblems({
  strategy,
  canaryConfiguration: canary,
  linearConfiguration: linear,
}: DeploymentConfiguration): string[] {
  const problems: string[] = [];
  if (canary && strategy !== "CANARY") problems.push(`canaryConfiguration is not allowed with strategy ${strategy}`);
  if (linear && strategy !== "LINEAR") problems.push(`linearConfiguration is not allowed with strategy ${strategy}`);
  const percent = canary?.canaryPercent;
  if (percent !== undefined && (percent < 0.1 || percent > 100 || !isTenth(percent)))
    problems.push(`canaryPercent must be between 0.1 and 100 in steps of 0.1. Got: ${percent}`);
  const step = linear?.stepPercent;
  if (step !== undefined && (step < 3 || step > 100 || !isTenth(step)))
    problems.push(`stepPercent must be between 3 and 100 in steps of 0.1. Got: ${step}`);
  return problems;
}

function balancerProblems(balancers: readonly LoadBalancer[], strategy: string | undefined): string[] {
  const problems: string[] = [];
  const advanced = balancers.filter((balancer) => balancer.advancedConfiguration);
  const groups = balancers.map((balancer) => balancer.targetGroupArn);
  const repeated = groups.find((arn, index) => groups.indexOf(arn) !== index);
  if (repeated) problems.push(`Duplicate targetGroupArn found: ${repeated}`);
  if (balancers.some((balancer) => balancer.loadBalancerName && balancer.advancedConfiguration))
    problems.push("advancedConfiguration field is not allowed with ELBv1 loadBalancers");
  if (advanced.length > 0 && advanced.length < balancers.length)
    problems.push("Either all or none of the provided loadBalancers must have advancedConfiguration defined");
  if (strategy !== "ROLLING" && advanced.length === 0 && balancers.length > 0)
    problems.push(
      "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy",
    );
  for (const { advancedConfiguration } of advanced) {
    const { productionListenerRule: production = "", testListenerRule: test } = advancedConfiguration ?? {};
    if (/:listener\//.test(production))
      problems.push(
        "The sandbox has no Network Load Balancers: productionListenerRule must be the ARN of a listener rule.",
      );
    else if (!/^arn:[^:]+:elasticloadbalancing:.*:listener-rule\//.test(production))
      problems.push(
        `productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${production}`,
      );
    if (test === production)
      problems.push(`The following rules cannot be used as both production and test listener rules: ${production}`);
  }
  return problems;
}

/** @throws AwsError InvalidParameterException with every problem found */
export function requireDeployable(configuration: DeploymentConfiguration, balancers: readonly LoadBalancer[]): void {
  const { strategy = "ROLLING", lifecycleHooks = [], bakeTimeInMinutes: bake = 0 } = configuration;
  const problems = [
    ...lifecycleHooks.flatMap((hook) => hookProblem(hook) ?? []),
    ...stepProblems(configuration),
    ...balancerProblems(balancers, strategy),
  ];
  if (!["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"].includes(strategy))
    problems.push(`Invalid deployment strategy ${strategy}. Valid values are: ROLLING, BLUE_GREEN, LINEAR, CANARY`);
  if (bake < 0 || bake > 1440) problems.push(`bakeTimeInMinutes must be between 0 and 1440. Got: ${bake}`);
  if ((strategy === "LINEAR" || strategy === "CANARY") && balancers.length === 0)
    problems.push(`A load balancer is required with strategy ${strategy}`);
  if (problems.length > 0) throw new AwsError("InvalidParameterException", problems.join(" "));
}
