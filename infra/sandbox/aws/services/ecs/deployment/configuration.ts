import type { DeploymentConfiguration, DeploymentLifecycleHook, LoadBalancer } from "@aws-sdk/client-ecs";
import { AwsError } from "../../../kernel.ts";
import { balancerProblems } from "./balancer-rules.ts";
import { hookProblems } from "./hook-rules.ts";

/** What Create- and UpdateService refuse about deployments, in ECS's words where they are published. Pure. */

const STRATEGIES = ["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"];
const LONGEST_BAKE_MINUTES = 1440;

/** Lambda hooks are shown with their time-out filled in. */
function withDefaults(hook: DeploymentLifecycleHook): DeploymentLifecycleHook {
  const targetType = hook.targetType ?? "AWS_LAMBDA";
  if (targetType !== "AWS_LAMBDA") return { ...hook, targetType };
  const { timeoutInMinutes = 1440, action = "ROLLBACK" } = hook.timeoutConfiguration ?? {};
  return { ...hook, targetType, timeoutConfiguration: { timeoutInMinutes, action } };
}

export function deploymentDefaults(given: DeploymentConfiguration | undefined): DeploymentConfiguration {
  return {
    ...given,
    strategy: given?.strategy ?? "ROLLING",
    maximumPercent: given?.maximumPercent ?? 200,
    minimumHealthyPercent: given?.minimumHealthyPercent ?? 100,
    // The API's text says that BLUE_GREEN must name it; templates that leave it out are deployed, without a bake.
    bakeTimeInMinutes: given?.bakeTimeInMinutes ?? 0,
    deploymentCircuitBreaker: given?.deploymentCircuitBreaker ?? { enable: false, rollback: false },
    lifecycleHooks: given?.lifecycleHooks?.map(withDefaults),
  };
}

const isTenth = (value: number): boolean => Number.isInteger(Math.round(value * 1000) / 100);

interface Range {
  readonly name: string;
  readonly value: number | undefined;
  readonly least: number;
  readonly most: number;
  /** Smallest difference of two values; 1 by default. */
  readonly step?: 0.1 | 1;
}

/** A number outside its range, in one sentence: what, what is allowed, the value got. */
function outside({ name, value, least, most, step = 1 }: Range): string[] {
  if (value === undefined) return [];
  const isWhole = step === 1 ? Number.isInteger(value) : isTenth(value);
  if (isWhole && value >= least && value <= most) return [];
  const steps = step === 1 ? "" : " in steps of 0.1";
  return [`${name} must be between ${least} and ${most}${steps}. Got: ${value}`];
}

function stepProblems(configuration: DeploymentConfiguration): string[] {
  const { strategy, canaryConfiguration: canary, linearConfiguration: linear } = configuration;
  const minutes = { least: 0, most: LONGEST_BAKE_MINUTES };
  return [
    ...(canary && strategy !== "CANARY" ? [`canaryConfiguration is not allowed with strategy ${strategy}`] : []),
    ...(linear && strategy !== "LINEAR" ? [`linearConfiguration is not allowed with strategy ${strategy}`] : []),
    ...outside({ name: "canaryPercent", value: canary?.canaryPercent, least: 0.1, most: 100, step: 0.1 }),
    ...outside({ name: "canaryBakeTimeInMinutes", value: canary?.canaryBakeTimeInMinutes, ...minutes }),
    ...outside({ name: "stepPercent", value: linear?.stepPercent, least: 3, most: 100, step: 0.1 }),
    ...outside({ name: "stepBakeTimeInMinutes", value: linear?.stepBakeTimeInMinutes, ...minutes }),
    ...outside({ name: "bakeTimeInMinutes", value: configuration.bakeTimeInMinutes, ...minutes }),
  ];
}

function breakerProblems({ deploymentCircuitBreaker: breaker, alarms }: DeploymentConfiguration): string[] {
  const { type, value } = breaker?.thresholdConfiguration ?? {};
  const most = type === "BOUNDED_PERCENT" || type === "UNBOUNDED_PERCENT" ? 100 : Number.MAX_SAFE_INTEGER;
  const isNameless = alarms?.enable && (alarms.alarmNames ?? []).length === 0;
  return [
    ...outside({ name: "thresholdConfiguration.value", value, least: 1, most }),
    ...(isNameless ? ["alarms.alarmNames must name at least one alarm when alarms.enable is true"] : []),
  ];
}

/** Rolling limits and the criteria of early success, which go with ROLLING only. */
function rollingProblems(configuration: DeploymentConfiguration): string[] {
  const { strategy, maximumPercent, minimumHealthyPercent = 100, earlySuccessCriteria: early } = configuration;
  const { healthyPercent, sourceServiceRevisionCleanup: cleanUp } = early ?? {};
  const most = Number.MAX_SAFE_INTEGER;
  const isIncomplete = early?.enable && (healthyPercent === undefined || cleanUp === undefined);
  const isTooEarly = early?.enable && healthyPercent !== undefined && healthyPercent < minimumHealthyPercent;
  return [
    ...outside({ name: "maximumPercent", value: maximumPercent, least: 1, most }),
    ...outside({ name: "minimumHealthyPercent", value: minimumHealthyPercent, least: 0, most }),
    ...outside({ name: "earlySuccessCriteria.healthyPercent", value: healthyPercent, least: 0, most: 100 }),
    ...(early?.enable && strategy !== "ROLLING"
      ? [`earlySuccessCriteria is only allowed with the ROLLING deployment strategy. Got: ${strategy}`]
      : []),
    ...(isIncomplete
      ? ["earlySuccessCriteria needs healthyPercent and sourceServiceRevisionCleanup when enable is true"]
      : []),
    ...(isTooEarly
      ? [
          `earlySuccessCriteria.healthyPercent must not be less than minimumHealthyPercent (${minimumHealthyPercent}). Got: ${healthyPercent}`,
        ]
      : []),
  ];
}

function strategyProblems(strategy: string, { balancers, hasMesh }: Traffic): string[] {
  if (!STRATEGIES.includes(strategy))
    return [`Invalid deployment strategy ${strategy}. Valid values are: ${STRATEGIES.join(", ")}`];
  // Weights need something that has them. With neither of them only ROLLING and BLUE_GREEN are documented.
  const isHeadless = balancers.length === 0 && !hasMesh && (strategy === "LINEAR" || strategy === "CANARY");
  return isHeadless ? [`A load balancer or Service Connect is required with strategy ${strategy}`] : [];
}

/** What carries a service's traffic. */
export interface Traffic {
  readonly balancers: readonly LoadBalancer[];
  /** Others reach it through Service Connect. */
  readonly hasMesh: boolean;
}

/** @throws AwsError InvalidParameterException with every problem found */
export function requireDeployable(configuration: DeploymentConfiguration, traffic: Traffic): void {
  const { strategy = "ROLLING", lifecycleHooks = [] } = configuration;
  const problems = [
    ...hookProblems(lifecycleHooks),
    ...stepProblems(configuration),
    ...breakerProblems(configuration),
    ...rollingProblems(configuration),
    ...balancerProblems(traffic.balancers, strategy),
    ...strategyProblems(strategy, traffic),
  ];
  if (problems.length > 0) throw new AwsError("InvalidParameterException", problems.join(" "));
}
