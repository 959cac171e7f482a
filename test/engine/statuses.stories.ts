import type { DeploymentLifecycleHook, ServiceDeployment } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";
import { allowedAfter } from "./transitions.ts";

/** Section 2.2 of the specification: statuses at each moment, here and in the classic view. */

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start();
});
afterEach(() => engine.clear());
afterAll(() => engine.stop());

const PAUSE: DeploymentLifecycleHook[] = [{ targetType: "PAUSE", lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"] }];

test("2.2 row 1: an accepted UpdateService gives a PENDING deployment and a new PRIMARY beside the old ACTIVE", async () => {
  const alpha = await engine.service("alpha");
  await engine.advance(45); // the classic view is that late
  const answer = await alpha.update({ taskDefinition: await alpha.define("v2") });
  expect(answer.currentServiceDeployment).not.toBe(alpha.first);
  expect(answer.deployments?.map(({ status, rolloutState }) => [status, rolloutState])).toEqual([
    ["PRIMARY", "IN_PROGRESS"],
    ["ACTIVE", "COMPLETED"],
  ]);
  expect(answer.deployments?.[0]?.id).toMatch(/^ecs-svc\/\d+$/);
  const { serviceDeployments: [newest] = [] } = await engine.ecs.listServiceDeployments({
    cluster: "fleet",
    service: "alpha",
  });
  expect(["PENDING", "IN_PROGRESS"]).toContain(newest?.status);
});

test("2.2 rows 2 and 3: it is IN_PROGRESS through its stages; a hook's wait shows only in the hook's details", async () => {
  const alpha = await engine.service("alpha");
  await engine.advance(45);
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: PAUSE });
  await alpha.pauses(arn);
  const paused = await alpha.deployment(arn);
  expect([paused.status, paused.lifecycleStage]).toEqual(["IN_PROGRESS", "POST_TEST_TRAFFIC_SHIFT"]);
  expect(paused.lifecycleHookDetails?.[0]).toMatchObject({
    hookId: expect.stringMatching(/^ecs-pause-[A-Za-z0-9_-]{43}$/),
    targetType: "PAUSE",
    status: "AWAITING_ACTION",
    timeoutAction: "ROLLBACK",
  });
  const hour = paused.lifecycleHookDetails?.[0]?.expiresAt?.getTime() ?? 0;
  expect((hour - engine.clock.now().getTime()) / 60_000).toBeGreaterThan(1430); // 1440 minutes by default
  const { deployments } = await alpha.describe();
  expect(deployments?.map(({ status, rolloutState }) => [status, rolloutState])).toEqual([
    ["PRIMARY", "IN_PROGRESS"],
    ["ACTIVE", "COMPLETED"],
  ]);
});

test("2.2 row 4: success ends in CLEAN_UP; the classic view turns COMPLETED some 38 s later", async () => {
  const alpha = await engine.service("alpha");
  const arn = await alpha.deploy("v2");
  const done = await alpha.until(arn, ({ status }) => status === "SUCCESSFUL", { step: 1 });
  expect(done.lifecycleStage).toBe("CLEAN_UP");
  expect(done.finishedAt).toBeInstanceOf(Date);
  const classic = async () => (await alpha.describe()).deployments?.map((one) => [one.status, one.rolloutState]);
  expect(await classic()).toEqual([["PRIMARY", "IN_PROGRESS"]]);
  await engine.advance(45);
  expect(await classic()).toEqual([["PRIMARY", "COMPLETED"]]);
});

