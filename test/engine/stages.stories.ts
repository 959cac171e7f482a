import type { DeploymentLifecycleHook, DeploymentLifecycleHookStage, ServiceDeployment } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";
import { type EngineService, openHook } from "./engine-service.ts";

/** Section 2.1 of the specification: the stages in order, what each does to tasks and to both rules. */

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start();
});
afterEach(() => engine.clear());
afterAll(() => engine.stop());

const PAUSABLE: DeploymentLifecycleHookStage[] = [
  "PRE_SCALE_UP",
  "POST_SCALE_UP",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRE_PRODUCTION_TRAFFIC_SHIFT",
  "POST_PRODUCTION_TRAFFIC_SHIFT",
];

const pauseAt = (...lifecycleStages: DeploymentLifecycleHookStage[]): DeploymentLifecycleHook[] => [
  { targetType: "PAUSE", lifecycleStages },
];

/** A service whose v1 is live in green (the group that its empty production rule did not point at), and v2 on its way. */
async function deploying(name: string, stage: DeploymentLifecycleHookStage): Promise<[EngineService, string]> {
  const service = await engine.service(name, { bakeTimeInMinutes: 3 }, { desiredCount: 2 });
  const arn = await service.deploy("v2", {}, { lifecycleHooks: pauseAt(stage) });
  await service.pauses(arn);
  return [service, arn];
}

const BLUE_LIVE = { blue: 0, green: 100 }; // v1 lives in the group called green, see above
const GREEN_LIVE = { blue: 100, green: 0 };

test("2.1 row 1: at PRE_SCALE_UP nothing has started and the old revision has all traffic", async () => {
  const [alpha, arn] = await deploying("alpha", "PRE_SCALE_UP");
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("PRE_SCALE_UP");
  await engine.advance(60);
  expect(await alpha.running()).toEqual({ v1: 2 });
  expect(await alpha.production()).toEqual(BLUE_LIVE);
});

test("2.1 row 2: SCALE_UP brings up the whole desired count in the other group and ends when all are healthy", async () => {
  const alpha = await engine.service("alpha", {}, { desiredCount: 2 });
  const slow = await alpha.deploy("v2", { kind: "unhealthy" });
  await alpha.reachesStage(slow, "SCALE_UP");
  await engine.advance(9); // two failed checks have not happened yet
  const groups = [await alpha.targets(alpha.blue), await alpha.targets(alpha.green)];
  expect(groups.map((targets) => targets.length)).toEqual([2, 2]);
  expect((await alpha.deployment(slow)).lifecycleStage).toBe("SCALE_UP");
  expect(await alpha.production()).toEqual(BLUE_LIVE);
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
});

test("2.1 row 3: at POST_SCALE_UP the new revision is up and has no traffic of either kind", async () => {
  const [alpha] = await deploying("alpha", "POST_SCALE_UP");
  expect(await alpha.running()).toEqual({ v1: 2, v2: 2 });
  expect(await alpha.production()).toEqual(BLUE_LIVE);
  expect(await alpha.test()).toEqual(BLUE_LIVE);
  expect(await alpha.asks(alpha.testUrl)).toBe("v1");
});

test("2.1 rows 4 and 5: at POST_TEST_TRAFFIC_SHIFT the test rule leads to the new revision, production does not", async () => {
  const [alpha, arn] = await deploying("alpha", "POST_TEST_TRAFFIC_SHIFT");
  expect(await alpha.production()).toEqual(BLUE_LIVE);
  expect(await alpha.test()).toEqual(GREEN_LIVE);
  expect([await alpha.asks(alpha.productionUrl), await alpha.asks(alpha.testUrl)]).toEqual(["v1", "v2"]);
  const { targetServiceRevision: target, sourceServiceRevisions: [source] = [] } = await alpha.deployment(arn);
  expect([target?.requestedTestTrafficWeight, target?.requestedProductionTrafficWeight]).toEqual([100, 0]);
  expect([source?.requestedTestTrafficWeight, source?.requestedProductionTrafficWeight]).toEqual([0, 100]);
});

