import type { TaskStopCode } from "@aws-sdk/client-ecs";

/** Why a task ends, as DescribeTasks and the task state change event show it. */
export interface StopReason {
  readonly code: TaskStopCode;
  readonly reason: string;
}

export const ESSENTIAL_EXITED: StopReason = {
  code: "EssentialContainerExited",
  reason: "Essential container in task exited",
};

/** Documented with the task state change event of a Fargate Spot interruption. */
export const SPOT_INTERRUPTED: StopReason = {
  code: "SpotInterruption",
  reason: "Your Spot Task was interrupted.",
};

export const UNHEALTHY_CONTAINER: StopReason = {
  code: "ServiceSchedulerInitiated",
  reason: "Task failed container health checks",
};

export const SANDBOX_STOPPED: StopReason = {
  code: "ServiceSchedulerInitiated",
  reason: "The sandbox was stopped.",
};

/** @param deploymentId classic id of the deployment that the service scales for, `ecs-svc/…`. */
export const scaledIn = (deploymentId: string | undefined): StopReason => ({
  code: "ServiceSchedulerInitiated",
  reason: `Scaling activity initiated by (deployment ${deploymentId ?? "unknown"})`,
});

export const failedTargetHealth = (groupArn: string): StopReason => ({
  code: "ServiceSchedulerInitiated",
  reason: `Task failed ELB health checks in (target-group ${groupArn})`,
});

/** `reason` of a container that used more memory than it may. */
export const OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage";
