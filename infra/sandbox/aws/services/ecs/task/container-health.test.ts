import type { HealthStatus } from "@aws-sdk/client-ecs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { afterCheck, checkCommand, type HealthState, taskHealth, UNCHECKED } from "./container-health.ts";

const CHECK = { command: ["CMD", "check"], retries: 3, startPeriod: 30 };

const after = (results: readonly boolean[], seconds: number): HealthState =>
  results.reduce(
    (state, hasPassed, index) => afterCheck(state, CHECK, { hasPassed, elapsedSeconds: (index + 1) * seconds }),
    UNCHECKED,
  );

test("failures in the start period do not count until a check has passed", () => {
  expect(after([false, false, false], 10).status).toBe("UNKNOWN");
  expect(after([false, false, false, false, false, false], 10).status).toBe("UNHEALTHY");
  expect(after([true, false, false, false], 5).status).toBe("UNHEALTHY");
});

test("one pass makes it healthy, `retries` failures in a row make it unhealthy", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (results) => {
      const { status } = after(results, 60); // every check is after the start period
      const failures = results.length - 1 - results.lastIndexOf(true);
      const healthy = results.includes(true) ? "HEALTHY" : "UNKNOWN";
      expect(status).toBe(failures >= CHECK.retries ? "UNHEALTHY" : healthy);
    }),
  );
});

test.each<[HealthStatus[], HealthStatus]>([
  [["UNHEALTHY", "UNKNOWN"], "UNHEALTHY"],
  [["UNHEALTHY", "HEALTHY"], "UNHEALTHY"],
  [["HEALTHY", "UNKNOWN"], "UNKNOWN"],
  [["HEALTHY", "HEALTHY"], "HEALTHY"],
  [[], "UNKNOWN"],
])("a task of %j is %s", (containers, health) => {
  expect(taskHealth(containers)).toBe(health);
});

test("a command may be words or a shell's line, or none at all", () => {
  expect(checkCommand({ command: ["CMD", "node", "check.mjs"] })).toEqual(["node", "check.mjs"]);
  expect(checkCommand({ command: ["CMD-SHELL", "exit 1"] })).toEqual(["/bin/sh", "-c", "exit 1"]);
  expect(checkCommand({ command: ["NONE"] })).toBeUndefined();
  expect(checkCommand(undefined)).toBeUndefined();
});
