import type { DeploymentLifecycleHook } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { CLUSTER, Engine } from "./engine.ts";

/** Section 2.6 of the specification: concurrent updates, desired count, capacity, Spot, crash loops. */

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start();
  await engine.ecs.putClusterCapacityProviders({
    cluster: CLUSTER,
    capacityProviders: ["FARGATE", "FARGATE_SPOT"],
    defaultCapacityProviderStrategy: [],
  });
});
afterEach(() => engine.clear());
afterAll(() => engine.stop());

const PAUSE: DeploymentLifecycleHook[] = [{ targetType: "PAUSE", lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"] }];

test("2.6: an update during a deployment supersedes it; it is neither queued nor refused", async () => {
  const alpha = await engine.service("alpha");
  const old = await alpha.deploy("v2", {}, { lifecycleHooks: PAUSE });
  await alpha.pauses(old);
  const next = await alpha.deploy("v3", {}, { lifecycleHooks: [] });
  expect(next).not.toBe(old);
  await alpha.reaches(old, "STOPPED");
  await alpha.reaches(next, "SUCCESSFUL");
  expect(await alpha.asks(alpha.productionUrl)).toBe("v3");
  expect((await alpha.deployments()).map(({ status }) => status)).toEqual(["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]);
});

test("2.6: superseding a canary whose weights are split ends with all traffic on the new revision", async () => {
  const alpha = await engine.service("alpha");
  const canary = {
    strategy: "CANARY" as const,
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 10 },
  };
  const old = await alpha.deploy("v2", {}, canary);
  await engine.until(async () => ((await alpha.production()).blue === 10 ? true : undefined), { step: 1 });
  const next = await alpha.deploy("v3", {}, canary);
  await alpha.reaches(old, "STOPPED");
  expect((await alpha.deployment(next)).statusReason).toBeUndefined();
  await alpha.reaches(next, "SUCCESSFUL");
  expect(await alpha.running()).toEqual({ v3: 1 });
  expect(await alpha.asks(alpha.productionUrl)).toBe("v3");
});

test("2.6: the production URL answers through every second of a supersession", async () => {
  const alpha = await engine.service("alpha", {}, { desiredCount: 2 });
  const old = await alpha.deploy("v2");
  await alpha.reachesStage(old, "BAKE_TIME"); // production is on v2 by now
  const next = await alpha.deploy("v3");
  for (let second = 0; second < 150; second += 3) {
    expect(await alpha.asks(alpha.productionUrl)).toMatch(/^v[23]$/);
    await engine.advance(3);
  }
  expect((await alpha.deployment(next)).status).toBe("SUCCESSFUL");
});

test("2.6: ConflictException is only for stopping what is no longer running", async () => {
  const alpha = await engine.service("alpha");
  const stop = engine.ecs.stopServiceDeployment({ serviceDeploymentArn: alpha.first });
  await expect(stop).rejects.toMatchObject({ name: "ConflictException" });
});

test("2.6: the desired count alone starts no deployment and is applied during one, to the new revision too", async () => {
  const alpha = await engine.service("alpha");
  await alpha.update({ desiredCount: 2 });
  await engine.advance(30);
  expect((await alpha.describe()).currentServiceDeployment).toBe(alpha.first);
  expect(await alpha.running()).toEqual({ v1: 2 });
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: PAUSE });
  await alpha.pauses(arn);
  const { currentServiceDeployment } = await alpha.update({ desiredCount: 3 });
  await engine.advance(30);
  expect(currentServiceDeployment).toBe(arn);
  expect(await alpha.running()).toEqual({ v1: 3, v2: 3 });
});

test("2.6: capacity doubles: both revisions stay at the desired count until CLEAN_UP", async () => {
  const alpha = await engine.service("alpha", {}, { desiredCount: 3 });
  const arn = await alpha.deploy("v2");
  await alpha.reachesStage(arn, "BAKE_TIME");
  const { sourceServiceRevisions: [source] = [], targetServiceRevision: target } = await alpha.deployment(arn);
  expect([source?.runningTaskCount, target?.runningTaskCount]).toEqual([3, 3]);
});

test("2.6: a task of the old revision that dies in the bake is replaced: rolling back stays instant", async () => {
  const alpha = await engine.service("alpha", { bakeTimeInMinutes: 5 });
  const arn = await alpha.deploy("v2");
  await alpha.reachesStage(arn, "BAKE_TIME");
  for (const container of engine.driver.containers) container.kill();
  await engine.advance(40);
  expect(await alpha.running()).toEqual({ v1: 1, v2: 1 });
  await engine.ecs.stopServiceDeployment({ serviceDeploymentArn: arn });
  await engine.advance(5);
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
});

test("2.6: starts of a version that crashes are delayed more and more, up to 27 minutes", async () => {
  const alpha = await engine.service("alpha");
  await alpha.deploy("v2", { kind: "crash" });
  const starts: number[] = [];
  let known = 0;
  for (let passed = 0; passed < 2 * 3600; passed += 60) {
    await engine.advance(60);
    const events = (await alpha.events()).filter((message) => /^has started 1 tasks/.test(message)).length;
    if (events > known) starts.push(engine.seconds);
    known = events;
  }
  const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
  expect(gaps.slice(3).every((gap, index) => gap >= (gaps[index + 2] ?? 0) - 60)).toBe(true);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(27 * 60 + 60);
  expect(Math.max(...gaps)).toBeGreaterThan(20 * 60);
});

test("2.6: Spot capacity that is taken back: SIGTERM at once, its stop code, Spot again, and no failure for the breaker", async () => {
  const capacityProviderStrategy = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
  const alpha = await engine.service("alpha", {}, { create: { capacityProviderStrategy } });
  const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true }, lifecycleHooks: PAUSE };
  const arn = await alpha.deploy("v2", {}, breaker);
  await alpha.pauses(arn);
  engine.faults.add({ kind: "spot-reclaim", scope: { agent: "alpha" } });
  const interrupted = await engine.until(async () => {
    const tasks = await alpha.tasks();
    const stopped = tasks.filter((one) => one.stopCode === "SpotInterruption" && one.lastStatus === "STOPPED");
    return stopped.length > 0 ? stopped : undefined;
  });
  engine.faults.clear();
  expect(interrupted[0]?.stoppedReason).toMatch(/Spot/);
  await engine.until(async () => (JSON.stringify(await alpha.running()) === '{"v1":1,"v2":1}' ? true : undefined));
  const running = (await alpha.tasks()).filter(({ lastStatus }) => lastStatus === "RUNNING");
  expect(new Set(running.map((one) => one.capacityProviderName))).toEqual(new Set(["FARGATE_SPOT"]));
  const { status, deploymentCircuitBreaker } = await alpha.deployment(arn);
  expect([status, deploymentCircuitBreaker?.failureCount]).toEqual(["IN_PROGRESS", 0]);
});

test("2.6: a service has AZ rebalancing by default, and keeps its deployment controller during a deployment", async () => {
  const alpha = await engine.service("alpha");
  expect((await alpha.describe()).availabilityZoneRebalancing).toBe("ENABLED");
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: PAUSE });
  await alpha.pauses(arn);
  const change = alpha.update({ deploymentController: { type: "EXTERNAL" } });
  await expect(change).rejects.toMatchObject({ name: "InvalidParameterException" });
  const { currentServiceDeployment, deploymentController } = await alpha.describe();
  expect([currentServiceDeployment, deploymentController?.type]).toEqual([arn, "ECS"]);
});
