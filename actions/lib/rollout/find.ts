import type { Service } from "@aws-sdk/client-ecs";
import { placeOf } from "./facts.ts";
import { pause } from "./follow.ts";
import type { RolloutPorts, RolloutRequest } from "./request.ts";

/** A read after UpdateService may not show the new record yet; observed delays are seconds. */
const LOOKS = 12;

interface Started {
  readonly service: Service;
  readonly taskDefinition: string;
  /** The newest deployment before the update. */
  readonly baseline?: string;
}

/** Our deployment: another ARN than the newest before, with a revision of our task definition; undefined when none shows up. */
export async function findDeployment(started: Started, request: RolloutRequest, ports: RolloutPorts) {
  for (let look = 0; look < LOOKS; look++) {
    const [newest] = await ports.cloud.ecs.deployments(placeOf(request));
    const deploymentArn = newest?.serviceDeploymentArn;
    if (deploymentArn && deploymentArn !== started.baseline) {
      const revisionArn = newest.targetServiceRevisionArn;
      const [revision] = revisionArn ? await ports.cloud.ecs.revisions([revisionArn]) : [];
      if (revisionArn && revision?.taskDefinition === started.taskDefinition) return { deploymentArn, revisionArn };
    }
    await pause(request, ports);
  }
  return undefined;
}
