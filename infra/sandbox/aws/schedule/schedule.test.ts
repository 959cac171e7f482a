import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseSchedule } from "./schedule.ts";

const start = new Date("2026-01-30T10:07:30Z"); // a Friday

function next(text: string, after = start, since = start): string | undefined {
  const schedule = parseSchedule(text);
  if ("problem" in schedule) throw new Error(schedule.problem);
  return schedule.next(after, since)?.toISOString().slice(0, 16);
}

describe("when a schedule is due next", () => {
  test.each([
    ["cron(0 10 * * ? *)", "2026-01-31T10:00"],
    ["cron(15 12 * * ? *)", "2026-01-30T12:15"],
    ["cron(0 18 ? * MON-FRI *)", "2026-01-30T18:00"],
    ["cron(0 8 1 * ? *)", "2026-02-01T08:00"],
    ["cron(0/15 * * * ? *)", "2026-01-30T10:15"],
    ["cron(5/10 * * * ? *)", "2026-01-30T10:15"],
    ["cron(0 0 L * ? *)", "2026-01-31T00:00"],
    ["cron(0 0 LW * ? *)", "2026-02-27T00:00"],
    ["cron(0 0 31W * ? *)", "2026-02-27T00:00"],
    ["cron(0 0 1W * ? *)", "2026-02-02T00:00"],
    ["cron(0 0 ? * 2#2 *)", "2026-02-09T00:00"],
    ["cron(0 0 ? * 6L *)", "2026-02-27T00:00"],
    ["cron(0 0 ? * L *)", "2026-01-31T00:00"],
    ["cron(0 0 29 FEB ? *)", "2028-02-29T00:00"],
    ["cron(0 0 ? * FRI-MON *)", "2026-01-31T00:00"],
    ["cron(0 0 1 1 ? 2025)", undefined],
    ["rate(5 minutes)", "2026-01-30T10:12"],
    ["rate(1 day)", "2026-01-31T10:07"],
  ])("%s", (text, wanted) => expect(next(text)).toBe(wanted));

  test("a rate counts from its beginning", () => {
    expect(next("rate(1 hour)", new Date("2026-01-30T13:30:00Z"))).toBe("2026-01-30T14:07");
  });

  test.each([
    ["cron(* * * * * *)", /exactly one of/],
    ["cron(0 10 * * ?)", /six fields, got 5/],
    ["cron(60 10 * * ? *)", /minutes must be from 0 to 59, got "60"/],
    ["cron(0 0 ? * 2#6 *)", /no instance 6/],
    ["rate(1 minutes)", /plural/],
    ["rate(5 minute)", /plural/],
    ["rate(0 minutes)", /at least 1/],
    ["every day", /rate\(/],
  ])("%s is refused", (text, reason) => {
    expect(parseSchedule(text)).toEqual({ problem: expect.stringMatching(reason) });
  });

  test("property: the next moment is later, and nothing lies between", () => {
    const minute = fc.integer({ min: 0, max: 59 });
    const at = fc.date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(minute, fc.integer({ min: 0, max: 23 }), at, (m, h, after) => {
        const due = next(`cron(${m} ${h} * * ? *)`, after);
        const distance = new Date(`${due}Z`).getTime() - after.getTime();
        return distance > 0 && distance <= 86_400_000;
      }),
    );
  });
});
