import { expect, test } from "@jest/globals";
import { agrees, rollUnderLoad, type Window } from "../engine/rollouts.ts";
import { progress } from "./progress.ts";

const DEPLOYMENTS = 50;

/** Requests of all windows with the same weight, taken together. */
function byWeight(windows: readonly Window[]): Window[] {
  const sums = new Map<number, Window>();
  for (const { percent, requests, served } of windows) {
    const known = sums.get(percent) ?? { version: "all", percent, requests: 0, served: 0 };
    sums.set(percent, { ...known, requests: known.requests + requests, served: known.served + served });
  }
  return [...sums.values()].sort((a, b) => a.percent - b.percent);
}

test("50 deployments in a row under 200 requests a second lose no request and shift the shares they say", async () => {
  const result = await rollUnderLoad(DEPLOYMENTS, progress());
  const sums = byWeight(result.windows);
  const rows = sums.map(
    ({ percent, requests, served }) =>
      `${String(percent).padStart(6)} %  ${String(requests).padStart(8)}  ${((100 * served) / requests).toFixed(2).padStart(8)} %`,
  );
  process.stderr.write(
    `\n${result.requests} requests at ${result.rate.toFixed(0)}/s, ${result.lost.length} lost\n` +
      `  weight  requests  measured\n${rows.join("\n")}\n\n`,
  );
  expect(result.statuses).toEqual(Array.from({ length: DEPLOYMENTS }, () => "SUCCESSFUL"));
  expect(result.lost).toEqual([]);
  expect(result.rate).toBeGreaterThan(190);
  expect([...result.windows, ...sums].filter((window) => !agrees(window))).toEqual([]);
}, 1_800_000);
