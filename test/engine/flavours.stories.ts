import type { DeploymentConfiguration, DeploymentLifecycleHookStage } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { CLUSTER, Engine } from "./engine.ts";
import type { EngineService } from "./engine-service.ts";

/** Section 2.7 of the specification: flavours and odd corners. Service Connect has files of its own. */

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start();
});
afterEach(() => engine.clear());
afterAll(() => engine.stop());

const DAY = 24 * 3600;
const quick = { bakeTimeInMinutes: 0 };
const service = (configuration: DeploymentConfiguration = {}) =>
  engine.service("alpha", { ...quick, ...configuration }, { deregistrationSeconds: 0 });
const headless = (configuration: DeploymentConfiguration = {}) =>
  engine.service("alpha", { ...quick, ...configuration }, { balancer: "none", desiredCount: 2 });

const pauseAt = (...lifecycleStages: DeploymentLifecycleHookStage[]): DeploymentConfiguration => ({
  lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages }],
});

const listed = async () => {
  const answer = await engine.ecs.listServiceDeployments({ cluster: CLUSTER, service: "alpha" });
  return answer.serviceDeployments ?? [];
};

/** Continues at every pause until the deployment is over; returns the stages it paused at, and its status. */
async function walk(alpha: EngineService, arn: string, each: () => Promise<unknown>): Promise<string[]> {
  const isAt = ({ status = "" }: { status?: string }) => /SUCCESSFUL|STOPPED|FAILED/.test(status);
  const passed: string[] = [];
  for (;;) {
    const seen = await alpha.until(arn, (one) =>
      Boolean(isAt(one) || one.lifecycleHookDetails?.some(({ status }) => status === "AWAITING_ACTION")),
    );
    if (isAt(seen)) return [...passed, seen.status ?? ""];
    passed.push(`${seen.lifecycleStage} ${JSON.stringify(await each())}`);
    await alpha.answers(arn, await alpha.pauses(arn));
  }
}

test("2.7: without a load balancer BLUE_GREEN replaces the old revision, with hooks and bake and without weights", async () => {
  const alpha = await headless();
  const stages = ["PRE_SCALE_UP", "POST_SCALE_UP", "POST_PRODUCTION_TRAFFIC_SHIFT"] as const;
  const arn = await alpha.deploy("v2", {}, { bakeTimeInMinutes: 3, ...pauseAt(...stages) });
  expect(await walk(alpha, arn, () => alpha.running())).toEqual([
    'PRE_SCALE_UP {"v1":2}',
    'POST_SCALE_UP {"v1":2,"v2":2}',
    'POST_PRODUCTION_TRAFFIC_SHIFT {"v1":2,"v2":2}',
    "SUCCESSFUL",
  ]);
  const over = await alpha.deployment(arn);
  for (const revision of [over.targetServiceRevision, over.sourceServiceRevisions?.[0]]) {
    expect(revision?.requestedProductionTrafficWeight).toBeUndefined();
    expect(revision?.requestedTestTrafficWeight).toBeUndefined();
  }
  expect(await alpha.running()).toEqual({ v2: 2 });
});

test("2.7: without a load balancer both revisions run through the bake, and a rollback is instant", async () => {
  const alpha = await headless({ bakeTimeInMinutes: 10 });
  const arn = await alpha.deploy("v2");
  await alpha.reachesStage(arn, "BAKE_TIME");
  await engine.advance(300);
  expect(await alpha.running()).toEqual({ v1: 2, v2: 2 });
  await engine.ecs.stopServiceDeployment({ serviceDeploymentArn: arn });
  await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL", 60);
  expect(await alpha.running()).toEqual({ v1: 2 });
});

test("2.7: without a load balancer LINEAR and CANARY are refused, at creation and later", async () => {
  const alpha = await headless();
  for (const strategy of ["LINEAR", "CANARY"] as const) {
    const deploymentConfiguration = { strategy };
    const refusal = { name: "InvalidParameterException", message: expect.stringContaining(`strategy ${strategy}`) };
    await expect(alpha.update({ deploymentConfiguration })).rejects.toMatchObject(refusal);
    const created = engine.ecs.createService({
      cluster: CLUSTER,
      serviceName: "beta",
      taskDefinition: await alpha.define("v1"),
      desiredCount: 1,
      networkConfiguration: { awsvpcConfiguration: { subnets: engine.subnets } },
      deploymentConfiguration,
    });
    await expect(created).rejects.toMatchObject(refusal);
  }
});

