import { IAM } from "@aws-sdk/client-iam";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";
import type { EngineService } from "./engine-service.ts";
import { FAILED, type HookEvent, HookFunction, SUCCEEDED } from "./hook-function.ts";

/** Sections 3.1 and 3.2 of the specification: Lambda hooks, and the roles that ECS uses. The functions are real ones, in processes of their own. */

let engine: Engine;
let hook: HookFunction;
let other: HookFunction;
beforeAll(async () => {
  engine = await Engine.start();
  hook = await HookFunction.start(engine, "hook");
  other = await HookFunction.start(engine, "other");
});
beforeEach(() => {
  hook.reset();
  other.reset();
});
afterEach(() => engine.clear());
afterAll(async () => {
  await hook.stop();
  await other.stop();
  await engine.stop();
});

const quick = { bakeTimeInMinutes: 0 };
const service = () => engine.service("alpha", quick, { deregistrationSeconds: 0 });

const STAGES = [
  "PRE_SCALE_UP",
  "POST_SCALE_UP",
  "TEST_TRAFFIC_SHIFT",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRE_PRODUCTION_TRAFFIC_SHIFT",
  "PRODUCTION_TRAFFIC_SHIFT",
  "POST_PRODUCTION_TRAFFIC_SHIFT",
] as const;

const weights = ({ executionDetails: { testTrafficWeights, productionTrafficWeights } }: HookEvent) => ({
  test: testTrafficWeights,
  production: productionTrafficWeights,
});

test("3.1 the event names deployment, service and revision; weights are there at the stages that move traffic only", async () => {
  const alpha = await service();
  const configured = { ...hook.at(...STAGES), hookDetails: { bucket: "approvals" } };
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: [configured] });
  const over = await alpha.reaches(arn, "SUCCESSFUL");
  const [green = "", blue = ""] = [over.targetServiceRevision?.arn, over.sourceServiceRevisions?.[0]?.arn];
  expect(hook.stages).toEqual(STAGES);
  for (const event of hook.events)
    expect(event).toMatchObject({
      executionId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      resourceArn: arn,
      executionDetails: { serviceArn: alpha.arn, targetServiceRevisionArn: green },
      hookDetails: { bucket: "approvals" },
    });
  expect(hook.events.map(weights)).toEqual([
    { test: {}, production: {} },
    { test: {}, production: {} },
    { test: { [green]: 100, [blue]: 0 }, production: {} },
    { test: {}, production: {} },
    { test: {}, production: { [green]: 0, [blue]: 100 } },
    { test: {}, production: { [green]: 100, [blue]: 0 } },
    { test: {}, production: {} },
  ]);
  expect(new Set(hook.events.map((event) => event.executionId)).size).toBe(STAGES.length);
  expect(over.lifecycleHookDetails).toHaveLength(STAGES.length);
  expect(over.lifecycleHookDetails?.[0]).toMatchObject({
    hookId: expect.stringMatching(/^ecs-[a-z]+-[A-Za-z0-9_-]{43}$/),
    targetType: "AWS_LAMBDA",
    targetArn: hook.arn,
    status: "SUCCEEDED",
    timeoutAction: "ROLLBACK",
  });
});

test("3.1 a first deployment has a target and no source: its weights name one revision", async () => {
  const lifecycleHooks = [hook.at("PRE_SCALE_UP", "PRODUCTION_TRAFFIC_SHIFT")];
  const alpha = await engine.service("alpha", { ...quick, lifecycleHooks });
  const green = hook.events[0]?.executionDetails.targetServiceRevisionArn ?? "";
  expect((await alpha.deployment(alpha.first)).targetServiceRevision?.arn).toBe(green);
  expect(hook.events.map(weights)).toEqual([
    { test: {}, production: {} },
    { test: {}, production: { [green]: 100 } },
  ]);
});

test("3.1 linear and canary: the hooks of the two production stages are called at every step with its values", async () => {
  const alpha = await service();
  const lifecycleHooks = [hook.at("PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")];
  const linearConfiguration = { stepPercent: 40, stepBakeTimeInMinutes: 1 };
  const arn = await alpha.deploy("v2", {}, { strategy: "LINEAR", linearConfiguration, lifecycleHooks });
  const over = await alpha.reaches(arn, "SUCCESSFUL");
  const green = over.targetServiceRevision?.arn ?? "";
  const shares = hook.events.map((event) => [
    event.lifecycleStage.startsWith("PRE_") ? "before" : "step",
    event.executionDetails.productionTrafficWeights[green],
  ]);
  expect(shares).toEqual([
    ["before", 0],
    ["step", 40],
    ["before", 40],
    ["step", 80],
    ["before", 80],
    ["step", 100],
  ]);
});

