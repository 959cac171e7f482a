import { type Cron, parseCron } from "../../schedule/cron.ts";
import { fromLocal, fromWall, isTimezone, toWall } from "./zones.ts";

/** When a scheduled action runs: `at(…)`, `rate(…)` or `cron(…)`. Pure. */
export type Schedule =
  | { readonly kind: "at"; readonly at: Date }
  | { readonly kind: "rate"; readonly seconds: number }
  | { readonly kind: "cron"; readonly cron: Cron; readonly timezone: string };

const UNITS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

function parseAt(text: string, timezone: string): Schedule | string {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? [])
    .slice(1)
    .map((part) => Number(part ?? 0));
  const at = fromLocal({ year, month, day, hour, minute, second }, timezone);
  if (!match || Number.isNaN(at.getTime()) || month > 12 || day > 31)
    return `at expressions are at(yyyy-mm-ddThh:mm:ss). Got: at(${text})`;
  return { kind: "at", at };
}

function parseRate(text: string): Schedule | string {
  const [, value = "", unit = ""] = /^(\d+) (minute|hour|day)s?$/.exec(text) ?? [];
  if (!(Number(value) >= 1)) return `rate expressions are rate(<number> minutes|hours|days). Got: rate(${text})`;
  return { kind: "rate", seconds: Number(value) * (UNITS[unit] ?? 60) };
}

/** Here, unlike in rules of EventBridge, `*` for a day means the same as `?` when the other day is given. */
function parseCronIn(text: string, timezone: string): Schedule | string {
  const fields = text.trim().split(/\s+/);
  const [, , ofMonth, , ofWeek] = fields;
  if (ofWeek === "*" && ofMonth !== "?") fields[4] = "?";
  else if (ofMonth === "*" && ofWeek !== "?") fields[2] = "?";
  const cron = parseCron(fields.join(" "));
  return "problem" in cron ? `${cron.problem}. Got: cron(${text})` : { kind: "cron", cron, timezone };
}

/** Clocks that are set forward skip at most this much; what lies in there runs later, so it is looked for from before. */
const LONGEST_SKIP_MS = 3_600_000;

/** The first moment after `after` at which clocks of the zone show a time of the expression. */
function cronAfter(cron: Cron, after: Date, timezone: string): Date | undefined {
  let wall = cron.next(new Date(toWall(after, timezone) - LONGEST_SKIP_MS));
  while (wall) {
    const moment = fromWall(wall.getTime(), timezone);
    if (moment > after) return moment;
    wall = cron.next(wall);
  }
  return undefined;
}

/** @returns why it is wrong, as a sentence, when it is. */
export function parseSchedule(expression: string, timezone = "UTC"): Schedule | string {
  if (!isTimezone(timezone)) return `Timezone ${timezone} is not the name of an IANA time zone.`;
  const [, kind, text = ""] = /^(at|rate|cron)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === "at") return parseAt(text, timezone);
  if (kind === "rate") return parseRate(text);
  if (kind !== "cron") return `Schedule must be at(…), rate(…) or cron(…). Got: ${expression}`;
  return parseCronIn(text, timezone);
}

/**
 * The first moment after `after`. @param origin where a rate counts from: the start time, at which it runs too, or the
 * creation, after which the first period passes (the documentation does not say; one place to change).
 */
export function nextAfter(
  schedule: Schedule,
  after: Date,
  origin: { readonly startTime?: Date | undefined; readonly createdAt: Date },
): Date | undefined {
  switch (schedule.kind) {
    case "at":
      return schedule.at > after ? schedule.at : undefined;
    case "rate": {
      const { startTime, createdAt } = origin;
      const period = schedule.seconds * 1000;
      const first = startTime ? startTime.getTime() : createdAt.getTime() + period;
      const passed = Math.max(0, Math.floor((after.getTime() - first) / period) + 1);
      return new Date(first + passed * period);
    }
    case "cron":
      return cronAfter(schedule.cron, after, schedule.timezone);
  }
}
