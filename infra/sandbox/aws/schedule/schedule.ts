import { parseCron } from "./cron.ts";

/** `rate(5 minutes)` or `cron(0 10 * * ? *)`. */
export interface Schedule {
  /**
   * The first moment after `after` at which it is due; `undefined` when there is none any more.
   * @param since from when a rate counts
   */
  readonly next: (after: Date, since: Date) => Date | undefined;
}

const SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

function rate(value: number, unit: string): Schedule | { readonly problem: string } {
  const seconds = SECONDS[unit.replace(/s$/, "")] ?? 0;
  if (value < 1) return { problem: `a rate must be at least 1, got ${value}` };
  if ((value === 1) === unit.endsWith("s"))
    return { problem: `rate(1 ...) takes minute, hour or day and more takes the plural, got rate(${value} ${unit})` };
  const ms = value * seconds * 1000;
  return {
    next: (after, since) => {
      const passed = Math.max(0, after.getTime() - since.getTime());
      return new Date(since.getTime() + (Math.floor(passed / ms) + 1) * ms);
    },
  };
}

export function parseSchedule(text: string): Schedule | { readonly problem: string } {
  const [, value, unit = ""] = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(text) ?? [];
  if (value !== undefined) return rate(Number(value), unit);
  const fields = /^cron\((.*)\)$/.exec(text)?.[1];
  if (fields !== undefined) return parseCron(fields);
  return { problem: `a schedule is rate(<value> <unit>) or cron(<fields>), got ${JSON.stringify(text)}` };
}
