import type { ServiceRevision } from "@aws-sdk/client-ecs";
import type { DeploymentRecord, RolloutRecord, ServiceRecord } from "../model.ts";
import { isOver, type Records } from "../records.ts";
import { addEvent } from "../service/events.ts";
import { revisionCounts } from "./view.ts";

/** The classic deployment turns COMPLETED a little after the service deployment is SUCCESSFUL; measured at AWS: 38 s. */
const CLASSIC_LAG_SECONDS = 38;

function rolloutOf(service: ServiceRecord, revisionArn: string | undefined): RolloutRecord | undefined {
  return service.rollouts.find((rollout) => rollout.revisionArn === revisionArn);
}

/** The classic view of a rollback: the old revision is PRIMARY again, the refused one FAILED. */
export function noteRollback(records: Records, service: ServiceRecord, deployment: DeploymentRecord): void {
  const now = records.now();
  const bad = rolloutOf(service, deployment.targetRevisionArn);
  const good = rolloutOf(service, deployment.candidateArn);
  addEvent(records, service, `(deployment ${deployment.rolloutId}) deployment failed: ${deployment.statusReason}`);
  if (bad) Object.assign(bad, { state: "FAILED", reason: deployment.statusReason, updatedAt: now });
  if (!good) return;
  addEvent(records, service, `rolling back to deployment ${good.id}.`);
  if (bad) bad.status = "ACTIVE";
  Object.assign(good, {
    status: "PRIMARY",
    state: "IN_PROGRESS",
    reason: `ECS deployment ${good.id} in progress.`,
    completesAt: undefined,
    updatedAt: now,
  });
}

/** Settles the service after a deployment reached a terminal status. */
export function endDeployment(records: Records, service: ServiceRecord, deployment: DeploymentRecord): void {
  deployment.finalCounts = revisionCounts(records, deployment);
  switch (deployment.status) {
    case "SUCCESSFUL":
    case "ROLLBACK_SUCCESSFUL":
      complete(records, service, deployment);
      break;
    case "STOPPED":
      hold(records, service, deployment);
      break;
    default:
      addEvent(records, service, `(deployment ${deployment.rolloutId}) deployment failed: ${deployment.statusReason}`);
  }
}

function complete(records: Records, service: ServiceRecord, deployment: DeploymentRecord): void {
  const isSuccess = deployment.status === "SUCCESSFUL";
  const revisionArn = isSuccess ? deployment.targetRevisionArn : deployment.candidateArn;
  const now = records.now();
  const isNewest = service.deploymentArn === deployment.arn;
  const rollout = rolloutOf(service, revisionArn);
  const revision = revisionArn ? records.revisions.get(revisionArn)?.revision : undefined;
  service.liveRevisionArn = revisionArn;
  if (!deployment.isRefused) service.held = undefined; // one that was turned away leaves what an earlier one left
  // After a rollback the service describes what it runs again, unless a newer change is already waiting.
  if (revision && isNewest && !isSuccess) restore(service, revision);
  if (rollout) {
    rollout.status = isNewest ? "PRIMARY" : "ACTIVE";
    rollout.completesAt = new Date(now.getTime() + CLASSIC_LAG_SECONDS * 1000);
    rollout.updatedAt = now;
  }
  const waiting = records.deploymentsOf(service.arn).filter((one) => !isOver(one));
  const kept = new Set([rollout?.id, ...waiting.map((one) => one.rolloutId)]);
  service.rollouts = service.rollouts.filter((one) => kept.has(one.id));
  if (isSuccess) addEvent(records, service, `(deployment ${deployment.rolloutId}) deployment completed.`);
}

function restore(service: ServiceRecord, revision: ServiceRevision): void {
  const { taskDefinition = "", loadBalancers, networkConfiguration, serviceRegistries } = revision;
  const { serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations } = revision;
  Object.assign(service.settings, { taskDefinition, loadBalancers, networkConfiguration, serviceRegistries });
  Object.assign(service.settings, { serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations });
}

/** Stopped without a rollback: superseded (the newer one decides), or failed with rollback off (nothing moves). */
function hold(records: Records, service: ServiceRecord, deployment: DeploymentRecord): void {
  if (service.deploymentArn !== deployment.arn) return;
  const rollout = rolloutOf(service, deployment.targetRevisionArn);
  if (rollout) Object.assign(rollout, { state: "FAILED", reason: deployment.statusReason, updatedAt: records.now() });
  addEvent(records, service, `(deployment ${deployment.rolloutId}) deployment failed: ${deployment.statusReason}`);
  const healthy = records
    .tasksOf(service.arn)
    .filter((record) => record.isHealthy && record.task.desiredStatus === "RUNNING");
  const count = (arn: string) => healthy.filter((record) => record.revisionArn === arn).length;
  service.held = { [deployment.targetRevisionArn]: count(deployment.targetRevisionArn) };
  if (deployment.candidateArn) service.held[deployment.candidateArn] = service.desiredCount;
}