test("2.2 rows 5 and 6: a requested rollback passes ROLLBACK_REQUESTED and ends with the old revision PRIMARY", async () => {
  const alpha = await engine.service("alpha");
  const before = (await alpha.describe()).taskDefinition;
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: PAUSE });
  await alpha.pauses(arn);
  await engine.ecs.stopServiceDeployment({ serviceDeploymentArn: arn, stopType: "ROLLBACK" });
  const seen = (await alpha.deployment(arn)).status ?? "";
  expect(["ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"]).toContain(seen);
  const rolling = await alpha.reaches(arn, "ROLLBACK_IN_PROGRESS");
  expect(rolling.rollback).toMatchObject({ reason: expect.any(String), startedAt: expect.any(Date) });
  const classic = (await alpha.describe()).deployments ?? [];
  expect(classic.find(({ status }) => status === "PRIMARY")?.taskDefinition).toBe(before);
  expect(classic.filter(({ status }) => status !== "PRIMARY").map((one) => one.rolloutState)).toEqual(["FAILED"]);
  const over = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(over.rollback?.serviceRevisionArn).toBe((await alpha.deployment(alpha.first)).targetServiceRevision?.arn);
  await engine.advance(60);
  const service = await alpha.describe();
  expect(service.deployments?.map((one) => [one.status, one.rolloutState, one.taskDefinition])).toEqual([
    ["PRIMARY", "COMPLETED", before],
  ]);
  expect(service.taskDefinition).toBe(before);
});

test("2.2 row 7: where there is nothing to return to, the status is ROLLBACK_FAILED and the classic one FAILED", async () => {
  const alpha = await engine.service("alpha", {}, { behaviour: { kind: "unhealthy" }, settle: false });
  await engine.ecs.stopServiceDeployment({ serviceDeploymentArn: alpha.first });
  const over = await alpha.reaches(alpha.first, "ROLLBACK_FAILED");
  expect(over.statusReason).toBe("No rollback candidate was found to run the rollback.");
  expect((await alpha.describe()).deployments?.[0]?.rolloutState).toBe("FAILED");
});

test("2.2 row 8: a superseded deployment goes STOP_REQUESTED, STOPPED and its hooks die", async () => {
  const alpha = await engine.service("alpha");
  const old = await alpha.deploy("v2", {}, { lifecycleHooks: PAUSE });
  const hookId = await alpha.pauses(old);
  const next = await alpha.deploy("v3");
  expect(["STOP_REQUESTED", "STOPPED"]).toContain((await alpha.deployment(old)).status);
  const stopped = await alpha.reaches(old, "STOPPED");
  expect(stopped.stoppedAt).toBeInstanceOf(Date);
  const late = engine.ecs.continueServiceDeployment({ serviceDeploymentArn: old, hookId });
  await expect(late).rejects.toMatchObject({ name: "InvalidParameterException" });
  const hook = await alpha.pauses(next);
  await alpha.answers(next, hook);
  await alpha.reaches(next, "SUCCESSFUL");
  expect(await alpha.running()).toEqual({ v3: 1 });
});

test("2.2: a rollback request that reaches CLEAN_UP has lost the race: ROLLBACK_REQUESTED, then SUCCESSFUL", async () => {
  const alpha = await engine.service("alpha");
  const arn = await alpha.deploy("v2");
  await alpha.reachesStage(arn, "CLEAN_UP");
  await engine.ecs.stopServiceDeployment({ serviceDeploymentArn: arn });
  await alpha.reaches(arn, "SUCCESSFUL");
  expect(await alpha.asks(alpha.productionUrl)).toBe("v2");
});

test("2.2: every status that is seen follows the one before it as ECS's own table allows", async () => {
  const alpha = await engine.service("alpha");
  const arns = [await alpha.deploy("v2", { kind: "unhealthy" })];
  const seen = new Map<string, ServiceDeployment["status"][]>();
  for (let step = 0; step < 60; step++) {
    if (step === 6) arns.push(await alpha.deploy("v3"));
    if (step === 40) arns.push(await alpha.deploy("v4"));
    if (step === 44) await engine.ecs.stopServiceDeployment({ serviceDeploymentArn: arns.at(-1) });
    for (const arn of arns) {
      const { status } = await alpha.deployment(arn);
      const list = seen.get(arn) ?? [];
      if (list.at(-1) !== status) seen.set(arn, [...list, status]);
    }
    await engine.advance(4);
  }
  for (const statuses of seen.values())
    for (const [index, status] of statuses.slice(1).entries())
      expect(allowedAfter(statuses[index] ?? "PENDING")).toContain(status);
  expect([...seen.values()].map((statuses) => statuses.at(-1))).toEqual([
    "STOPPED",
    "SUCCESSFUL",
    "ROLLBACK_SUCCESSFUL",
  ]);
});
