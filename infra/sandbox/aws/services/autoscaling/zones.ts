/** Wall clock time in IANA time zones. Pure. */

export interface LocalTime {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(timezone, made);
  return made;
}

export function isTimezone(timezone: string): boolean {
  try {
    format(timezone);
    return true;
  } catch {
    return false;
  }
}

export function toLocal(moment: Date, timezone: string): LocalTime {
  const parts = format(timezone).formatToParts(moment);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
  };
}

const asUtc = ({ year, month, day, hour, minute, second }: LocalTime): number =>
  Date.UTC(year, month - 1, day, hour, minute, second);

/**
 * The moment at which clocks of the zone show that time; the first one when they are set back, and as if they had not
 * been set forward when they skip it.
 */
export const fromLocal = (local: LocalTime, timezone: string): Date => fromWall(asUtc(local), timezone);

/** What clocks of the zone show, as if it were UTC: for computing with it. In ms since 1970. */
export const toWall = (moment: Date, timezone: string): number => asUtc(toLocal(moment, timezone));

/** As `fromLocal`, of what `toWall` gives. */
export function fromWall(wanted: number, timezone: string): Date {
  const offset = (at: number) => toWall(new Date(at), timezone) - at;
  if (Number.isNaN(wanted)) return new Date(Number.NaN);
  const before = wanted - offset(wanted - 86_400_000);
  const after = wanted - offset(wanted + 86_400_000);
  const shown = [before, after].filter((at) => toWall(new Date(at), timezone) === wanted);
  return new Date(shown.length > 0 ? Math.min(...shown) : before);
}
