import type { RequestListener } from "node:http";
import type { DeploymentLifecycleHook } from "@aws-sdk/client-ecs";
import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";
import type { EngineService } from "./engine-service.ts";

/** Section 4 of the specification, where ECS and the load balancer meet: weights, target health, draining. */

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start();
});
afterEach(() => engine.clear());
afterAll(() => engine.stop());

const PAUSE: DeploymentLifecycleHook[] = [{ targetType: "PAUSE", lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"] }];
const service = () => engine.service("alpha", { bakeTimeInMinutes: 0 }, { deregistrationSeconds: 0 });
const plain = (TargetGroupArn: string): Action[] => [{ Type: "forward", TargetGroupArn }];

/** Groups of a rule with their weights as they are written. */
async function written(alpha: EngineService, RuleArn: string): Promise<Record<string, number | undefined>> {
  const { Rules } = await engine.elb.describeRules({ RuleArns: [RuleArn] });
  const groups = Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
  const colour = (arn: string | undefined) => (arn === alpha.blue ? "blue" : "green");
  return Object.fromEntries(groups.map(({ TargetGroupArn, Weight }) => [colour(TargetGroupArn), Weight]));
}

const states = async (alpha: EngineService, group: string) =>
  (await alpha.targets(group)).map(({ TargetHealth }) => [TargetHealth?.State, TargetHealth?.Reason]);

test("4.1: plain forwards become two weighted groups; at rest both rules lead to the live one", async () => {
  const alpha = await service(); // v1 is live in green
  await engine.elb.modifyRule({ RuleArn: alpha.productionRule, Actions: plain(alpha.green) });
  await engine.elb.modifyRule({ RuleArn: alpha.testRule, Actions: plain(alpha.blue) });
  await alpha.reaches(await alpha.deploy("v2"), "SUCCESSFUL");
  for (const rule of [alpha.productionRule, alpha.testRule])
    expect(await written(alpha, rule)).toEqual({ blue: 100, green: 0 });
  expect(await alpha.asks(alpha.testUrl)).toBe("v2");
});

test("4.1: tenths of a percent are written on a scale of a thousand; what a rejection moved is moved back", async () => {
  const alpha = await service();
  const canaryConfiguration = { canaryPercent: 0.5, canaryBakeTimeInMinutes: 5 };
  const arn = await alpha.deploy("v2", {}, { strategy: "CANARY", canaryConfiguration });
  await alpha.reachesStage(arn, "PRODUCTION_TRAFFIC_SHIFT");
  await engine.advance(10);
  expect(await written(alpha, alpha.productionRule)).toEqual({ blue: 5, green: 995 });
  await engine.ecs.stopServiceDeployment({ serviceDeploymentArn: arn });
  await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  for (const rule of [alpha.productionRule, alpha.testRule])
    expect(await alpha.shares(rule)).toEqual({ blue: 0, green: 100 });
});

test("4.1: the live group is read from the production rule: groups alternate, the service's own two are never swapped", async () => {
  const alpha = await service();
  const deployments = [alpha.first];
  for (const version of ["v2", "v3"]) {
    deployments.push(await alpha.deploy(version));
    await alpha.settles();
  }
  const over = await Promise.all(deployments.map((arn) => alpha.deployment(arn)));
  const serviceRevisionArns = over.map(({ targetServiceRevision }) => targetServiceRevision?.arn ?? "");
  const { serviceRevisions = [] } = await engine.ecs.describeServiceRevisions({ serviceRevisionArns });
  const got = serviceRevisions.map((one) => one.resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn);
  expect(got).toEqual([alpha.green, alpha.blue, alpha.green]);
  for (const { loadBalancers } of serviceRevisions) expect(loadBalancers).toEqual(alpha.loadBalancers());
  // Somebody turns the rule by hand: what it says counts, not what ECS wrote last.
  await engine.elb.modifyRule({ RuleArn: alpha.productionRule, Actions: plain(alpha.blue) });
  const arn = await alpha.deploy("v4", {}, { lifecycleHooks: PAUSE });
  await alpha.pauses(arn);
  expect(await alpha.asks(alpha.testUrl)).toBe("v4");
  expect(await alpha.test()).toEqual({ blue: 0, green: 100 });
});

test("4.1: a group on no rule is not checked: its targets are Target.NotInUse and the deployment waits", async () => {
  const configuration = { strategy: "ROLLING" as const, bakeTimeInMinutes: 0 };
  const alpha = await engine.service("alpha", configuration, { deregistrationSeconds: 0 });
  const rules = [alpha.productionRule, alpha.testRule];
  for (const RuleArn of rules) await engine.elb.modifyRule({ RuleArn, Actions: plain(alpha.green) });
  const arn = await alpha.deploy("v2");
  await engine.advance(90);
  expect(await states(alpha, alpha.blue)).toContainEqual(["unused", "Target.NotInUse"]);
  expect((await alpha.deployment(arn)).status).toBe("IN_PROGRESS");
  await engine.elb.modifyRule({ RuleArn: alpha.productionRule, Actions: plain(alpha.blue) });
  await alpha.reaches(arn, "SUCCESSFUL");
  expect(await alpha.asks(alpha.productionUrl)).toBe("v2");
});

test("4.1: a weighted forward does not fail over to the other group: 503", async () => {
  const alpha = await service();
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
  const TargetGroups = [
    { TargetGroupArn: alpha.blue, Weight: 100 },
    { TargetGroupArn: alpha.green, Weight: 0 },
  ];
  const Actions: Action[] = [{ Type: "forward", ForwardConfig: { TargetGroups } }];
  await engine.elb.modifyRule({ RuleArn: alpha.productionRule, Actions });
  expect(await alpha.asks(alpha.productionUrl)).toBe("503");
});

test("4.1: the test rule may be a header's on the production listener, before the production rule", async () => {
  const alpha = await service();
  const RuleArn = alpha.productionRule;
  await engine.elb.setRulePriorities({ RulePriorities: [{ RuleArn, Priority: 900 }] });
  const { Rules } = await engine.elb.createRule({
    ListenerArn: RuleArn.replace(":listener-rule/", ":listener/").replace(/\/[^/]+$/, ""),
    Priority: 800,
    Conditions: [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "x-try", Values: ["yes"] } }],
    Actions: plain(alpha.green),
  });
  const testListenerRule = Rules?.[0]?.RuleArn ?? "";
  const [entry] = alpha.loadBalancers() ?? [];
  const advancedConfiguration = { ...entry?.advancedConfiguration, testListenerRule };
  const loadBalancers = [{ ...entry, advancedConfiguration: advancedConfiguration as never }];
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: PAUSE }, { loadBalancers });
  await alpha.pauses(arn);
  const tried = await fetch(alpha.productionUrl, { headers: { "x-try": "yes" } });
  expect(await tried.json()).toEqual({ version: "v2" });
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
  await engine.elb.deleteRule({ RuleArn: testListenerRule });
});

