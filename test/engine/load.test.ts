import { expect, test } from "@jest/globals";
import { agrees, rollUnderLoad } from "./rollouts.ts";

test("three deployments under 200 requests a second lose no request and shift the shares they say", async () => {
  const { lost, windows, statuses, requests } = await rollUnderLoad(3, () => {});
  expect(statuses).toEqual(["SUCCESSFUL", "SUCCESSFUL", "SUCCESSFUL"]);
  expect(requests).toBeGreaterThan(500);
  expect(lost).toEqual([]);
  expect(windows.filter((window) => !agrees(window))).toEqual([]);
  expect(new Set(windows.map(({ percent }) => percent))).toEqual(new Set([0, 10, 30, 60, 90, 100]));
}, 120_000);

test("a share that is off is noticed: 13 % where 10 % should be, in 2,000 requests", () => {
  expect(agrees({ version: "v1", percent: 10, requests: 2000, served: 200 })).toBe(true);
  expect(agrees({ version: "v1", percent: 10, requests: 2000, served: 265 })).toBe(false);
  expect(agrees({ version: "v1", percent: 0, requests: 2000, served: 40 })).toBe(false);
});
