import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import type { DeploymentRecord, HookRecord } from "../model.ts";
import type { Records } from "../records.ts";

/** The two kinds of EventBridge events about deployments; there is none per lifecycle stage. */

interface Announcement {
  /** What is remembered once it was sent. */
  readonly key: string;
  readonly entry: PutEventsRequestEntry;
}

const BATCH = 10; // entries that PutEvents takes at once

function ofStatus(deployment: DeploymentRecord): { name: string; isError: boolean; reason: string } | undefined {
  const { status, rolloutId, startedAt, statusReason = "" } = deployment;
  if (status === "SUCCESSFUL")
    return {
      name: "SERVICE_DEPLOYMENT_COMPLETED",
      isError: false,
      reason: `ECS deployment ${rolloutId} completed.`,
    };
  const hasFailed = deployment.rollback !== undefined || (status === "STOPPED" && !deployment.isSuperseded);
  // The guide promises FAILED to services with the circuit breaker on only.
  if (hasFailed && deployment.breaker !== "DISABLED")
    return { name: "SERVICE_DEPLOYMENT_FAILED", isError: true, reason: deployment.rollback?.reason ?? statusReason };
  if (hasFailed || !startedAt) return undefined;
  return { name: "SERVICE_DEPLOYMENT_IN_PROGRESS", isError: false, reason: `ECS deployment ${rolloutId} in progress.` };
}

function statusAnnouncement(deployment: DeploymentRecord): Announcement[] {
  const found = ofStatus(deployment);
  if (!found) return [];
  const detail = {
    eventType: found.isError ? "ERROR" : "INFO",
    eventName: found.name,
    deploymentId: deployment.rolloutId,
    updatedAt: deployment.updatedAt.toISOString(),
    reason: found.reason,
  };
  return [
    {
      key: found.name,
      entry: entry(deployment.updatedAt, "ECS Deployment State Change", deployment.serviceArn, detail),
    },
  ];
}

function hookAnnouncement(deployment: DeploymentRecord, hook: HookRecord): Announcement {
  const at = hook.closedAt ?? hook.openedAt;
  const detail = {
    eventType: hook.status === "FAILED" || hook.failure ? "ERROR" : "INFO",
    eventName: `HOOK_${hook.status}`,
    hookId: hook.hookId,
    hookType: hook.targetType,
    expiresAt: hook.expiresAt.toISOString(),
    lifecycleStage: hook.stage,
    clusterArn: deployment.clusterArn,
    serviceArn: deployment.serviceArn,
    serviceDeploymentArn: deployment.arn,
    updatedAt: at.toISOString(),
  };
  return { key: `${hook.hookId} ${hook.status}`, entry: entry(at, "ECS Hook State Change", deployment.arn, detail) };
}

const entry = (at: Date, DetailType: string, resource: string, detail: object): PutEventsRequestEntry => ({
  Time: at,
  Source: "aws.ecs",
  Resources: [resource],
  DetailType,
  Detail: JSON.stringify(detail),
});

/** Events that are due and were not sent yet. Pure. */
function dueAnnouncements(deployment: DeploymentRecord): Announcement[] {
  const all = [
    ...statusAnnouncement(deployment),
    ...deployment.hooks.map((hook) => hookAnnouncement(deployment, hook)),
  ];
  return all.filter(({ key }) => !deployment.announced.includes(key));
}

/** Sends what happened since the last call. Without EventBridge nobody listens, which the log says once. */
export class Announcer {
  readonly #records: Records;
  #isSilent = false;

  constructor(records: Records) {
    this.#records = records;
  }

  async announce(deployment: DeploymentRecord): Promise<void> {
    const due = dueAnnouncements(deployment);
    deployment.announced.push(...due.map(({ key }) => key));
    if (this.#isSilent) return;
    try {
      for (let start = 0; start < due.length; start += BATCH)
        await this.#records.context.aws.events.putEvents({
          Entries: due.slice(start, start + BATCH).map((one) => one.entry),
        });
    } catch (error) {
      this.#isSilent = error instanceof Error && error.name === "NotImplemented";
      this.#records.context.log(
        `ecs: events of deployments are not sent: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}