test("3.1 IN_PROGRESS is asked again after callBackDelay, 30 s by default; hookDetails come back to the same hook", async () => {
  const alpha = await service();
  const times: number[] = [];
  const delays = [{}, { callBackDelay: 60 }, { callBackDelaySeconds: 90 }];
  hook.answer = () => {
    const delay = delays[times.length];
    times.push(engine.seconds);
    if (!delay) return SUCCEEDED;
    return { returned: { hookStatus: "IN_PROGRESS", ...delay, hookDetails: { [`call${times.length}`]: true } } };
  };
  const first = { ...hook.at("POST_SCALE_UP"), hookDetails: { bucket: "approvals" } };
  const second = other.at("POST_TEST_TRAFFIC_SHIFT");
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: [first, second] });
  const waiting = await alpha.until(arn, () => times.length === 2);
  expect([waiting.status, waiting.lifecycleStage]).toEqual(["IN_PROGRESS", "POST_SCALE_UP"]);
  expect(waiting.lifecycleHookDetails).toMatchObject([{ status: "IN_PROGRESS" }]);
  await alpha.reaches(arn, "SUCCESSFUL");
  expect(times.slice(1).map((at, index) => at - (times[index] ?? 0))).toEqual([30, 60, 90]);
  expect(hook.events.map((event) => event.hookDetails)).toEqual([
    { bucket: "approvals" },
    { bucket: "approvals", call1: true },
    { bucket: "approvals", call1: true, call2: true },
    { bucket: "approvals", call1: true, call2: true, call3: true },
  ]);
  expect(new Set(hook.events.map((event) => event.executionId)).size).toBe(1);
  expect(other.events.map((event) => event.hookDetails)).toEqual([undefined]);
});

test("3.1 all hooks of a stage start together; it advances when all have succeeded", async () => {
  const alpha = await service();
  other.answer = () => (other.events.length < 3 ? { returned: { hookStatus: "IN_PROGRESS" } } : SUCCEEDED);
  const pause = { targetType: "PAUSE", lifecycleStages: ["POST_SCALE_UP"] } as const;
  const lifecycleHooks = [
    hook.at("POST_SCALE_UP"),
    other.at("POST_SCALE_UP"),
    { ...pause, lifecycleStages: [...pause.lifecycleStages] },
  ];
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks });
  const id = await alpha.pauses(arn);
  expect((await alpha.deployment(arn)).lifecycleHookDetails?.map((one) => one.targetType)).toEqual([
    "AWS_LAMBDA",
    "AWS_LAMBDA",
    "PAUSE",
  ]);
  await alpha.answers(arn, id);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("POST_SCALE_UP");
  await alpha.reaches(arn, "SUCCESSFUL");
  expect([hook.events.length, other.events.length]).toEqual([1, 3]);
});

test("3.1 any rollback verdict wins, while another hook of the stage still waits", async () => {
  const alpha = await service();
  hook.answer = () => FAILED;
  other.answer = () => ({ returned: { hookStatus: "IN_PROGRESS" } });
  const lifecycleHooks = [other.at("POST_TEST_TRAFFIC_SHIFT"), hook.at("POST_TEST_TRAFFIC_SHIFT")];
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks });
  const over = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(over.lifecycleHookDetails?.map((one) => one.status)).toEqual(["FAILED", "FAILED"]);
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
  expect([await alpha.production(), await alpha.test()]).toEqual([
    { blue: 0, green: 100 },
    { blue: 0, green: 100 },
  ]);
});

test("3.1 a hook that is not done in time is a failure, or goes on where its time-out says CONTINUE", async () => {
  const alpha = await service();
  hook.answer = () => ({ returned: { hookStatus: "IN_PROGRESS" } });
  const late = (action: "ROLLBACK" | "CONTINUE") => ({
    ...hook.at("POST_SCALE_UP"),
    timeoutConfiguration: { timeoutInMinutes: 2, action },
  });
  const lenient = await alpha.deploy("v2", {}, { lifecycleHooks: [late("CONTINUE")] });
  const done = await alpha.reaches(lenient, "SUCCESSFUL");
  expect(done.lifecycleHookDetails).toMatchObject([{ status: "TIMED_OUT", timeoutAction: "CONTINUE" }]);
  const strict = await alpha.deploy("v3", {}, { lifecycleHooks: [late("ROLLBACK")] });
  const over = await alpha.reaches(strict, "ROLLBACK_SUCCESSFUL");
  expect(over.lifecycleHookDetails).toMatchObject([{ status: "TIMED_OUT", timeoutAction: "ROLLBACK" }]);
  expect(over.statusReason).toMatch(
    /^Service deployment rolled back because POST_SCALE_UP lifecycle hook\(s\) failed\./,
  );
});

