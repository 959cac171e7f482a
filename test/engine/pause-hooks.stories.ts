import type {
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  DeploymentLifecycleHookStage,
} from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";

/** Section 3.3 of the specification: PAUSE hooks. */

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start();
});
afterEach(() => engine.clear());
afterAll(() => engine.stop());

function pause(
  stages: DeploymentLifecycleHookStage[],
  timeoutInMinutes?: number,
  action?: "CONTINUE" | "ROLLBACK",
): DeploymentLifecycleHook {
  const timeoutConfiguration = timeoutInMinutes ? { timeoutInMinutes, action } : undefined;
  return { targetType: "PAUSE", lifecycleStages: stages, timeoutConfiguration };
}

const quick = { bakeTimeInMinutes: 0 };
const service = (configuration: DeploymentConfiguration = {}) =>
  engine.service("alpha", { ...quick, ...configuration }, { deregistrationSeconds: 0 });

test("3.3 a pause shows its id, when it expires and what happens then; CONTINUE lets the stage go on", async () => {
  const alpha = await service();
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: [pause(["POST_TEST_TRAFFIC_SHIFT"], 120)] });
  const hookId = await alpha.pauses(arn);
  const paused = await alpha.deployment(arn);
  const [detail] = paused.lifecycleHookDetails ?? [];
  expect(paused).toMatchObject({ status: "IN_PROGRESS", lifecycleStage: "POST_TEST_TRAFFIC_SHIFT" });
  expect(detail).toMatchObject({ hookId, targetType: "PAUSE", status: "AWAITING_ACTION", timeoutAction: "ROLLBACK" });
  expect(detail?.targetArn).toBeUndefined();
  const minutes = ((detail?.expiresAt?.getTime() ?? 0) - engine.clock.now().getTime()) / 60_000;
  expect(minutes).toBeGreaterThan(119);
  expect(minutes).toBeLessThanOrEqual(120);
  await engine.advance(600);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("POST_TEST_TRAFFIC_SHIFT");
  expect([await alpha.asks(alpha.testUrl), await alpha.asks(alpha.productionUrl)]).toEqual(["v2", "v1"]);
  const answer = await engine.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId });
  expect(answer.serviceDeploymentArn).toBe(arn);
  const over = await alpha.reaches(arn, "SUCCESSFUL");
  expect(over.lifecycleHookDetails?.map(({ status }) => status)).toEqual(["SUCCEEDED"]);
});

test("3.3 the answer ROLLBACK fails the hook and turns the deployment back", async () => {
  const alpha = await service();
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: [pause(["POST_SCALE_UP"])] });
  await alpha.answers(arn, await alpha.pauses(arn), "ROLLBACK");
  const over = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(over.lifecycleHookDetails?.map(({ status }) => status)).toEqual(["FAILED"]);
  expect(await alpha.running()).toEqual({ v1: 1 });
});

test("3.3 every stage but the two that shift traffic can pause, each time with an id of its own", async () => {
  const stages: DeploymentLifecycleHookStage[] = [
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
  ];
  const alpha = await service();
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: [pause(stages)] });
  const ids: string[] = [];
  for (const stage of stages) {
    const id = await alpha.pauses(arn);
    expect((await alpha.deployment(arn)).lifecycleStage).toBe(stage);
    ids.push(id);
    await alpha.answers(arn, id);
  }
  await alpha.reaches(arn, "SUCCESSFUL");
  expect(new Set(ids).size).toBe(stages.length);
});

test.each([
  ["LINEAR", { linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 1 } }, [0, 40, 80]],
  ["CANARY", { canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 } }, [0, 10]],
] as const)("3.3 %s pauses before every step, each pause with a fresh id", async (strategy, steps, before) => {
  const alpha = await service();
  const lifecycleHooks = [pause(["PRE_PRODUCTION_TRAFFIC_SHIFT"])];
  const arn = await alpha.deploy("v2", {}, { strategy, ...steps, lifecycleHooks });
  const ids: string[] = [];
  for (const share of before) {
    const id = await alpha.pauses(arn);
    expect((await alpha.production()).blue).toBe(share);
    ids.push(id);
    await alpha.answers(arn, id);
  }
  await alpha.reaches(arn, "SUCCESSFUL");
  expect(new Set(ids).size).toBe(before.length);
});