test("2.7: a Network Load Balancer's listeners are refused by name: the sandbox has none", async () => {
  const alpha = await service();
  const listener = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/net/fleet/1/";
  const [entry] = alpha.loadBalancers() ?? [];
  const advancedConfiguration = {
    alternateTargetGroupArn: alpha.green,
    roleArn: entry?.advancedConfiguration?.roleArn,
    productionListenerRule: `${listener}2`,
    testListenerRule: `${listener}3`,
  };
  const none = "The sandbox has no Network Load Balancers";
  await expect(alpha.update({ loadBalancers: [{ ...entry, advancedConfiguration }] })).rejects.toMatchObject({
    name: "InvalidParameterException",
    message: expect.stringMatching(`${none}: productionListenerRule .*2.*${none}: testListenerRule .*3`),
  });
  const made = engine.elb.createLoadBalancer({ Name: "net", Type: "network", Subnets: engine.subnets });
  await expect(made).rejects.toThrow(/network/);
});

test("2.7: rolling deployments are held by PAUSE hooks, and turned back by them", async () => {
  const alpha = await service({ strategy: "ROLLING" });
  const arn = await alpha.deploy("v2", {}, pauseAt("PRE_SCALE_UP", "POST_SCALE_UP"));
  const first = await alpha.pauses(arn);
  await engine.advance(600);
  expect(await alpha.running()).toEqual({ v1: 1 });
  await alpha.answers(arn, first);
  const second = await alpha.pauses(arn);
  expect((await alpha.deployment(arn)).lifecycleStage).toBe("POST_SCALE_UP");
  await alpha.answers(arn, second, "ROLLBACK");
  await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  expect(await alpha.running()).toEqual({ v1: 1 });
});

test("2.7: a deployment is listed for 90 days; its revision stays until the service is deleted", async () => {
  const alpha = await service();
  const first = (await alpha.deployment(alpha.first)).targetServiceRevision?.arn ?? "";
  const current = await alpha.deploy("v2");
  await alpha.reaches(current, "SUCCESSFUL");
  const revisions = async () => {
    const { serviceRevisions = [] } = await engine.ecs.describeServiceRevisions({ serviceRevisionArns: [first] });
    return serviceRevisions.length;
  };
  engine.clock.jump(89 * DAY);
  await engine.advance(10);
  expect(await listed()).toHaveLength(2);
  engine.clock.jump(2 * DAY);
  await engine.advance(10);
  expect((await listed()).map((brief) => brief.serviceDeploymentArn)).toEqual([current]); // the current one stays
  expect(await revisions()).toBe(1);
});

test("2.7: read-after-write: the newest ARN before the call, then another one whose revision is ours", async () => {
  const alpha = await service();
  const [before] = await listed();
  const taskDefinition = await alpha.define("v2");
  await alpha.update({ taskDefinition });
  const isNew = (arn: string | undefined) => arn !== before?.serviceDeploymentArn;
  const brief = await engine.until(async () => (await listed()).find((one) => isNew(one.serviceDeploymentArn)), {
    within: 60,
  });
  expect(["PENDING", "IN_PROGRESS"]).toContain(brief.status);
  const { serviceRevisions } = await engine.ecs.describeServiceRevisions({
    serviceRevisionArns: [brief.targetServiceRevisionArn ?? ""],
  });
  expect(serviceRevisions?.[0]?.taskDefinition).toBe(taskDefinition);
});

test("2.7: service events tell a deployment in ECS's words, oldest to newest", async () => {
  const alpha = await service();
  await engine.advance(60);
  const known = (await alpha.events()).length;
  await alpha.reaches(await alpha.deploy("v2"), "SUCCESSFUL");
  await engine.advance(60);
  const told = (await alpha.events()).reverse().slice(known);
  const task = "\\(task [0-9a-f]{32}\\)";
  const expected = [
    `^has started 1 tasks: ${task}\\.$`,
    "^registered 1 targets in \\(target-group arn:.*\\)$",
    "^deregistered 1 targets in \\(target-group arn:.*\\)$",
    "^has begun draining connections on 1 tasks\\.$",
    `^has stopped 1 running tasks: ${task}\\.$`,
    "^\\(deployment ecs-svc/\\d+\\) deployment completed\\.$",
    "^has reached a steady state\\.$",
  ];
  const places = expected.map((words) => told.findIndex((text) => new RegExp(words).test(text)));
  expect(places).not.toContain(-1);
  expect(places.indexOf(Math.min(...places))).toBe(0);
  expect(places[1]).toBeLessThan(places[2] ?? 0);
  expect(places[6]).toBe(told.length - 1);
});

test("2.7: service events tell why a deployment failed and what it goes back to", async () => {
  const alpha = await service();
  const arn = await alpha.deploy("v2", {}, pauseAt("POST_SCALE_UP"));
  await alpha.answers(arn, await alpha.pauses(arn), "ROLLBACK");
  const { statusReason } = await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  const events = await alpha.events();
  expect(events.some((text) => text.endsWith(`deployment failed: ${statusReason}`))).toBe(true);
  expect(events.some((text) => /^rolling back to deployment ecs-svc\/\d+\.$/.test(text))).toBe(true);
});
