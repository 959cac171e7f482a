import type { RequestListener } from "node:http";
import type { DeploymentCircuitBreaker, DeploymentConfiguration } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";

/** Section 2.3.5 of the specification: the circuit breaker and its threshold. */

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start();
});
afterEach(() => engine.clear());
afterAll(() => engine.stop());

const BREAKER = { enable: true, rollback: true };
const TRIPPED = "Service deployment rolled back because the circuit breaker threshold was exceeded.";
const service = (configuration: DeploymentConfiguration = {}, desiredCount = 1) =>
  engine.service("alpha", { bakeTimeInMinutes: 0, ...configuration }, { deregistrationSeconds: 0, desiredCount });

test.each(["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"] as const)(
  "2.3.5 with %s, tasks that never run trip it (phase 1)",
  async (strategy) => {
    const alpha = await service({ strategy, deploymentCircuitBreaker: BREAKER });
    const over = await alpha.reaches(await alpha.deploy("v2", { kind: "crash" }), "ROLLBACK_SUCCESSFUL");
    expect(over.statusReason).toBe(TRIPPED);
    expect(over.deploymentCircuitBreaker).toEqual({ status: "TRIGGERED", failureCount: 3, threshold: 3 });
    expect(await alpha.running()).toEqual({ v1: 1 });
  },
);

test.each(["ROLLING", "BLUE_GREEN"] as const)(
  "2.3.5 with %s, tasks that fail their health checks trip it (phase 2)",
  async (strategy) => {
    const alpha = await service({ strategy, deploymentCircuitBreaker: BREAKER });
    const over = await alpha.reaches(await alpha.deploy("v2", { kind: "unhealthy" }), "ROLLBACK_SUCCESSFUL");
    expect(over.statusReason).toBe(TRIPPED);
    expect((await alpha.events()).some((text) => /is unhealthy in \(target-group/.test(text))).toBe(true);
  },
);

test.each<[string, DeploymentCircuitBreaker["thresholdConfiguration"], number, number]>([
  ["BOUNDED_PERCENT 50, never below 3", undefined, 1, 3],
  ["BOUNDED_PERCENT 50 of 8", { type: "BOUNDED_PERCENT", value: 50 }, 8, 4],
  ["UNBOUNDED_PERCENT 50 of 2", { type: "UNBOUNDED_PERCENT", value: 50 }, 2, 1],
  ["COUNT 2", { type: "COUNT", value: 2 }, 1, 2],
])("2.3.5 threshold %s", async (_case, thresholdConfiguration, desiredCount, threshold) => {
  const alpha = await service({ strategy: "ROLLING" }, desiredCount);
  const deploymentCircuitBreaker = { ...BREAKER, thresholdConfiguration };
  const arn = await alpha.deploy("v2", { kind: "crash" }, { deploymentCircuitBreaker });
  const over = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(over.deploymentCircuitBreaker).toMatchObject({ status: "TRIGGERED", threshold });
  expect(over.deploymentCircuitBreaker?.failureCount).toBeGreaterThanOrEqual(threshold);
});

test("2.3.5 the threshold follows the latest desired count", async () => {
  const alpha = await service({ deploymentCircuitBreaker: BREAKER }, 2);
  const arn = await alpha.deploy("v2", { kind: "silent" });
  await alpha.reachesStage(arn, "SCALE_UP");
  expect((await alpha.deployment(arn)).deploymentCircuitBreaker?.threshold).toBe(3);
  await alpha.update({ desiredCount: 9 });
  await engine.advance(5);
  expect((await alpha.deployment(arn)).deploymentCircuitBreaker?.threshold).toBe(5);
});

test.each([
  [true, 0],
  [false, 1],
])(
  "2.3.5 resetOnHealthyTask %s leaves a failure count of %i after a healthy task",
  async (resetOnHealthyTask, count) => {
    const alpha = await service();
    let isWell = false;
    // Its first container fails its health checks, the next one is well.
    const listener: RequestListener = (request, response) => {
      response.statusCode = isWell || request.url !== "/health" ? 200 : 500;
      response.end(JSON.stringify({ version: "v2" }));
    };
    const deploymentCircuitBreaker = { ...BREAKER, resetOnHealthyTask };
    const arn = await alpha.deploy("v2", { listener }, { deploymentCircuitBreaker, bakeTimeInMinutes: 5 });
    const failing = await alpha.until(arn, (seen) => seen.deploymentCircuitBreaker?.failureCount === 1, { step: 1 });
    expect(failing.lifecycleStage).toBe("SCALE_UP");
    isWell = true;
    const baking = await alpha.reachesStage(arn, "BAKE_TIME");
    expect(baking.deploymentCircuitBreaker).toMatchObject({ status: "MONITORING", failureCount: count });
  },
);

test("2.3.5 without the breaker a deployment that crashes goes on trying", async () => {
  const alpha = await service();
  const arn = await alpha.deploy("v2", { kind: "crash" });
  await engine.advance(900);
  const { status, deploymentCircuitBreaker } = await alpha.deployment(arn);
  expect([status, deploymentCircuitBreaker?.status]).toEqual(["IN_PROGRESS", "DISABLED"]);
});
