import type {
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  DeploymentLifecycleHookStage,
  DeploymentStrategy,
} from "@aws-sdk/client-ecs";
import type { AgentManifest } from "../../../agents/manifest.ts";

const STRATEGIES: Record<AgentManifest["rollout"]["strategy"], DeploymentStrategy> = {
  "blue-green": "BLUE_GREEN",
  canary: "CANARY",
  linear: "LINEAR",
  rolling: "ROLLING",
};

/** Where ECS waits for our gates. Canary and linear wait again before every step. */
const GATE_STAGES: Record<AgentManifest["rollout"]["strategy"], DeploymentLifecycleHookStage[]> = {
  "blue-green": ["POST_TEST_TRAFFIC_SHIFT"],
  canary: ["POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT"],
  linear: ["POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT"],
  rolling: [],
};

/**
 * The deployment configuration of one UpdateService: the manifest's strategy and bake, the breaker, and PAUSE hooks
 * that roll back by themselves when nobody answers. Alarms and Lambda hooks of the service stay.
 */
export function deploymentConfiguration(
  rollout: AgentManifest["rollout"],
  current: DeploymentConfiguration | undefined,
  bakeMinutes: number = rollout.bakeMinutes,
): DeploymentConfiguration {
  const strategy = STRATEGIES[rollout.strategy];
  const { alarms, deploymentCircuitBreaker, canaryConfiguration, linearConfiguration } = current ?? {};
  const { maximumPercent, minimumHealthyPercent, earlySuccessCriteria } = current ?? {};
  return defined({
    strategy,
    alarms,
    deploymentCircuitBreaker: { ...deploymentCircuitBreaker, enable: true, rollback: true },
    lifecycleHooks: [...lambdaHooks(current), ...pauseHooks(rollout)],
    ...(strategy === "ROLLING"
      ? { maximumPercent, minimumHealthyPercent, earlySuccessCriteria }
      : { bakeTimeInMinutes: bakeMinutes }),
    ...(strategy === "CANARY" ? { canaryConfiguration } : {}),
    ...(strategy === "LINEAR" ? { linearConfiguration } : {}),
  });
}

/** DescribeServices may show a PAUSE hook without its type; only a Lambda hook has a target. */
const lambdaHooks = (current: DeploymentConfiguration | undefined): DeploymentLifecycleHook[] =>
  (current?.lifecycleHooks ?? []).filter((hook) => hook.hookTargetArn !== undefined);

const pauseHooks = ({ strategy, gateTimeoutMinutes }: AgentManifest["rollout"]): DeploymentLifecycleHook[] =>
  GATE_STAGES[strategy].map((stage) => ({
    targetType: "PAUSE",
    lifecycleStages: [stage],
    timeoutConfiguration: { timeoutInMinutes: gateTimeoutMinutes, action: "ROLLBACK" },
  }));

const defined = (configuration: DeploymentConfiguration): DeploymentConfiguration =>
  Object.fromEntries(Object.entries(configuration).filter(([, value]) => value !== undefined));
