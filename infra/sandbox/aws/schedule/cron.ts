/**
 * AWS's cron expressions: minutes, hours, day of month, month, day of week, year, in UTC.
 * Source: EventBridge user guide, "Setting a schedule pattern for scheduled rules".
 */
export interface Cron {
  /** The first moment after `after` at which it is due; `undefined` when there is none any more. */
  readonly next: (after: Date) => Date | undefined;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Names of the values from `low` on. */
  readonly words?: readonly string[];
}

const MINUTES: Field = { name: "minutes", low: 0, high: 59 };
const HOURS: Field = { name: "hours", low: 0, high: 23 };
const MONTH_DAYS: Field = { name: "day of month", low: 1, high: 31 };
const MONTH: Field = { name: "month", low: 1, high: 12, words: MONTHS };
const WEEK_DAYS: Field = { name: "day of week", low: 1, high: 7, words: DAYS };
const YEAR: Field = { name: "year", low: 1970, high: 2199 };

class CronError extends Error {}

function numberIn(field: Field, text: string): number {
  const word = field.words?.indexOf(text.toUpperCase()) ?? -1;
  const value = word >= 0 ? field.low + word : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= field.low && value <= field.high) return value;
  throw new CronError(`${field.name} must be from ${field.low} to ${field.high}, got ${JSON.stringify(text)}`);
}

/** `*`, `5`, `1-15`, `FRI-MON`, `1/10`, steps over all, and lists of those. */
function valuesOf(field: Field, text: string): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", step] = part.split("/");
    const [first = "", last] = range === "*" ? [String(field.low), String(field.high)] : range.split("-");
    const from = numberIn(field, first);
    const to = last === undefined ? (step === undefined ? from : field.high) : numberIn(field, last);
    const stride = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(stride) || stride < 1)
      throw new CronError(`${field.name} has a step that is no whole number above 0: ${JSON.stringify(part)}`);
    // A range may go over the end: FRI-MON.
    const span = field.high - field.low + 1;
    const length = to >= from ? to - from : to - from + span;
    for (let at = 0; at <= length; at += stride) values.add(field.low + ((from - field.low + at) % span));
  }
  return values;
}

/** A day of a month. */
interface Day {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

const lastDay = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** 1 is Sunday. */
const weekDay = ({ year, month, day }: Day): number => new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

/** The weekday (Monday to Friday) nearest to a day, without leaving the month. */
function nearestWeekday({ year, month, day }: Day): number {
  const end = lastDay(year, month);
  const wanted = Math.min(day, end);
  const which = weekDay({ year, month, day: wanted });
  if (which === 7) return wanted > 1 ? wanted - 1 : wanted + 2;
  if (which === 1) return wanted < end ? wanted + 1 : wanted - 2;
  return wanted;
}

type DayTest = (day: Day) => boolean;

function monthDays(text: string): DayTest {
  if (text === "L") return ({ year, month, day }) => day === lastDay(year, month);
  if (text === "LW")
    return ({ year, month, day }) => day === nearestWeekday({ year, month, day: lastDay(year, month) });
  const weekday = /^(\d+)W$/.exec(text)?.[1];
  if (weekday !== undefined) {
    const wanted = numberIn(MONTH_DAYS, weekday);
    return ({ year, month, day }) => day === nearestWeekday({ year, month, day: wanted });
  }
  const values = valuesOf(MONTH_DAYS, text);
  return ({ day }) => values.has(day);
}

function weekDays(text: string): DayTest {
  const [, instance, nth] = /^(\w+)#(\d)$/.exec(text) ?? [];
  if (instance !== undefined) {
    const wanted = numberIn(WEEK_DAYS, instance);
    if (!/^[1-5]$/.test(nth ?? "")) throw new CronError(`day of week has no instance ${nth} in a month (1 to 5)`);
    return (day) => weekDay(day) === wanted && Math.ceil(day.day / 7) === Number(nth);
  }
  if (text === "L") return (day) => weekDay(day) === 7;
  const last = /^(\w+)L$/.exec(text)?.[1];
  if (last !== undefined) {
    const wanted = numberIn(WEEK_DAYS, last);
    return (day) => weekDay(day) === wanted && day.day > lastDay(day.year, day.month) - 7;
  }
  const values = valuesOf(WEEK_DAYS, text);
  return (day) => values.has(weekDay(day));
}

function dayTest(ofMonth: string, ofWeek: string): DayTest {
  if ((ofMonth === "?") === (ofWeek === "?"))
    throw new CronError("exactly one of day of month and day of week must be ?");
  return ofWeek === "?" ? monthDays(ofMonth) : weekDays(ofWeek);
}

const sorted = (values: ReadonlySet<number>): number[] => [...values].sort((a, b) => a - b);

interface Parts {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  readonly isDue: DayTest;
}

function* daysFrom({ years, months, isDue }: Parts, after: Date): Generator<Day> {
  for (const year of years.filter((one) => one >= after.getUTCFullYear()))
    for (const month of months) {
      if (Date.UTC(year, month, 1) <= after.getTime()) continue;
      for (let day = 1; day <= lastDay(year, month); day++) if (isDue({ year, month, day })) yield { year, month, day };
    }
}

function nextOf(parts: Parts, after: Date): Date | undefined {
  for (const { year, month, day } of daysFrom(parts, after))
    for (const hour of parts.hours)
      for (const minute of parts.minutes) {
        const moment = Date.UTC(year, month - 1, day, hour, minute);
        if (moment > after.getTime()) return new Date(moment);
      }
  return undefined;
}

/** @param fields what stands between the brackets, e.g. `0 10 * * ? *`. */
export function parseCron(fields: string): Cron | { readonly problem: string } {
  const all = fields.trim().split(/\s+/);
  if (all.length !== 6) return { problem: `a cron expression has six fields, got ${all.length}` };
  const [minutes = "", hours = "", ofMonth = "", month = "", ofWeek = "", year = ""] = all;
  try {
    const parts: Parts = {
      minutes: sorted(valuesOf(MINUTES, minutes)),
      hours: sorted(valuesOf(HOURS, hours)),
      months: sorted(valuesOf(MONTH, month)),
      years: sorted(valuesOf(YEAR, year)),
      isDue: dayTest(ofMonth, ofWeek),
    };
    return { next: (after) => nextOf(parts, after) };
  } catch (error) {
    if (error instanceof CronError) return { problem: error.message };
    throw error;
  }
}
