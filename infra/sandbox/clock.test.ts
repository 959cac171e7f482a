import { describe, expect, test } from "@jest/globals";
import { manualClock, scaledClock } from "./clock.ts";

describe("a scaled clock", () => {
  test("a minute lasts a second at scale 60, and a poll keeps its real bounds", async () => {
    const clock = scaledClock(60);
    const started = Date.now();
    await clock.sleep(6);
    const slept = Date.now() - started;
    await clock.poll(600, { atMostMs: 50 });
    await clock.poll(0, { atLeastMs: 50 });
    const all = Date.now() - started;
    expect(slept).toBeGreaterThanOrEqual(99);
    expect(all - slept).toBeGreaterThanOrEqual(98);
    expect(all).toBeLessThan(2_000);
  });

  test("a jump ends waits that are over by then, and leaves the others", async () => {
    const clock = scaledClock(1);
    const stop = new AbortController();
    const order: string[] = [];
    const short = clock.sleep(3600).then(() => order.push("hour"));
    const long = clock.sleep(7200, stop.signal).catch(() => order.push("stopped"));
    const before = clock.now().getTime();
    clock.jump(3601);
    await short;
    expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(3_601_000);
    stop.abort();
    await long;
    expect(order).toEqual(["hour", "stopped"]);
  });

  test("a wait longer than a timer can hold does not end at once", async () => {
    const stop = new AbortController();
    let ended = false;
    const wait = scaledClock(1).sleep(60 * 24 * 3600, stop.signal);
    wait.then(
      () => {
        ended = true;
      },
      () => {},
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ended).toBe(false);
    stop.abort();
    await expect(wait).rejects.toThrow();
  });
});

describe("a clock driven by hand", () => {
  test("waits end in order of their moments, each before the next", async () => {
    const clock = manualClock();
    const seen: string[] = [];
    const note = (what: string) => seen.push(`${clock.now().toISOString().slice(14, 19)} ${what}`);
    void clock.sleep(20).then(() => note("b"));
    void clock.sleep(10).then(async () => {
      note("a");
      await clock.sleep(5);
      note("a again");
    });
    await clock.advance(60);
    expect(seen).toEqual(["00:10 a", "00:15 a again", "00:20 b"]);
    expect(clock.now().toISOString()).toBe("2026-01-01T00:01:00.000Z");
    expect(clock.waiting).toBe(0);
  });

  test("time stands still until held work is over", async () => {
    const clock = manualClock();
    const seen: string[] = [];
    const work = async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      seen.push(`work at ${clock.now().toISOString().slice(14, 19)}`);
    };
    void clock.sleep(1).then(() => clock.hold(work()));
    void clock.sleep(2).then(() => seen.push("later"));
    await clock.advance(5);
    expect(seen).toEqual(["work at 00:01", "later"]);
  });
});
