import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { CLUSTER, TaskStory } from "../task-story.fixture.ts";

const story = new TaskStory();
const served = new Set<string>();
beforeAll(() => story.start());
afterEach(async () => {
  story.aws.faults.clear();
  for (const name of served) await story.remove(name);
  served.clear();
});
afterAll(() => story.stop());

const serve: TaskStory["serve"] = async (name, containers, more) => {
  served.add(name);
  await story.serve(name, containers, more);
};

const CHECK = { command: ["CMD-SHELL", "check || exit 1"], interval: 10, retries: 2 };

describe("container health checks of a service's task", () => {
  test("make it healthy, and the deployment waits for that", async () => {
    let code = 1;
    const healthCheck = { ...CHECK, startPeriod: 100 };
    await serve("alpha", [story.container("slow start", { execCode: () => code }, { healthCheck })]);
    await story.clock.advance(45);
    const [task] = await story.tasks("alpha");
    expect(task).toMatchObject({ lastStatus: "RUNNING", healthStatus: "UNKNOWN" });
    expect((await story.service("alpha")).deployments?.[0]?.rolloutState).toBe("IN_PROGRESS");
    code = 0;
    await story.clock.advance(60);
    expect((await story.tasks("alpha"))[0]).toMatchObject({ healthStatus: "HEALTHY", taskArn: task?.taskArn });
    expect((await story.tasks("alpha"))[0]?.containers?.[0]?.healthStatus).toBe("HEALTHY");
    expect((await story.service("alpha")).deployments?.[0]?.rolloutState).toBe("COMPLETED");
  });

  test("replace it when they fail, with the reason", async () => {
    let code = 0;
    await serve("beta", [story.container("falls ill", { execCode: () => code }, { healthCheck: CHECK })]);
    await story.clock.advance(30);
    const [first] = await story.tasks("beta");
    expect(first?.healthStatus).toBe("HEALTHY");
    code = 1;
    await story.clock.advance(25);
    expect(await story.task(first?.taskArn ?? "")).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "ServiceSchedulerInitiated",
      stoppedReason: "Task failed container health checks",
      healthStatus: "UNHEALTHY",
    });
    expect((await story.messages("beta")).join("\n")).toContain("failed container health checks.");
    expect((await story.tasks("beta"))[0]?.taskArn).not.toBe(first?.taskArn);
  });

  test("count for the circuit breaker", async () => {
    await serve("gamma", [story.container("ill", { execCode: () => 1 }, { healthCheck: CHECK })], {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    await story.clock.advance(200);
    expect((await story.service("gamma")).deployments?.[0]).toMatchObject({ rolloutState: "FAILED" });
  });

  test("are not heard during the grace period", async () => {
    await serve("delta", [story.container("grace", { execCode: () => 1 }, { healthCheck: CHECK })], {
      healthCheckGracePeriodSeconds: 120,
    });
    await story.clock.advance(100);
    const [task] = await story.tasks("delta");
    expect(task).toMatchObject({ lastStatus: "RUNNING", healthStatus: "UNHEALTHY" });
    await story.clock.advance(30);
    expect((await story.task(task?.taskArn ?? "")).lastStatus).toBe("STOPPED");
  });
});

test("a task without any health check counts as healthy after 40 seconds", async () => {
  await serve("alpha", [story.container("unchecked")]);
  await story.clock.advance(35);
  expect((await story.service("alpha")).deployments?.[0]?.rolloutState).toBe("IN_PROGRESS");
  await story.clock.advance(60);
  expect((await story.service("alpha")).deployments?.[0]?.rolloutState).toBe("COMPLETED");
});

