import { expect, test } from "@jest/globals";
import { checkProperty } from "./property.ts";

test("invariants hold through random deploys, supersessions, stops, answers, faults, scaling and time", async () => {
  const steps = await checkProperty({ seed: 20260101, runs: 6, length: 100, onProgress: () => {} });
  expect(steps).toBeGreaterThanOrEqual(150);
}, 120_000);
