import type { AlarmBook, PreviousState, StoredCompositeAlarm } from "./model.ts";

/**
 * The actions suppressor of a composite alarm. While the suppressor is in ALARM no action runs; after a transition the
 * actions wait `ActionsSuppressorWaitPeriod` for it to get there, and `ActionsSuppressorExtensionPeriod` after it left.
 */
interface Moment {
  readonly book: AlarmBook;
  readonly now: Date;
}

type Suppression = NonNullable<StoredCompositeAlarm["ActionsSuppressedBy"]>;

const after = (since: Date, seconds: number | undefined): number => since.getTime() + (seconds ?? 0) * 1000;

function mark(alarm: StoredCompositeAlarm, by: Suppression | undefined): void {
  alarm.ActionsSuppressedBy = by;
  alarm.ActionsSuppressedReason = by && `Actions suppressed by ${by}`;
}

function isSuppressing(alarm: StoredCompositeAlarm, book: AlarmBook): boolean {
  return book.get(alarm.ActionsSuppressor ?? "")?.StateValue === "ALARM";
}

function suppressionNow(alarm: StoredCompositeAlarm, { book, now }: Moment): Suppression | undefined {
  if (isSuppressing(alarm, book)) return "Alarm";
  const { suppressorLeft, waiting } = alarm;
  if (suppressorLeft && now.getTime() < after(suppressorLeft, alarm.ActionsSuppressorExtensionPeriod))
    return "ExtensionPeriod";
  // Who has been suppressed once does not wait for the suppressor a second time.
  if (waiting && !suppressorLeft && now.getTime() < after(waiting.since, alarm.ActionsSuppressorWaitPeriod))
    return "WaitPeriod";
  return undefined;
}

/** After a transition. @returns whether its actions are held back. */
export function suppressionAfter(alarm: StoredCompositeAlarm, from: PreviousState, moment: Moment): boolean {
  if (!alarm.ActionsSuppressor) return false;
  alarm.waiting = { since: moment.now, from };
  const by = suppressionNow(alarm, moment);
  mark(alarm, by);
  if (!by) alarm.waiting = undefined;
  return by !== undefined;
}

/** At any later moment. @returns the transition whose actions are due now. */
export function settle(alarm: StoredCompositeAlarm, moment: Moment): PreviousState | undefined {
  if (!alarm.ActionsSuppressor) return undefined;
  if (alarm.ActionsSuppressedBy === "Alarm" && !isSuppressing(alarm, moment.book)) alarm.suppressorLeft = moment.now;
  if (isSuppressing(alarm, moment.book)) alarm.suppressorLeft = undefined;
  const by = alarm.waiting ? suppressionNow(alarm, moment) : undefined;
  if (alarm.ActionsSuppressedBy !== by) mark(alarm, by);
  if (by || !alarm.waiting) return undefined;
  const { from } = alarm.waiting;
  alarm.waiting = undefined;
  alarm.suppressorLeft = undefined;
  return from;
}