describe("starts that fail", () => {
  test("are tried less and less often, and ECS says so; a new task definition starts at once", async () => {
    await serve("omega", [story.container("never", { kind: "crash" })]);
    await story.clock.advance(600);
    const tried = await story.tasks("omega", "STOPPED");
    const starts = tried.map(({ createdAt }) => createdAt?.getTime() ?? 0).sort((a, b) => a - b);
    const gaps = starts.slice(1).map((start, index) => (start - (starts[index] ?? 0)) / 1000);
    expect(gaps.length).toBeGreaterThanOrEqual(5);
    for (const [index, gap] of gaps.slice(1).entries()) expect(gap).toBeGreaterThan(gaps[index] ?? 0);
    const message = "(service omega) is unable to consistently start tasks successfully.";
    expect(await story.messages("omega")).toContain(message);
    expect(story.told.find(({ type }) => type === "ECS Service Action")?.detail).toMatchObject({
      eventName: "SERVICE_TASK_START_IMPAIRED",
    });
    const taskDefinition = await story.define([story.container("at last")], { family: "omega" });
    await story.ecs.updateService({ cluster: CLUSTER, service: "omega", taskDefinition });
    await story.clock.advance(5);
    const running = await story.tasks("omega");
    expect(running.map((task) => [task.taskDefinitionArn, task.lastStatus])).toContainEqual([
      taskDefinition,
      "RUNNING",
    ]);
  });

  test("are not delayed when the task had been RUNNING", async () => {
    await serve("beta", [story.container("dies later")]);
    for (let death = 0; death < 4; death++) {
      for (const container of story.driver.containers) container.end({ code: 1 });
      await story.clock.advance(10);
    }
    expect(await story.tasks("beta")).toMatchObject([{ lastStatus: "RUNNING" }]);
    expect((await story.messages("beta")).join("\n")).not.toContain("unable to consistently");
  });
});

describe("capacity providers", () => {
  const strategy = (base: number, weight: number, spotWeight: number) => [
    { capacityProvider: "FARGATE", base, weight },
    { capacityProvider: "FARGATE_SPOT", weight: spotWeight },
  ];
  const spread = async (name: string) => {
    const names = (await story.tasks(name)).map(({ capacityProviderName }) => capacityProviderName);
    return [names.filter((one) => one === "FARGATE").length, names.filter((one) => one === "FARGATE_SPOT").length];
  };

  test("get tasks by base and weight", async () => {
    const capacityProviderStrategy = strategy(2, 1, 3);
    await serve("alpha", [story.container("spread")], { desiredCount: 10, capacityProviderStrategy });
    expect(await spread("alpha")).toEqual([4, 6]);
    expect((await story.tasks("alpha"))[0]).toMatchObject({ launchType: "FARGATE" });
  });

  test("of the cluster's default strategy are used when nothing else is asked for", async () => {
    const capacityProviders = ["FARGATE", "FARGATE_SPOT"];
    const spotOnly = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
    await story.ecs.putClusterCapacityProviders({
      cluster: CLUSTER,
      capacityProviders,
      defaultCapacityProviderStrategy: spotOnly,
    });
    await serve("beta", [story.container("default")]);
    await story.ecs.putClusterCapacityProviders({
      cluster: CLUSTER,
      capacityProviders,
      defaultCapacityProviderStrategy: [],
    });
    expect(await spread("beta")).toEqual([0, 1]);
    expect(await story.service("beta")).toMatchObject({ capacityProviderStrategy: spotOnly });
  });

  test("that are wrong are refused with every problem", async () => {
    const capacityProviderStrategy = [
      { capacityProvider: "nowhere", weight: 0, base: 1 },
      { capacityProvider: "FARGATE", weight: 0, base: 1 },
    ];
    const taskDefinition = await story.define([story.container("refused")]);
    const request = { cluster: CLUSTER, taskDefinition, networkConfiguration: story.network, capacityProviderStrategy };
    await expect(story.ecs.runTask(request)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringMatching(/'nowhere' is not associated.*can have a base.*weight greater than zero/),
    });
    await expect(story.ecs.runTask({ ...request, launchType: "FARGATE" })).rejects.toThrow(/both a launch type and/);
  });
});

describe("tasks over Availability Zones", () => {
  const zones = async (name: string) =>
    (await story.tasks(name)).map(({ availabilityZone }) => availabilityZone).sort();

  test("are spread when they start and when they are scaled in", async () => {
    await serve("alpha", [story.container("zones")], { desiredCount: 4 });
    expect(await zones("alpha")).toEqual(["us-east-1a", "us-east-1a", "us-east-1b", "us-east-1b"]);
    await story.clock.advance(60);
    await story.ecs.updateService({ cluster: CLUSTER, service: "alpha", desiredCount: 2 });
    await story.clock.advance(10);
    expect(await zones("alpha")).toEqual(["us-east-1a", "us-east-1b"]);
    const stopped = await story.tasks("alpha", "STOPPED");
    expect(stopped[0]?.stoppedReason).toMatch(/^Scaling activity initiated by \(deployment ecs-svc\/\d+\)$/);
  });
});
