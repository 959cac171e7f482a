import type { Task } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { FAULTS_PATH } from "../../infra/sandbox/faults/fault-page.ts";
import { CLUSTER, Engine } from "./engine.ts";
import type { EngineService } from "./engine-service.ts";

/** One story per kind of fault: what a service and its deployment do when it acts. */

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

const BREAKER = {
  bakeTimeInMinutes: 1,
  deploymentCircuitBreaker: { enable: true, rollback: true },
};

const stopped = (service: EngineService): Promise<Task> =>
  engine.until(async () => (await service.tasks()).find(({ lastStatus }) => lastStatus === "STOPPED"));

const recovers = (service: EngineService, running: Record<string, number>): Promise<true> =>
  engine.until(async () => (JSON.stringify(await service.running()) === JSON.stringify(running) ? true : undefined));

/** Over HTTP, as any program can. */
async function add(fault: object): Promise<{ id: string }> {
  const response = await fetch(`${engine.aws.endpoint}${FAULTS_PATH}`, { method: "POST", body: JSON.stringify(fault) });
  expect(response.status).toBe(201);
  return (await response.json()) as { id: string };
}

describe("tasks", () => {
  test("task-crash: one task dies at once and ECS starts another", async () => {
    const service = await engine.service("crash", {}, { desiredCount: 2 });
    await service.settles();
    const { id } = await add({ kind: "task-crash", scope: { agent: "crash" }, count: 1 });
    const task = await stopped(service);
    expect(task).toMatchObject({ stopCode: "EssentialContainerExited", containers: [{ exitCode: 137 }] });
    await recovers(service, { v1: 2 });
    expect(engine.faults.list().find((fault) => fault.id === id)).toMatchObject({ hits: 1, isOver: true });
    expect(engine.faults.hits().at(-1)).toMatchObject({ faultId: id, where: { agent: "crash" } });
  });

  test("start-failure: of one revision alone; the breaker rolls its deployment back", async () => {
    const service = await engine.service("start", BREAKER);
    const bad = await service.define("v2");
    await add({ kind: "start-failure", scope: { revision: bad } });
    const { service: updated } = await engine.ecs.updateService({
      cluster: CLUSTER,
      service: "start",
      taskDefinition: bad,
    });
    const deployment = await service.reaches(updated?.currentServiceDeployment ?? "", "ROLLBACK_SUCCESSFUL", 36_000);
    expect(deployment.statusReason).toMatch(/circuit breaker threshold was exceeded/);
    const failed = (await service.tasks()).find(({ taskDefinitionArn }) => taskDefinitionArn === bad);
    expect(failed).toMatchObject({ stopCode: "TaskFailedToStart" });
    expect(failed?.stoppedReason).toMatch(/^CannotStartContainerError/);
    expect(await service.asks(service.productionUrl)).toBe("v1");
  });

  test("memory-leak: the task is killed for its memory, and says so", async () => {
    const service = await engine.service("leak");
    await add({ kind: "memory-leak", scope: { agent: "leak" } });
    const task = await stopped(service);
    expect(task.containers).toMatchObject([{ exitCode: 137, reason: expect.stringMatching(/^OutOfMemoryError/) }]);
    await recovers(service, { v1: 1 });
  });

  test("spot-reclaim: a task on Spot is warned, stops, and is replaced", async () => {
    const capacityProviderStrategy = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
    const service = await engine.service("spot", {}, { create: { capacityProviderStrategy } });
    await add({ kind: "spot-reclaim", scope: { agent: "spot" } });
    expect(await stopped(service)).toMatchObject({ stopCode: "SpotInterruption" });
    await recovers(service, { v1: 1 });
  });
});

