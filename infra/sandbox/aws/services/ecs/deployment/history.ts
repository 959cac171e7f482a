import type { ServiceRecord } from "../model.ts";
import { isOver, type Records } from "../records.ts";

const KEPT_SECONDS = 90 * 24 * 3600; // how long ECS lists a service deployment

/** Drops service deployments that ended long ago. Revisions stay. */
export function forgetOldDeployments(records: Records, service: ServiceRecord): void {
  const limit = records.now().getTime() - KEPT_SECONDS * 1000;
  for (const deployment of records.deploymentsOf(service.arn)) {
    const isOld = isOver(deployment) && (deployment.finishedAt?.getTime() ?? 0) < limit;
    if (isOld && deployment.arn !== service.deploymentArn) records.deployments.delete(deployment.arn);
  }
}

/** What a deleted service did is no history of the new one that takes its name, and with it its ARN. */
export function forgetHistory(records: Records, serviceArn: string): void {
  for (const { arn } of records.deploymentsOf(serviceArn)) records.deployments.delete(arn);
  const revisions = [...records.revisions.values()].filter((revision) => revision.serviceArn === serviceArn);
  for (const { arn } of revisions) records.revisions.delete(arn);
}