test("3.1 a Lambda hook cannot be answered from outside", async () => {
  const alpha = await service();
  hook.answer = () => ({ returned: { hookStatus: "IN_PROGRESS" } });
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: [hook.at("POST_SCALE_UP")] });
  const { lifecycleHookDetails } = await alpha.until(arn, () => hook.events.length > 0);
  const answer = engine.ecs.continueServiceDeployment({
    serviceDeploymentArn: arn,
    hookId: lifecycleHookDetails?.[0]?.hookId,
  });
  await expect(answer).rejects.toThrow("Provided hookId is either completed, unavailable, or not associated");
});

test("3.2 the hook's role must trust ecs.amazonaws.com", async () => {
  const alpha = await service();
  const roleArn = await engine.role("distrustful", "lambda.amazonaws.com");
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: [{ ...hook.at("PRE_SCALE_UP"), roleArn }] });
  const over = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(over.statusReason).toBe(
    `Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. ECS was unable to assume role ${roleArn}`,
  );
  expect(hook.events).toEqual([]);
});

/** Leaves alpha's load balancer to a role of its own, which a test may then spoil. */
async function withRole(alpha: EngineService, name: string) {
  const roleArn = await engine.role(name);
  const [entry] = alpha.loadBalancers() ?? [];
  const advancedConfiguration = { ...entry?.advancedConfiguration, roleArn };
  const loadBalancers = [{ ...entry, advancedConfiguration: advancedConfiguration as never }];
  await alpha.reaches(await alpha.deploy("v1", {}, {}, { loadBalancers }), "SUCCESSFUL");
  return { roleArn, remove: () => engine.client(IAM).deleteRole({ RoleName: name }) };
}

const unmanageable = (roleArn: string) =>
  `ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '${roleArn}'.`;

test("3.2 without the infrastructure role nothing that shifts traffic deploys; PAUSE hooks need no role", async () => {
  const alpha = await service();
  const { roleArn, remove } = await withRole(alpha, "networking");
  const lifecycleHooks = [{ targetType: "PAUSE" as const, lifecycleStages: ["PRE_SCALE_UP" as const] }];
  const paused = await alpha.deploy("v2", {}, { lifecycleHooks });
  await alpha.answers(paused, await alpha.pauses(paused));
  await alpha.reaches(paused, "SUCCESSFUL");
  await remove();
  const over = await alpha.reaches(await alpha.deploy("v3"), "ROLLBACK_SUCCESSFUL");
  expect(over.statusReason).toContain(unmanageable(roleArn));
  expect(await alpha.running()).toEqual({ v2: 1 });
  expect(await alpha.asks(alpha.productionUrl)).toBe("v2");
});

test("3.2 the infrastructure role removed while a deployment runs: neither forth nor back", async () => {
  const alpha = await service();
  const { roleArn, remove } = await withRole(alpha, "short-lived");
  const lifecycleHooks = [{ targetType: "PAUSE" as const, lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT" as const] }];
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks });
  const hookId = await alpha.pauses(arn);
  const before = await alpha.production();
  await remove();
  await alpha.answers(arn, hookId);
  const over = await alpha.reaches(arn, "ROLLBACK_FAILED");
  expect(over.rollback?.reason).toContain(unmanageable(roleArn));
  expect(await alpha.production()).toEqual(before);
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
});

test("3.2 services that shift no traffic by rules need no infrastructure role", async () => {
  const roles = engine.client(IAM);
  const alpha = await engine.service("alpha", { ...quick, strategy: "ROLLING" }, { deregistrationSeconds: 0 });
  const beta = await engine.service("beta", quick, { balancer: "none" });
  await roles.deleteRole({ RoleName: "infrastructure" });
  for (const one of [alpha, beta]) await one.reaches(await one.deploy("v2"), "SUCCESSFUL");
  await engine.role("infrastructure");
});

test("3.2 a caller that changes the task definition alone passes no role: the revision keeps both", async () => {
  const alpha = await service();
  const lifecycleHooks = [hook.at("PRE_SCALE_UP")];
  await alpha.reaches(await alpha.deploy("v2", {}, { lifecycleHooks }), "SUCCESSFUL");
  hook.reset();
  const { currentServiceDeployment: arn = "" } = await alpha.update({ taskDefinition: await alpha.define("v3") });
  const { targetServiceRevision } = await alpha.reaches(arn, "SUCCESSFUL");
  expect(hook.stages).toEqual(["PRE_SCALE_UP"]);
  const { serviceRevisions } = await engine.ecs.describeServiceRevisions({
    serviceRevisionArns: [targetServiceRevision?.arn ?? ""],
  });
  expect(serviceRevisions?.[0]?.loadBalancers).toEqual(alpha.loadBalancers());
});
