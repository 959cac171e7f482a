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

const LAST = "last";

/** Writes down that the sandbox lives at this moment of its clock; cheap enough for every interval of the loop. */
export function noteTime(records: Records): void {
  records.times.set(LAST, records.now());
}

/**
 * The sandbox's clock starts anew with each start, at real time: a state that ran fast lies in the future, one that was
 * at rest in the past. Waits that are under way move with the clock: a deployment goes on as if no time had passed
 * while there was no sandbox, so that a bake is never over without having been watched.
 */
export function moveWaits(records: Records): void {
  const now = records.now();
  const moved = moverOf(records.times.get(LAST), now);
  for (const deployment of records.deployments.values())
    if (!isOver(deployment)) moveDeployment(deployment, moved ?? moverOf(latest(deployment.updatedAt, now), now));
  for (const service of records.services.values()) {
    service.backoffs = {};
    for (const rollout of service.rollouts)
      if (rollout.completesAt && rollout.completesAt > now) rollout.completesAt = now;
  }
  noteTime(records);
}

type Mover = (time: Date) => Date;

const moverOf = (last: Date | undefined, now: Date): Mover | undefined =>
  last && ((time) => new Date(time.getTime() + now.getTime() - last.getTime()));

/** For a state whose last moment was not written down: then only what lies in the future is sure to be wrong. */
const latest = (time: Date, now: Date): Date | undefined => (time > now ? time : undefined);

function moveDeployment(deployment: DeploymentRecord, moved: Mover | undefined): void {
  if (!moved) return;
  deployment.updatedAt = moved(deployment.updatedAt);
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