test("3.3 a pause of days is no stage that takes too long; the time-out action CONTINUE ends it", async () => {
  const alpha = await service();
  const days = 3 * 24 * 60;
  const lifecycleHooks = [pause(["POST_SCALE_UP"], days, "CONTINUE")];
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks });
  await alpha.pauses(arn);
  engine.clock.jump(2 * 24 * 3600);
  await engine.advance(10);
  expect((await alpha.deployment(arn)).status).toBe("IN_PROGRESS");
  engine.clock.jump(24 * 3600);
  const over = await alpha.reaches(arn, "SUCCESSFUL");
  expect(over.lifecycleHookDetails).toMatchObject([{ status: "TIMED_OUT", timeoutAction: "CONTINUE" }]);
});

test("3.3 a pause that nobody answers rolls back by default, after 24 hours", async () => {
  const alpha = await service();
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: [pause(["POST_SCALE_UP"])] });
  await alpha.pauses(arn);
  engine.clock.jump(23 * 3600);
  await engine.advance(10);
  expect((await alpha.deployment(arn)).status).toBe("IN_PROGRESS");
  engine.clock.jump(3600);
  const over = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(over.statusReason).toBe("Service deployment rolled back because POST_SCALE_UP pause hook timed out.");
});

test("3.3 rolling deployments pause as well, before and after the new tasks come", async () => {
  const alpha = await engine.service("alpha", { strategy: "ROLLING" }, { deregistrationSeconds: 0 });
  const lifecycleHooks = [pause(["PRE_SCALE_UP", "POST_SCALE_UP"])];
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks });
  const first = await alpha.pauses(arn);
  expect(await alpha.running()).toEqual({ v1: 1 });
  await alpha.answers(arn, first);
  const second = await alpha.pauses(arn);
  expect(Object.keys(await alpha.running())).toContain("v2");
  await alpha.answers(arn, second);
  await alpha.reaches(arn, "SUCCESSFUL");
  expect(await alpha.running()).toEqual({ v2: 1 });
});

test("3.3 RECONCILE_SERVICE can pause: what was found stays as it is until somebody continues", async () => {
  const alpha = await service();
  const canary = {
    strategy: "CANARY" as const,
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 60 },
  };
  await alpha.deploy("v2", {}, canary);
  await engine.until(async () => ((await alpha.production()).blue === 10 ? true : undefined));
  const arn = await alpha.deploy("v3", {}, { ...canary, lifecycleHooks: [pause(["RECONCILE_SERVICE"])] });
  const id = await alpha.pauses(arn);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("RECONCILE_SERVICE");
  await engine.advance(60);
  expect([await alpha.production(), await alpha.running()]).toEqual([
    { blue: 10, green: 90 },
    { v1: 1, v2: 1 },
  ]);
  await alpha.answers(arn, id);
  await alpha.reachesStage(arn, "SCALE_UP");
  expect(await alpha.production()).toEqual({ blue: 0, green: 100 });
  expect(Object.keys(await alpha.running())).not.toContain("v2");
});

test("3.3 several pauses at one stage: the deployment waits for all of them, and one refusal is enough", async () => {
  const alpha = await service();
  const lifecycleHooks = [pause(["POST_SCALE_UP"]), pause(["POST_SCALE_UP"])];
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks });
  const first = await alpha.pauses(arn);
  await alpha.answers(arn, first);
  const second = await alpha.pauses(arn);
  expect(second).not.toBe(first);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("POST_SCALE_UP");
  await alpha.answers(arn, second, "ROLLBACK");
  await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
});
