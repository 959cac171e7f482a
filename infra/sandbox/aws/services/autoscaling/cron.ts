import { fromLocal, type LocalTime, toLocal } from "./zones.ts";

/** Cron expressions of six fields: minutes, hours, day of month, month, day of week, year. Pure. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  readonly onDay: (day: DayOfMonth) => boolean;
}

interface DayOfMonth {
  readonly day: number;
  /** 1 is Sunday. */
  readonly weekday: number;
  readonly lastDay: number;
}

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIELDS: readonly Field[] = [
  { name: "minutes", from: 0, to: 59 },
  { name: "hours", from: 0, to: 23 },
  { name: "day of month", from: 1, to: 31 },
  { name: "month", from: 1, to: 12, names: MONTHS },
  { name: "day of week", from: 1, to: 7, names: DAYS },
  { name: "year", from: 1970, to: 2199 },
];
/** How far ahead a next run is looked for: leap days come every four years, with one gap of eight. */
const LOOK_AHEAD_DAYS = 366 * 9;
const DAY_MS = 86_400_000;

class CronError extends Error {}

function numberOf(text: string, { name, from, to, names = [] }: Field): number {
  const named = names.indexOf(text.toUpperCase());
  const value = named >= 0 ? named + from : Number(text);
  if (/^\d+$/.test(text) || named >= 0) if (value >= from && value <= to) return value;
  throw new CronError(`${name} of a cron expression is from ${from} to ${to}. Got: ${text}`);
}

/** Values of a field of lists, ranges and steps. */
function valuesOf(text: string, field: Field): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", step = "1"] = part.split("/");
    const isStep = part.includes("/");
    if (!(Number(step) >= 1)) throw new CronError(`Step of ${field.name} must be at least 1. Got: ${part}`);
    const [low, high] = range === "*" ? [field.from, field.to] : boundsOf(range, field, isStep);
    // FRI-MON goes over the end of the week.
    const end = low > high ? high + (field.to - field.from + 1) : high;
    for (let value = low; value <= end; value += Number(step)) values.add(value > field.to ? value - field.to : value);
  }
  return values;
}

function boundsOf(range: string, field: Field, isStep: boolean): [number, number] {
  const [first = "", last] = range.split("-");
  const low = numberOf(first, field);
  if (last !== undefined) return [low, numberOf(last, field)];
  return [low, isStep ? field.to : low];
}

type OnDay = Cron["onDay"];

function onDayOfMonth(text: string, field: Field): OnDay {
  if (text === "L") return ({ day, lastDay }) => day === lastDay;
  if (text.includes("W"))
    throw new CronError(`The sandbox's cron expressions have no W (nearest weekday). Got: ${text}`);
  const values = valuesOf(text, field);
  return ({ day }) => values.has(day);
}

function onDayOfWeek(text: string, field: Field): OnDay {
  if (text === "L") return ({ weekday }) => weekday === field.to;
  const last = /^(\w+)L$/.exec(text)?.[1];
  if (last && !DAYS.includes(text.toUpperCase())) {
    const wanted = numberOf(last, field);
    return ({ day, weekday, lastDay }) => weekday === wanted && day > lastDay - 7;
  }
  const [which = "", nth] = text.split("#");
  if (nth !== undefined) {
    const wanted = numberOf(which, field);
    return ({ day, weekday }) => weekday === wanted && Math.ceil(day / 7) === Number(nth);
  }
  const values = valuesOf(text, field);
  return ({ weekday }) => values.has(weekday);
}

/** @returns why it is wrong, as a sentence, when it is. */
export function parseCron(text: string): Cron | string {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length)
    return `A cron expression has the six fields minutes, hours, day of month, month, day of week and year. Got: ${text}`;
  const [, , dayOfMonth = "", , dayOfWeek = ""] = parts;
  if ((dayOfMonth === "?") === (dayOfWeek === "?") && dayOfMonth === "?")
    return "Day of month and day of week of a cron expression can't both be ?.";
  if (![dayOfMonth, dayOfWeek].some((field) => field === "?" || field === "*"))
    return "If one of day of month and day of week of a cron expression has a value, the other must be ? or *.";
  try {
    return compiled(parts);
  } catch (error) {
    if (error instanceof CronError) return error.message;
    throw error;
  }
}

function compiled(parts: readonly string[]): Cron {
  const field = (index: number) => FIELDS[index] as Field;
  const values = (index: number) => valuesOf(parts[index] ?? "", field(index));
  const sorted = (index: number) => [...values(index)].sort((a, b) => a - b);
  const [monthly, weekly] = [parts[2] ?? "", parts[4] ?? ""];
  const any = (text: string) => text === "?" || text === "*";
  return {
    minutes: sorted(0),
    hours: sorted(1),
    months: values(3),
    years: values(5),
    onDay: any(weekly) ? (any(monthly) ? () => true : onDayOfMonth(monthly, field(2))) : onDayOfWeek(weekly, field(4)),
  };
}

/** The first moment after `after` at which clocks of the zone show a time of the expression. */
export function cronAfter(cron: Cron, after: Date, timezone: string): Date | undefined {
  const start = toLocal(after, timezone);
  const first = Date.UTC(start.year, start.month - 1, start.day);
  for (let ahead = 0; ahead <= LOOK_AHEAD_DAYS; ahead++) {
    const date = new Date(first + ahead * DAY_MS);
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
    if (!cron.years.has(year) || !cron.months.has(month)) continue;
    if (!cron.onDay({ day, weekday: date.getUTCDay() + 1, lastDay })) continue;
    const found = firstOfDay(cron, { year, month, day, hour: 0, minute: 0, second: 0 }, { after, timezone });
    if (found) return found;
  }
  return undefined;
}

function firstOfDay(
  { hours, minutes }: Cron,
  date: LocalTime,
  { after, timezone }: { after: Date; timezone: string },
): Date | undefined {
  for (const hour of hours) {
    const last = fromLocal({ ...date, hour, minute: minutes.at(-1) ?? 59 }, timezone);
    if (last <= after) continue;
    for (const minute of minutes) {
      const moment = fromLocal({ ...date, hour, minute }, timezone);
      if (moment > after) return moment;
    }
  }
  return undefined;
}
