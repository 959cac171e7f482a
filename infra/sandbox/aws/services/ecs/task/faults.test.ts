import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { TaskStory } from "../task-story.fixture.ts";

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
  await story.clock.advance(60);
};

const PAUSE = 10; // seconds in which a task that failed is replaced

const spot = { capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] };
const breaker = { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } } };

test("task-crash kills the agent's tasks now, as many as it may, and they are replaced", async () => {
  await serve("alpha", [story.container("alpha")], { desiredCount: 3 });
  await serve("beta", [story.container("beta")]);
  const before = (await story.tasks("alpha")).map(({ taskArn }) => taskArn);
  const untouched = await story.tasks("beta");
  const fault = story.aws.faults.add({ kind: "task-crash", scope: { agent: "alpha" }, count: 2 });
  await story.clock.advance(PAUSE);
  const after = (await story.tasks("alpha")).map(({ taskArn }) => taskArn);
  expect(after.filter((arn) => !before.includes(arn))).toHaveLength(2);
  expect(await story.tasks("beta")).toEqual(untouched);
  expect(fault).toMatchObject({ hits: 2, isOver: true });
  const dead = (await story.tasks("alpha", "STOPPED"))[0];
  expect(dead).toMatchObject({ stopCode: "EssentialContainerExited", containers: [{ exitCode: 137 }] });
});

test("task-crash is an event: it does not befall the tasks that come after it", async () => {
  await serve("alpha", [story.container("once")]);
  const fault = story.aws.faults.add({ kind: "task-crash" });
  await story.clock.advance(PAUSE);
  expect(fault).toMatchObject({ hits: 1, isOver: true });
  expect(await story.tasks("alpha")).toMatchObject([{ lastStatus: "RUNNING" }]);
});

test("start-failure fails tasks before they run, of one task definition", async () => {
  await serve("alpha", [story.container("starts")]);
  const [task] = await story.tasks("alpha");
  const scope = { revision: task?.taskDefinitionArn };
  story.aws.faults.add({ kind: "start-failure", scope, count: 1 });
  for (const container of story.driver.containers) container.end({ code: 0 });
  await story.clock.advance(30);
  const failed = (await story.tasks("alpha", "STOPPED")).find(({ stopCode }) => stopCode === "TaskFailedToStart");
  expect(failed?.stoppedReason).toMatch(/^CannotStartContainerError: failed to get container status: fault-/);
  expect(await story.tasks("alpha")).toMatchObject([{ lastStatus: "RUNNING" }]);
});

test("memory-leak ends tasks as the kernel does", async () => {
  await serve("alpha", [story.container("leaks")]);
  story.aws.faults.add({ kind: "memory-leak", scope: { agent: "alpha" } });
  await story.clock.settle();
  const reasons = (await story.tasks("alpha", "STOPPED")).map(({ containers }) => containers?.[0]?.reason);
  expect(reasons).toContain("OutOfMemoryError: Container killed due to memory usage");
});

test("spot-reclaim warns a Spot task, tells EventBridge while it still runs, and the breaker does not count it", async () => {
  await serve("alpha", [story.container("spot")], { ...spot, ...breaker });
  await serve("beta", [story.container("on demand")]);
  const [task] = await story.tasks("alpha");
  const arn = task?.taskArn ?? "";
  story.aws.faults.add({ kind: "spot-reclaim" });
  await story.clock.settle();
  const warning = story.eventsOf(arn).find(({ desiredStatus }) => desiredStatus === "STOPPED");
  expect(warning).toMatchObject({
    lastStatus: "RUNNING",
    stopCode: "SpotInterruption",
    stoppedReason: "Your Spot Task was interrupted.",
  });
  expect(await story.task(arn)).toMatchObject({ lastStatus: "STOPPED", stopCode: "SpotInterruption" });
  const [replacement] = await story.tasks("alpha");
  expect(replacement).toMatchObject({ lastStatus: "RUNNING", capacityProviderName: "FARGATE_SPOT" });
  expect((await story.service("alpha")).deployments?.[0]?.failedTasks).toBe(0);
  expect(story.aws.faults.list().at(-1)).toMatchObject({ hits: 1 });
});