test("4.2: a new target is healthy after one check that passes, however high the threshold; SCALE_UP waits for that", async () => {
  const alpha = await service();
  await engine.elb.modifyTargetGroup({ TargetGroupArn: alpha.blue, HealthyThresholdCount: 10 });
  let isWell = false;
  const listener: RequestListener = ({ url }, response) => {
    response.statusCode = isWell || url !== "/health" ? 200 : 500;
    response.end(JSON.stringify({ version: "v2" }));
  };
  await alpha.update({ healthCheckGracePeriodSeconds: 3600 });
  const arn = await alpha.deploy("v2", { listener }, { lifecycleHooks: PAUSE });
  const healthy = async () => ((await states(alpha, alpha.blue))[0]?.[0] === "healthy" ? true : undefined);
  await engine.advance(60);
  expect(await states(alpha, alpha.blue)).toEqual([["unhealthy", "Target.ResponseCodeMismatch"]]);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("SCALE_UP");
  isWell = true;
  const began = engine.seconds;
  await engine.until(healthy, { within: 150 }); // one that was unhealthy needs the whole threshold
  expect(engine.seconds - began).toBeGreaterThanOrEqual(85);
  await alpha.pauses(arn);
  const next = await alpha.deploy("v3", {}, { lifecycleHooks: PAUSE });
  await alpha.until(next, (seen) => (seen.targetServiceRevision?.runningTaskCount ?? 0) > 0, { step: 1 });
  await engine.until(healthy, { step: 1, within: 11 }); // a new one needs one check
});

test("4.2: the grace period keeps ECS from replacing a task; it does not make the target healthy", async () => {
  const alpha = await service();
  await alpha.update({ healthCheckGracePeriodSeconds: 300 });
  const arn = await alpha.deploy("v2", { kind: "unhealthy" });
  await engine.advance(200);
  expect(await states(alpha, alpha.blue)).toEqual([["unhealthy", "Target.ResponseCodeMismatch"]]);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("SCALE_UP");
  const before = (await alpha.tasks()).length;
  await engine.advance(200);
  expect((await alpha.tasks()).length).toBeGreaterThan(before);
});

test("4.3: an idle target drains for the whole delay, and only then its task gets SIGTERM", async () => {
  const alpha = await engine.service("alpha", { bakeTimeInMinutes: 0 }, { deregistrationSeconds: 120 });
  const arn = await alpha.deploy("v2");
  await alpha.reachesStage(arn, "CLEAN_UP");
  const began = engine.seconds;
  await engine.advance(110);
  expect(await states(alpha, alpha.green)).toEqual([["draining", "Target.DeregistrationInProgress"]]);
  const old = (await alpha.tasks()).find(({ lastStatus }) => lastStatus !== "STOPPED");
  expect(old).toMatchObject({ desiredStatus: "STOPPED", lastStatus: "DEACTIVATING" });
  expect(engine.driver.containers.size).toBe(2); // the old one still serves what it had begun
  await alpha.until(arn, ({ status }) => status === "SUCCESSFUL", { step: 1 });
  expect(engine.seconds - began).toBeGreaterThanOrEqual(115);
  expect(engine.driver.containers.size).toBe(1);
  expect(await states(alpha, alpha.green)).toEqual([]);
  expect((await alpha.events()).some((text) => /^has begun draining connections on 1 tasks/.test(text))).toBe(true);
});
