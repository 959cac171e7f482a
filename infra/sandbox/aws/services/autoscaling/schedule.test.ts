import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { nextAfter, parseSchedule } from "./schedule.ts";
import { fromLocal, toLocal } from "./zones.ts";

const at = (text: string) => new Date(`${text}Z`);

function next(expression: string, after: string, timezone?: string): string | undefined {
  const schedule = parseSchedule(expression, timezone);
  if (typeof schedule === "string") throw new Error(schedule);
  return nextAfter(schedule, at(after), { createdAt: at("2026-01-01T00:00:00") })
    ?.toISOString()
    .slice(0, 19);
}

test.each([
  ["cron(0 8 * * ? *)", "2026-03-01T08:00:00", "2026-03-02T08:00:00"],
  ["cron(0/15 * * * ? *)", "2026-03-01T08:16:00", "2026-03-01T08:30:00"],
  ["cron(30 22 ? * MON-FRI *)", "2026-03-06T23:00:00", "2026-03-09T22:30:00"],
  ["cron(0 0 L * ? *)", "2026-02-01T00:00:00", "2026-02-28T00:00:00"],
  ["cron(0 0 ? * 6L *)", "2026-02-01T00:00:00", "2026-02-27T00:00:00"],
  ["cron(0 0 ? * TUE#2 *)", "2026-02-01T00:00:00", "2026-02-10T00:00:00"],
  ["cron(0 12 29 2 ? *)", "2026-03-01T00:00:00", "2028-02-29T12:00:00"],
  ["cron(0 0 ? * FRI-MON *)", "2026-03-03T00:00:00", "2026-03-06T00:00:00"],
  ["cron(5,10 1 1 JAN,JUL ? 2027)", "2026-03-03T00:00:00", "2027-01-01T01:05:00"],
  ["cron(0 8 1W * * *)", "2026-08-02T00:00:00", "2026-08-03T08:00:00"],
  ["cron(0 8 * * MON *)", "2026-03-03T00:00:00", "2026-03-09T08:00:00"],
  ["cron(0 0 1 1 ? 2026)", "2026-03-03T00:00:00", undefined],
  ["rate(5 minutes)", "2026-01-01T00:07:00", "2026-01-01T00:10:00"],
  ["rate(1 day)", "2026-01-01T00:00:00", "2026-01-02T00:00:00"],
  ["at(2026-05-01T10:00:00)", "2026-03-03T00:00:00", "2026-05-01T10:00:00"],
  ["at(2026-05-01T10:00:00)", "2026-05-01T10:00:00", undefined],
])("%s after %s: %s", (expression, after, expected) => {
  expect(next(expression, after)).toBe(expected);
});

test.each([
  ["cron(0 8 * * ? *)", "2026-07-01T00:00:00", "Europe/Zurich", "2026-07-01T06:00:00"],
  ["cron(0 8 * * ? *)", "2026-01-01T00:00:00", "Europe/Zurich", "2026-01-01T07:00:00"],
  ["at(2026-07-01T08:00:00)", "2026-01-01T00:00:00", "America/New_York", "2026-07-01T12:00:00"],
  // Clocks skip from 2 to 3 that night: it runs as if they had not been set yet.
  ["cron(30 2 * * ? *)", "2026-03-28T12:00:00", "Europe/Zurich", "2026-03-29T01:30:00"],
  ["cron(30 2 * * ? *)", "2026-03-29T01:10:00", "Europe/Zurich", "2026-03-29T01:30:00"],
  // From 3 they are set back to 2: what is due in that hour runs once.
  ["cron(30 2 * * ? *)", "2026-10-25T00:30:00", "Europe/Zurich", "2026-10-26T01:30:00"],
])("%s after %s in %s: %s", (expression, after, timezone, expected) => {
  expect(next(expression, after, timezone)).toBe(expected);
});

test("a rate with a start time runs at that time too", () => {
  const schedule = parseSchedule("rate(10 minutes)");
  if (typeof schedule === "string") throw new Error(schedule);
  const origin = { createdAt: at("2026-01-01T00:00:00"), startTime: at("2026-01-01T00:03:00") };
  const run = (after: string) => nextAfter(schedule, at(after), origin)?.toISOString().slice(11, 19);
  expect([run("2026-01-01T00:00:00"), run("2026-01-01T00:03:00")]).toEqual(["00:03:00", "00:13:00"]);
});

test.each([
  "every day",
  "cron(0 8 * * *)",
  "cron(60 8 * * ? *)",
  "cron(0 8 ? * ? *)",
  "cron(0 8 1 * MON *)",
  "rate(0 minutes)",
  "rate(5 fortnights)",
  "at(tomorrow)",
  "at(2026-13-01T00:00:00)",
])("%s is refused with a sentence", (expression) => {
  expect(parseSchedule(expression)).toEqual(expect.stringMatching(/\w+ .*\w/));
});

test("an unknown time zone is refused", () => {
  expect(parseSchedule("rate(1 day)", "Mars/Olympus")).toMatch(/Mars\/Olympus/);
});

test("local time and back is the same moment, outside the hours that clocks repeat", () => {
  const zones = fc.constantFrom("UTC", "Asia/Kolkata", "Pacific/Tahiti", "Etc/GMT+9");
  const moments = fc.date({ min: at("1990-01-01T00:00:00"), max: at("2100-01-01T00:00:00"), noInvalidDate: true });
  fc.assert(
    fc.property(moments, zones, (moment, zone) => {
      const whole = new Date(Math.floor(moment.getTime() / 1000) * 1000);
      expect(fromLocal(toLocal(whole, zone), zone)).toEqual(whole);
    }),
  );
});

test("the next run is after the moment asked about and matches the expression's minutes and hours", () => {
  const moments = fc.date({ min: at("2020-01-01T00:00:00"), max: at("2090-01-01T00:00:00"), noInvalidDate: true });
  fc.assert(
    fc.property(moments, fc.nat(59), fc.nat(23), (moment, minute, hour) => {
      const schedule = parseSchedule(`cron(${minute} ${hour} * * ? *)`, "Europe/Zurich");
      if (typeof schedule === "string") throw new Error(schedule);
      const found = nextAfter(schedule, moment, { createdAt: moment });
      if (!found) throw new Error("a daily run has a next one");
      expect(found.getTime()).toBeGreaterThan(moment.getTime());
      expect(found.getTime() - moment.getTime()).toBeLessThanOrEqual(25 * 3_600_000);
    }),
    { numRuns: 50 },
  );
});