describe("load balancer", () => {
  test("health-flap: a revision that is never healthy is rolled back, and production does not move", async () => {
    const service = await engine.service("flap", BREAKER);
    const before = await service.production();
    const bad = await service.define("v2");
    await add({ kind: "health-flap", scope: { revision: bad }, status: 503 });
    const { service: updated } = await engine.ecs.updateService({
      cluster: CLUSTER,
      service: "flap",
      taskDefinition: bad,
    });
    await service.reaches(updated?.currentServiceDeployment ?? "", "ROLLBACK_SUCCESSFUL", 36_000);
    expect(await service.production()).toEqual(before);
    expect(await service.asks(service.productionUrl)).toBe("v1");
  });

  test("failing-answers: a share of one agent's requests, and no other agent's", async () => {
    const [hit, spared] = [await engine.service("failing"), await engine.service("spared")];
    await add({ kind: "failing-answers", scope: { agent: "failing" }, status: 503, count: 2 });
    const seen = [];
    for (let i = 0; i < 4; i++) seen.push(await hit.asks(hit.productionUrl), await spared.asks(spared.productionUrl));
    expect(seen).toEqual(["503", "v1", "503", "v1", "v1", "v1", "v1", "v1"]);
  });

  test("slow-answers: what CloudWatch says of the response time", async () => {
    const service = await engine.service("slow");
    await add({ kind: "slow-answers", scope: { agent: "slow" }, seconds: 0.3 });
    const StartTime = engine.clock.now();
    for (let i = 0; i < 3; i++) expect(await service.asks(service.productionUrl)).toBe("v1");
    await engine.advance(120);
    const { Metrics = [] } = await engine.cloudwatch.listMetrics({ MetricName: "TargetResponseTime" });
    const live = (await service.production()).blue === 100 ? service.blue : service.green;
    const { Dimensions } = Metrics.find(({ Dimensions = [] }) =>
      Dimensions.some(({ Name, Value }) => Name === "TargetGroup" && live.endsWith(Value ?? "")),
    ) ?? { Dimensions: undefined };
    const { Datapoints } = await engine.cloudwatch.getMetricStatistics({
      Namespace: "AWS/ApplicationELB",
      MetricName: "TargetResponseTime",
      Dimensions,
      StartTime,
      EndTime: engine.clock.now(),
      Period: 3600,
      Statistics: ["Minimum", "SampleCount"],
    });
    expect(Datapoints?.[0]?.SampleCount).toBe(3);
    expect(Datapoints?.[0]?.Minimum).toBeGreaterThanOrEqual(0.29);
  });
});

describe("the API", () => {
  test.each([
    ["api-error", { status: 503 }, "ServiceUnavailable"],
    ["api-throttle", { rate: 0 }, "ThrottlingException"],
    ["expired-credentials", {}, "ExpiredTokenException"],
    ["connection-reset", {}, ""],
    ["half-response", {}, ""],
  ])("%s: those who watch a deployment suffer, the deployment does not", async (kind, more, name) => {
    const service = await engine.service(kind);
    const arn = await service.deploy("v2");
    await add({ kind, scope: { service: "ecs", operation: "DescribeServiceDeployments" }, ...more });
    const failure = await service.deployment(arn).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failure).toBeDefined();
    if (name) expect(failure?.name).toBe(name);
    expect((await service.describe()).serviceName).toBe(kind);
    await engine.advance(600);
    engine.faults.clear();
    expect(await service.deployment(arn)).toMatchObject({ status: "SUCCESSFUL" });
  });

  test("api-latency: the answer is late and right", async () => {
    const service = await engine.service("latency");
    await add({ kind: "api-latency", scope: { agent: "latency" }, seconds: 0.2, count: 1 });
    const started = performance.now();
    expect((await service.describe()).serviceName).toBe("latency");
    expect(performance.now() - started).toBeGreaterThan(190);
  });
});

test("clock-jump: a bake of an hour is over at once, and nothing breaks", async () => {
  const service = await engine.service("jump");
  const arn = await service.deploy("v2", {}, { strategy: "BLUE_GREEN", bakeTimeInMinutes: 60 });
  await service.reachesStage(arn, "BAKE_TIME");
  await add({ kind: "clock-jump", seconds: 3600 });
  await service.reaches(arn, "SUCCESSFUL", 300);
  expect(await service.asks(service.productionUrl)).toBe("v2");
});