test("2.1 rows 6 and 7: PRE_PRODUCTION_TRAFFIC_SHIFT comes before the one write of a blue/green shift", async () => {
  const [alpha, arn] = await deploying("alpha", "PRE_PRODUCTION_TRAFFIC_SHIFT");
  expect(await alpha.production()).toEqual(BLUE_LIVE);
  await alpha.answers(arn, await alpha.pauses(arn));
  expect(await alpha.production()).toEqual(GREEN_LIVE);
});

test("2.1 row 8: at POST_PRODUCTION_TRAFFIC_SHIFT everything is on the new revision and the old one still runs", async () => {
  const [alpha] = await deploying("alpha", "POST_PRODUCTION_TRAFFIC_SHIFT");
  expect(await alpha.production()).toEqual(GREEN_LIVE);
  expect(await alpha.asks(alpha.productionUrl)).toBe("v2");
  expect(await alpha.running()).toEqual({ v1: 2, v2: 2 });
});

test("2.1 row 9: both revisions run through BAKE_TIME, which lasts bakeTimeInMinutes", async () => {
  const alpha = await engine.service("alpha", { bakeTimeInMinutes: 7 });
  const arn = await alpha.deploy("v2");
  await alpha.reachesStage(arn, "BAKE_TIME");
  const began = engine.seconds;
  await engine.advance(7 * 60 - 6);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("BAKE_TIME");
  expect(await alpha.running()).toEqual({ v1: 1, v2: 1 });
  await alpha.reachesStage(arn, "CLEAN_UP");
  expect(Math.abs(engine.seconds - began - 7 * 60)).toBeLessThanOrEqual(6); // ECS looks every 5 s
});

test("2.1 row 10: CLEAN_UP deregisters, drains and stops the old revision", async () => {
  const alpha = await engine.service("alpha", {}, { desiredCount: 2 });
  const arn = await alpha.deploy("v2");
  await alpha.reachesStage(arn, "CLEAN_UP");
  expect((await alpha.targets(alpha.green)).map((target) => target.TargetHealth?.State)).toEqual([
    "draining",
    "draining",
  ]);
  const done = await alpha.reaches(arn, "SUCCESSFUL");
  expect(done.lifecycleStage).toBe("CLEAN_UP");
  expect(await alpha.targets(alpha.green)).toEqual([]);
  expect(await alpha.running()).toEqual({ v2: 2 });
  expect([await alpha.production(), await alpha.test()]).toEqual([GREEN_LIVE, GREEN_LIVE]);
});

test("2.1 row 0: RECONCILE_SERVICE comes first when more than one revision is active, and can pause", async () => {
  const [alpha] = await deploying("alpha", "POST_TEST_TRAFFIC_SHIFT");
  const arn = await alpha.deploy("v3", {}, { lifecycleHooks: pauseAt("RECONCILE_SERVICE", "PRE_SCALE_UP") });
  await alpha.pauses(arn);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("RECONCILE_SERVICE");
  expect((await alpha.deployment(arn)).sourceServiceRevisions).toHaveLength(2);
  await alpha.answers(arn, await alpha.pauses(arn));
  await alpha.reachesStage(arn, "PRE_SCALE_UP");
  expect(await alpha.running()).toEqual({ v1: 2 });
});

/** Continues at every pause; returns where it paused, with the production share of the new revision. */
async function walk(service: EngineService, arn: string): Promise<string[]> {
  const passed: string[] = [];
  const isAtRest = (one: ServiceDeployment) => openHook(one) !== undefined || one.status !== "IN_PROGRESS";
  for (;;) {
    const seen = await service.until(arn, (one) => one.status !== "PENDING" && isAtRest(one));
    const hook = openHook(seen);
    if (!hook) return [...passed, seen.status ?? ""];
    const hookOf = service.productionRule && (await service.production()).blue;
    passed.push(`${seen.lifecycleStage} ${hookOf}`);
    await service.answers(arn, hook);
  }
}

