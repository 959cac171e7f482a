import type { DeploymentConfiguration } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";
import { type Answer, FAILED, HookFunction } from "./hook-function.ts";

/** Section 2.3 of the specification: what triggers a rollback. Alarms and the circuit breaker have files of their own. */

let engine: Engine;
let hook: HookFunction;
beforeAll(async () => {
  engine = await Engine.start();
  hook = await HookFunction.start(engine, "hook");
});
beforeEach(() => hook.reset());
afterEach(() => engine.clear());
afterAll(async () => {
  await hook.stop();
  await engine.stop();
});

const BECAUSE = "Service deployment rolled back because";
const service = (configuration: DeploymentConfiguration = {}) =>
  engine.service("alpha", { bakeTimeInMinutes: 0, ...configuration }, { deregistrationSeconds: 0 });

const failed = (stage: string) => `${BECAUSE} ${stage} lifecycle hook(s) failed.`;
const unparsed = () => `ECS was unable to parse the response from ${hook.arn} due to HookStatus must not be null`;

test.each<[string, Answer, () => string]>([
  ["FAILED", FAILED, () => `Lifecycle hook target ${hook.arn} returned FAILED status.`],
  ["no hookStatus", { returned: { status: "SUCCEEDED" } }, unparsed],
  ["a hookStatus that is none", { returned: { hookStatus: "DONE" } }, unparsed],
  ["nothing at all", { returned: null }, unparsed],
  ["an exception", { thrown: "the probe was refused" }, unparsed],
])("2.3.1 a Lambda hook that answers %s rolls the deployment back", async (_case, answer, detail) => {
  const alpha = await service();
  hook.answer = () => answer;
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: [hook.at("POST_SCALE_UP")] });
  const over = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(over.statusReason).toBe(`${failed("POST_SCALE_UP")} ${detail()}`);
  expect(over.rollback?.reason).toBe(over.statusReason);
  expect(await alpha.running()).toEqual({ v1: 1 });
  expect(hook.events).toHaveLength(1); // the first verdict decides, it is not asked again
});

test("2.3.1 a function that cannot be invoked rolls the deployment back", async () => {
  const alpha = await service();
  const hookTargetArn = hook.arn.replace(/[^:]+$/, "nobody");
  const lifecycleHooks = [{ ...hook.at("PRE_SCALE_UP"), hookTargetArn }];
  const over = await alpha.reaches(await alpha.deploy("v2", {}, { lifecycleHooks }), "ROLLBACK_SUCCESSFUL");
  const start = `${failed("PRE_SCALE_UP")} ECS was unable to invoke hook target ${hookTargetArn} due to `;
  expect(over.statusReason?.startsWith(start)).toBe(true);
  expect(over.statusReason).toMatch(/Function not found/);
});

test("2.3.1 a role that ECS may not assume rolls the deployment back", async () => {
  const alpha = await service();
  const roleArn = hook.role.replace(/[^/]+$/, "nobody");
  const lifecycleHooks = [{ ...hook.at("PRE_SCALE_UP"), roleArn }];
  const over = await alpha.reaches(await alpha.deploy("v2", {}, { lifecycleHooks }), "ROLLBACK_SUCCESSFUL");
  expect(over.statusReason).toBe(`${failed("PRE_SCALE_UP")} ECS was unable to assume role ${roleArn}`);
});

