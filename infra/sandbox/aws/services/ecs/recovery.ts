import type { DeploymentRecord, TaskRecord } from "./model.ts";
import { isOver, type Records } from "./records.ts";
import { deregisterTask } from "./service/targets.ts";

const KEPT_SECONDS = 3600; // stopped tasks stay visible for an hour

/**
 * After a restart of the sandbox no process of a task is left. The tasks are recorded as stopped, which is no failure,
 * and leave the load balancer; the services' controllers then start new ones.
 */
export async function recoverTasks(records: Records): Promise<void> {
  for (const record of records.tasks.values()) {
    record.ip = undefined; // the address book is new
    if (record.task.lastStatus !== "STOPPED") markStopped(records, record);
    if (record.targets.length === 0) continue;
    await deregisterTask(records.context.aws, record).catch((error: unknown) =>
      records.context.log(`ecs: targets of task ${record.id} could not be deregistered: ${error}`),
    );
    record.targets = [];
  }
}

/**
 * The sandbox's clock starts anew with each start, at real time, so a state that ran fast lies in the future. Waits that
 * are under way move with the clock: a deployment goes on as if no time had passed since its last change.
 */
export function moveWaits(records: Records): void {
  const now = records.now();
  for (const deployment of records.deployments.values())
    if (!isOver(deployment) && deployment.updatedAt > now) moveDeployment(deployment, now);
  for (const service of records.services.values()) {
    service.backoffs = {};
    for (const rollout of service.rollouts)
      if (rollout.completesAt && rollout.completesAt > now) rollout.completesAt = now;
  }
}

function moveDeployment(deployment: DeploymentRecord, now: Date): void {
  const ahead = deployment.updatedAt.getTime() - now.getTime();
  const moved = (time: Date): Date => new Date(time.getTime() - ahead);
  deployment.updatedAt = now;
  deployment.enteredAt = moved(deployment.enteredAt);
  deployment.hooks = deployment.hooks.map((hook) => ({
    ...hook,
    expiresAt: moved(hook.expiresAt),
    nextCallAt: hook.nextCallAt && moved(hook.nextCallAt),
    closedAt: hook.closedAt && moved(hook.closedAt),
  }));
}

function markStopped(records: Records, record: TaskRecord): void {
  const now = records.now();
  record.isHealthy = false;
  Object.assign(record.task, {
    desiredStatus: "STOPPED",
    lastStatus: "STOPPED",
    stopCode: "ServiceSchedulerInitiated",
    stoppedReason: "The sandbox was stopped.",
    stoppingAt: now,
    stoppedAt: now,
  });
  for (const container of record.task.containers ?? []) container.lastStatus = "STOPPED";
}

/** Drops tasks that have been stopped for long and that nothing waits for. */
export function forgetOldTasks(records: Records): void {
  const limit = records.now().getTime() - KEPT_SECONDS * 1000;
  for (const [arn, record] of [...records.tasks.entries()])
    if (
      record.task.lastStatus === "STOPPED" &&
      record.targets.length === 0 &&
      (record.task.stoppedAt?.getTime() ?? 0) < limit
    )
      records.tasks.delete(arn);
}