test("2.1: BLUE_GREEN passes every stage once", async () => {
  const alpha = await engine.service("alpha");
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: pauseAt(...PAUSABLE) });
  expect(await walk(alpha, arn)).toEqual([
    "PRE_SCALE_UP 0",
    "POST_SCALE_UP 0",
    "POST_TEST_TRAFFIC_SHIFT 0",
    "PRE_PRODUCTION_TRAFFIC_SHIFT 0",
    "POST_PRODUCTION_TRAFFIC_SHIFT 100",
    "SUCCESSFUL",
  ]);
});

test("2.1: CANARY shifts canaryPercent, bakes canaryBakeTimeInMinutes, then shifts the rest", async () => {
  const alpha = await engine.service("alpha");
  const arn = await alpha.deploy(
    "v2",
    {},
    {
      strategy: "CANARY",
      canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 4 },
      lifecycleHooks: pauseAt("PRE_PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"),
    },
  );
  await alpha.answers(arn, await alpha.pauses(arn));
  const began = engine.seconds;
  expect(await alpha.production()).toEqual({ blue: 20, green: 80 });
  await engine.advance(4 * 60 - 6);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("PRODUCTION_TRAFFIC_SHIFT");
  const second = await alpha.pauses(arn);
  expect(Math.abs(engine.seconds - began - 4 * 60)).toBeLessThanOrEqual(5);
  await alpha.answers(arn, second);
  await alpha.reachesStage(arn, "POST_PRODUCTION_TRAFFIC_SHIFT");
  expect(await alpha.production()).toEqual(GREEN_LIVE);
});

test("2.1: LINEAR repeats stages 6 and 7 per step, ends with a short last step and does not bake after 100", async () => {
  const alpha = await engine.service("alpha");
  const arn = await alpha.deploy(
    "v2",
    {},
    {
      strategy: "LINEAR",
      linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 1 },
      lifecycleHooks: pauseAt("PRE_PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"),
    },
  );
  expect(await walk(alpha, arn)).toEqual([
    "PRE_PRODUCTION_TRAFFIC_SHIFT 0",
    "PRE_PRODUCTION_TRAFFIC_SHIFT 30",
    "PRE_PRODUCTION_TRAFFIC_SHIFT 60",
    "PRE_PRODUCTION_TRAFFIC_SHIFT 90",
    "POST_PRODUCTION_TRAFFIC_SHIFT 100",
    "SUCCESSFUL",
  ]);
});

test("2.1: without a test rule stages 4 and 5 still appear, with no routing change", async () => {
  const alpha = await engine.service("alpha");
  const [entry] = alpha.loadBalancers() ?? [];
  const advancedConfiguration = { ...entry?.advancedConfiguration, testListenerRule: undefined };
  const loadBalancers = [{ ...entry, advancedConfiguration: advancedConfiguration as never }];
  const lifecycleHooks = pauseAt("POST_TEST_TRAFFIC_SHIFT");
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks }, { loadBalancers });
  await alpha.pauses(arn);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("POST_TEST_TRAFFIC_SHIFT");
  expect(await alpha.test()).toEqual(BLUE_LIVE);
});

test("2.1: a stage that takes 24 hours fails the deployment and rolls it back", async () => {
  const alpha = await engine.service("alpha");
  const arn = await alpha.deploy("v2", { kind: "crash" });
  await alpha.reachesStage(arn, "SCALE_UP");
  const began = engine.seconds;
  engine.clock.jump(24 * 3600 - 60);
  await engine.advance(30);
  expect((await alpha.deployment(arn)).status).toBe("IN_PROGRESS");
  const { statusReason } = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(engine.seconds - began).toBeGreaterThanOrEqual(24 * 3600);
  expect(statusReason).toMatch(/^Service deployment rolled back because .*SCALE_UP.* 24 hours/);
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
});