test("2.3.2 ContinueServiceDeployment with ROLLBACK, and the time-out of a pause, roll the deployment back", async () => {
  const alpha = await service();
  const timeoutConfiguration = { timeoutInMinutes: 1 };
  const lifecycleHooks = [
    { targetType: "PAUSE" as const, lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT" as const], timeoutConfiguration },
  ];
  const refused = await alpha.deploy("v2", {}, { lifecycleHooks });
  await alpha.answers(refused, await alpha.pauses(refused), "ROLLBACK");
  await alpha.reaches(refused, "ROLLBACK_SUCCESSFUL");
  const forgotten = await alpha.deploy("v2", {}, { lifecycleHooks });
  const over = await alpha.reaches(forgotten, "ROLLBACK_SUCCESSFUL");
  expect(over.statusReason).toBe(`${BECAUSE} POST_TEST_TRAFFIC_SHIFT pause hook timed out.`);
});

test("2.3.3 a stage that reaches 24 hours rolls the deployment back", async () => {
  const alpha = await service();
  const arn = await alpha.deploy("v2", { kind: "silent" });
  await alpha.reachesStage(arn, "SCALE_UP");
  engine.clock.jump(24 * 3600 - 120);
  await engine.advance(10);
  expect((await alpha.deployment(arn)).status).toBe("IN_PROGRESS");
  const over = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(over.statusReason).toBe(`${BECAUSE} the SCALE_UP stage took longer than 24 hours.`);
});

test("2.3.3 a bake of exactly 24 hours is no overrun", async () => {
  const alpha = await service();
  const arn = await alpha.deploy("v2", {}, { bakeTimeInMinutes: 1440 });
  await alpha.reachesStage(arn, "BAKE_TIME");
  engine.clock.jump(24 * 3600);
  await alpha.reaches(arn, "SUCCESSFUL");
});

test("2.3.3 a deployment whose pauses take 30 days in all rolls back", async () => {
  const alpha = await service();
  const lifecycleStages = ["PRE_SCALE_UP", "POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT"] as const;
  const timeoutConfiguration = { timeoutInMinutes: 20_160, action: "ROLLBACK" as const };
  const lifecycleHooks = [
    { targetType: "PAUSE" as const, lifecycleStages: [...lifecycleStages], timeoutConfiguration },
  ];
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks });
  for (const days of [13, 13, 3]) {
    const hookId = await alpha.pauses(arn);
    engine.clock.jump(days * 24 * 3600);
    await engine.advance(10);
    expect((await alpha.deployment(arn)).status).toBe("IN_PROGRESS");
    if (days === 13) await alpha.answers(arn, hookId);
  }
  engine.clock.jump(24 * 3600);
  const { statusReason } = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(statusReason).toBe(`${BECAUSE} it took longer than 30 days.`);
});

test("2.3.6 StopServiceDeployment rolls back although automatic rollback is off", async () => {
  const alpha = await service({ deploymentCircuitBreaker: { enable: true, rollback: false } });
  const arn = await alpha.deploy("v2", {}, { bakeTimeInMinutes: 10 });
  await alpha.reachesStage(arn, "BAKE_TIME");
  const answer = await engine.ecs.stopServiceDeployment({ serviceDeploymentArn: arn, stopType: "ROLLBACK" });
  expect(answer.serviceDeploymentArn).toBe(arn);
  await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
});

test("2.3.7 a rule that vanishes during the deployment rolls back what can be rolled back", async () => {
  const alpha = await service();
  const lifecycleHooks = [{ targetType: "PAUSE" as const, lifecycleStages: ["POST_SCALE_UP" as const] }];
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks });
  const id = await alpha.pauses(arn);
  await engine.elb.deleteRule({ RuleArn: alpha.testRule });
  await alpha.answers(arn, id);
  const over = await alpha.until(arn, ({ status }) => status?.startsWith("ROLLBACK_") ?? false);
  expect(over.rollback?.reason).toBe(`${failed("TEST_TRAFFIC_SHIFT")} One or more rules not found`);
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
});

test("2.3.8 an image whose digest cannot be resolved fails after three looks with the breaker on", async () => {
  const alpha = await service({ deploymentCircuitBreaker: { enable: true, rollback: true } });
  const repository = `${new URL(engine.aws.endpoint).host}/alpha`;
  const taskDefinition = await engine.define("alpha", `${repository}:missing`);
  const { currentServiceDeployment: arn = "" } = await alpha.update({ taskDefinition });
  await engine.clock.settle();
  expect((await alpha.deployment(arn)).status).toBe("PENDING");
  await engine.advance(5);
  expect((await alpha.deployment(arn)).status).toBe("PENDING");
  const over = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(over.statusReason).toMatch(/digest of a container image could not be resolved 3 times/);
  expect(over.deploymentCircuitBreaker?.status).toBe("TRIGGERED");
  expect(await alpha.running()).toEqual({ v1: 1 });
});
