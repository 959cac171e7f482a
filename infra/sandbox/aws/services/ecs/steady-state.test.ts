import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Fleet } from "./fleet.fixture.ts";
import { until } from "./until.fixture.ts";

const fleet = new Fleet();

beforeAll(async () => {
  await fleet.start();
  await fleet.build();
});
afterAll(() => fleet.stop());

const tasks = async () => {
  const { taskArns = [] } = await fleet.ecs.listTasks({ cluster: "fleet", serviceName: "alpha" });
  return taskArns;
};
const answers = async () => (await fetch(fleet.productionUrl).catch(() => undefined))?.status;

test("a task that dies is replaced without a deployment", async () => {
  const { currentServiceDeployment: arn = "" } = await fleet.create(await fleet.define(await fleet.push("one")));
  await fleet.reaches(arn, "SUCCESSFUL");
  const [first = ""] = await tasks();
  await fleet.ecs.stopTask({ cluster: "fleet", task: first });
  await until(async () => {
    const now = await tasks();
    return now.length === 1 && now[0] !== first && (await answers()) === 200 ? true : undefined;
  });
  expect((await fleet.service()).currentServiceDeployment).toBe(arn);
});

test("a service is back after a restart of the sandbox, with its state", async () => {
  const before = await fleet.service();
  await fleet.pause();
  await fleet.start();
  const service = await until(async () => {
    const found = await fleet.service();
    return found.runningCount === 1 ? found : undefined;
  });
  expect(service).toMatchObject({
    serviceArn: before.serviceArn,
    taskDefinition: before.taskDefinition,
    status: "ACTIVE",
  });
  expect(service.currentServiceDeployment).toBe(before.currentServiceDeployment);
});

test("a deployment that waits at a hook goes on after a restart of the sandbox", async () => {
  const arn = await fleet.deploy(await fleet.define(await fleet.push("next")), {
    lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"] }],
  });
  const hookId = await fleet.pauses(arn);
  await fleet.pause();
  await fleet.start();
  expect(await fleet.pauses(arn)).toBe(hookId);
  // The clock began anew at real time: what is left of the hook's day is a day of the new clock.
  const { lifecycleHookDetails } = await fleet.deployment(arn);
  const left = (lifecycleHookDetails?.[0]?.expiresAt?.getTime() ?? 0) - Date.now();
  expect(left / 60_000).toBeLessThanOrEqual(1440 + 1);
  await until(async () => ((await fleet.service()).runningCount === 2 ? true : undefined));
  await fleet.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId });
  await fleet.reaches(arn, "SUCCESSFUL");
  expect(await fleet.version(fleet.productionUrl)).toBe("next");
});

test("a rolling service replaces its tasks in one group, and goes back when the new ones crash", async () => {
  const image = await fleet.push("two");
  const group = await fleet.rollingGroup();
  await fleet.ecs.createService({
    cluster: "fleet",
    serviceName: "rolling",
    taskDefinition: await fleet.define(image),
    desiredCount: 2,
    networkConfiguration: fleet.network(),
    loadBalancers: [{ targetGroupArn: group, containerName: "app", containerPort: 9000 }],
  });
  const arnOf = async () =>
    (await fleet.ecs.describeServices({ cluster: "fleet", services: ["rolling"] })).services?.[0]
      ?.currentServiceDeployment ?? "";
  await fleet.reaches(await arnOf(), "SUCCESSFUL");
  const healthy = async () => {
    const { TargetHealthDescriptions = [] } = await fleet.elb.describeTargetHealth({ TargetGroupArn: group });
    return TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === "healthy").length;
  };
  expect(await healthy()).toBe(2);
  const broken = await fleet.define(await fleet.push("three", "crash"));
  await fleet.ecs.updateService({
    cluster: "fleet",
    service: "rolling",
    taskDefinition: broken,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  });
  const deployment = await fleet.reaches(await arnOf(), "ROLLBACK_SUCCESSFUL");
  expect(deployment.statusReason).toContain("circuit breaker threshold was exceeded");
  const { services } = await fleet.ecs.describeServices({ cluster: "fleet", services: ["rolling"] });
  expect(services?.[0]).toMatchObject({ runningCount: 2, deployments: [{ status: "PRIMARY" }] });
  expect(await healthy()).toBe(2);
});
