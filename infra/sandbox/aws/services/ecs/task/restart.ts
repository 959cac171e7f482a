import type { ContainerRestartPolicy } from "@aws-sdk/client-ecs";

const ATTEMPT_SECONDS = 300;

/**
 * Whether a container that ended by itself is started again: its policy is on, it does not ignore the exit code, and
 * the container ran for the attempt period. Pure; rules of ContainerRestartPolicy in the API reference.
 */
export function isRestarted(
  policy: ContainerRestartPolicy | undefined,
  { code, ranSeconds }: { readonly code: number; readonly ranSeconds: number },
): boolean {
  if (!policy?.enabled || policy.ignoredExitCodes?.includes(code)) return false;
  return ranSeconds >= (policy.restartAttemptPeriod ?? ATTEMPT_SECONDS);
}
