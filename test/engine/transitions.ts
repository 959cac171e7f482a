import type { ServiceDeploymentStatus } from "@aws-sdk/client-ecs";

type Status = ServiceDeploymentStatus;

/** Statuses that may follow directly. Source: ECS developer guide, "View service deployments". */
const NEXT: Record<Status, readonly Status[]> = {
  PENDING: ["IN_PROGRESS", "ROLLBACK_REQUESTED", "STOP_REQUESTED", "STOPPED"],
  IN_PROGRESS: ["SUCCESSFUL", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "STOPPED"],
  STOP_REQUESTED: ["STOPPED"],
  ROLLBACK_REQUESTED: ["SUCCESSFUL", "ROLLBACK_IN_PROGRESS", "STOPPED"],
  ROLLBACK_IN_PROGRESS: ["ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"],
  SUCCESSFUL: [],
  STOPPED: [],
  ROLLBACK_SUCCESSFUL: [],
  ROLLBACK_FAILED: [],
};

/** Every status that may be seen after this one by somebody who does not look all the time. */
export function allowedAfter(status: Status): ReadonlySet<Status> {
  const reachable = new Set<Status>();
  const visit = (from: Status) => {
    for (const next of NEXT[from]) {
      if (reachable.has(next)) continue;
      reachable.add(next);
      visit(next);
    }
  };
  visit(status);
  return reachable;
}
