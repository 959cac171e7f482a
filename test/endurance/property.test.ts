import { expect, test } from "@jest/globals";
import { checkProperty } from "../engine/property.ts";
import { progress } from "./progress.ts";

/** `SEED=<number>` repeats another run. */
const seed = Number(process.env.SEED ?? 20260102);
const STEPS = 10_000;
const LONGEST = 100; // sequences are half as long on average

test("invariants hold through 10,000 random steps", async () => {
  const say = progress();
  const steps = await checkProperty({
    seed,
    runs: Math.ceil((STEPS / LONGEST) * 2.3),
    length: LONGEST,
    onProgress: (done) => say(() => `property: ${done} steps (seed ${seed})`),
  });
  process.stderr.write(`property: ${steps} steps held every invariant (seed ${seed})\n`);
  expect(steps).toBeGreaterThanOrEqual(STEPS);
}, 1_800_000);
