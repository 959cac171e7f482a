import type { Book, ScheduledRecord, TargetRecord } from "./book.ts";
import { noteLimits } from "./ecs-service.ts";
import { nextAfter, parseSchedule } from "./schedule.ts";
import { setLimits } from "./targets.ts";

/** The next run of a scheduled action, `undefined` when there is none any more. */
export function nextRun(action: ScheduledRecord): Date | undefined {
  const schedule = parseSchedule(action.schedule, action.timezone);
  if (typeof schedule === "string") return undefined; // was refused when it was put
  const { startTime, endTime, checkedAt } = action;
  // A start time is a moment at which it may run already.
  const after = startTime && startTime > checkedAt ? new Date(startTime.getTime() - 1) : checkedAt;
  const next = nextAfter(schedule, after, action);
  return next && endTime && next > endTime ? undefined : next;
}

const words = ({ MinCapacity: min, MaxCapacity: max }: ScheduledRecord["action"]): string =>
  [min === undefined ? [] : `min capacity to ${min}`, max === undefined ? [] : `max capacity to ${max}`]
    .flat()
    .join(" and ");

/** Runs what is due. Several missed runs of one action, as after a jump of the clock, are one. */
export function runDue(book: Book, target: TargetRecord): void {
  const now = book.now();
  for (const action of book.scheduledOf(target.resourceId)) {
    const next = nextRun(action);
    if (!next || next > now) continue;
    action.checkedAt = now;
    if (target.suspended.ScheduledScalingSuspended) continue;
    const limits = words(action.action);
    try {
      setLimits(target, { min: action.action.MinCapacity, max: action.action.MaxCapacity });
      noteLimits(book, target, { limits, name: action.name });
    } catch (error) {
      noteLimits(book, target, { limits, name: action.name, problem: error instanceof Error ? error.message : "" });
    }
  }
}
