import type { ServiceRecord } from "../model.ts";
import { isOver, type Records } from "../records.ts";

const KEPT_SECONDS = 90 * 24 * 3600; // how long ECS lists a service deployment

/** Drops service deployments that ended long ago. Revisions stay until their service is deleted. */
export function forgetOldDeployments(records: Records, service: ServiceRecord): void {
  const limit = records.now().getTime() - KEPT_SECONDS * 1000;
  for (const deployment of records.deploymentsOf(service.arn)) {
    const isOld = isOver(deployment) && (deployment.finishedAt?.getTime() ?? 0) < limit;
    if (isOld && deployment.arn !== service.deploymentArn) records.deployments.delete(deployment.arn);
  }
}
