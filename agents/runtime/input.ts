import * as v from "valibot";

/** Schemas of input that several agents take. Each says in its description what it allows. */

export const calendarDate = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}$/),
  v.check(isCalendarDate),
  v.description("a date such as 2025-10-21"),
);

/** An ISO 8601 time; without a zone it is UTC. Comes out as milliseconds since 1970. */
export const instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/),
  v.check((text) => isCalendarDate(text.slice(0, 10)) && !Number.isNaN(millisecondsOf(text))),
  v.transform(millisecondsOf),
  v.description("a time such as 2025-10-21T18:00:00Z"),
);

/** Comes out in lower case and without the `@`. */
export const username = v.pipe(
  v.string(),
  v.regex(/^@?[\w.-]{1,64}$/),
  v.transform((name) => name.replace(/^@/, "").toLowerCase()),
  v.description("a user's name such as ana or @ana"),
);

export const flag = (meaning: string) => v.pipe(v.boolean(), v.description(`true or false (${meaning})`));

export const dateRange = v.pipe(
  v.strictObject({ start_date: v.optional(calendarDate), end_date: v.optional(calendarDate) }),
  v.check(({ start_date = "", end_date = "9999-12-31" }) => start_date <= end_date),
  v.description("{start_date, end_date}, dates such as 2025-10-21, the first not after the second"),
);

function millisecondsOf(text: string): number {
  return Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`);
}

/** `Date` itself turns the 31st of June into the 1st of July. */
function isCalendarDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
