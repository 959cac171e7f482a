import type { DeploymentCircuitBreaker } from "@aws-sdk/client-ecs";

const DEFAULT_PERCENT = 50;

/** How many failed tasks trip the circuit breaker. Pure; the formula is ECS's. */
export function breakerThreshold(breaker: DeploymentCircuitBreaker | undefined, desiredCount: number): number {
  const { type, value } = breaker?.thresholdConfiguration ?? { type: "BOUNDED_PERCENT", value: DEFAULT_PERCENT };
  const number = value ?? DEFAULT_PERCENT;
  if (type === "COUNT") return number;
  const share = Math.ceil((number / 100) * desiredCount);
  return type === "UNBOUNDED_PERCENT" ? share : Math.min(200, Math.max(3, share));
}
