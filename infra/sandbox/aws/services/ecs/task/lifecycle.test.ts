import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { CLUSTER, TaskStory } from "../task-story.fixture.ts";

const story = new TaskStory();
beforeAll(() => story.start());
afterAll(() => story.stop());

const only = () => {
  const [container, ...others] = story.driver.containers;
  if (!container || others.length > 0) throw new Error(`${story.driver.containers.size} containers run, not one`);
  return container;
};

describe("a task's life", () => {
  test("goes through every state, and EventBridge is told each", async () => {
    const arn = await story.run([story.container("life")]);
    expect(await story.task(arn)).toMatchObject({ lastStatus: "RUNNING", desiredStatus: "RUNNING" });
    await story.ecs.stopTask({ cluster: CLUSTER, task: arn, reason: "enough" });
    await story.clock.settle();
    const states = story.eventsOf(arn).map(({ lastStatus }) => lastStatus);
    const order = ["PENDING", "ACTIVATING", "RUNNING", "STOPPING", "DEPROVISIONING", "STOPPED"];
    expect([...new Set(states)]).toEqual(order);
    const last = story.eventsOf(arn).at(-1);
    expect(last).toMatchObject({ stopCode: "UserInitiated", stoppedReason: "enough", desiredStatus: "STOPPED" });
    expect(last).not.toHaveProperty("healthStatus");
  });

  test("has a version that grows and times in order", async () => {
    const arn = await story.run([story.container("times")]);
    const running = await story.task(arn);
    await story.clock.advance(10);
    await story.ecs.stopTask({ cluster: CLUSTER, task: arn });
    await story.clock.settle();
    const stopped = await story.task(arn);
    expect(stopped.version).toBeGreaterThan(running.version ?? 0);
    const times = [stopped.createdAt, stopped.startedAt, stopped.stoppingAt, stopped.stoppedAt];
    const seconds = times.map((time) => ((time?.getTime() ?? 0) - (stopped.createdAt?.getTime() ?? 0)) / 1000);
    expect(seconds).toEqual([0, 0, 10, 10]);
  });

  test("that fails at its start never was RUNNING", async () => {
    const arn = await story.run([story.container("crash", { kind: "crash" })]);
    const task = await story.task(arn);
    expect(task).toMatchObject({ lastStatus: "STOPPED", stopCode: "EssentialContainerExited" });
    expect(task.startedAt).toBeUndefined();
    expect(story.eventsOf(arn).map(({ lastStatus }) => lastStatus)).not.toContain("RUNNING");
    expect(task.containers?.[0]).toMatchObject({ exitCode: 3, lastStatus: "STOPPED" });
  });

  test("ends when an essential container does, and the others are stopped", async () => {
    const arn = await story.run([
      story.container("main", {}, { name: "main" }),
      story.container("side", {}, { name: "side", essential: false, portMappings: [] }),
    ]);
    const main = [...story.driver.containers].find(({ spec }) => spec.name === "main");
    main?.end({ code: 5 });
    await story.clock.settle();
    const task = await story.task(arn);
    expect(task).toMatchObject({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
    });
    expect(task.containers?.map(({ name, exitCode }) => [name, exitCode])).toEqual([
      ["main", 5],
      ["side", 0],
    ]);
  });

  test("goes on when a container that is not essential ends", async () => {
    const arn = await story.run([
      story.container("stays", {}, { name: "main" }),
      story.container("leaves", {}, { name: "side", essential: false, portMappings: [] }),
    ]);
    [...story.driver.containers].find(({ spec }) => spec.name === "side")?.end({ code: 0 });
    await story.clock.settle();
    const task = await story.task(arn);
    expect(task.lastStatus).toBe("RUNNING");
    expect(task.containers?.map(({ lastStatus }) => lastStatus)).toEqual(["RUNNING", "STOPPED"]);
    await story.ecs.stopTask({ cluster: CLUSTER, task: arn });
    await story.clock.settle();
  });

  test("says that memory was the reason", async () => {
    const arn = await story.run([story.container("hungry")]);
    only().leakMemory();
    await story.clock.settle();
    expect((await story.task(arn)).containers?.[0]).toMatchObject({
      exitCode: 137,
      reason: "OutOfMemoryError: Container killed due to memory usage",
    });
  });
});

describe("containers that depend on others", () => {
  const side = (version: string, more: object) =>
    story.container(version, {}, { name: "side", portMappings: [], ...more });

  test("start after them and stop before them", async () => {
    const arn = await story.run([
      story.container("late", {}, { name: "late", dependsOn: [{ containerName: "side", condition: "START" }] }),
      side("early", {}),
    ]);
    expect([...story.driver.containers].map(({ spec }) => spec.name)).toEqual(["side", "late"]);
    await story.ecs.stopTask({ cluster: CLUSTER, task: arn });
    await story.clock.settle();
    expect((await story.task(arn)).lastStatus).toBe("STOPPED");
  });

  test("wait until they are healthy, in sandbox time", async () => {
    let code = 1;
    const healthCheck = { command: ["CMD", "check"], interval: 5, retries: 10 };
    const arn = await story.run([
      story.container("waits", {}, { name: "late", dependsOn: [{ containerName: "side", condition: "HEALTHY" }] }),
      story.container("warms", { execCode: () => code }, { name: "side", portMappings: [], healthCheck }),
    ]);
    await story.clock.advance(12);
    expect(story.driver.containers.size).toBe(1);
    expect((await story.task(arn)).lastStatus).toBe("ACTIVATING");
    code = 0;
    await story.clock.advance(5);
    expect(story.driver.containers.size).toBe(2);
    expect((await story.task(arn)).lastStatus).toBe("RUNNING");
    await story.ecs.stopTask({ cluster: CLUSTER, task: arn });
    await story.clock.settle();
  });

  test("give up after the start timeout", async () => {
    const healthCheck = { command: ["CMD", "check"], interval: 5, retries: 10 };
    const arn = await story.run([
      story.container("gives up", {}, { name: "late", dependsOn: [{ containerName: "side", condition: "HEALTHY" }] }),
      story.container("ill", { execCode: () => 1 }, { name: "side", portMappings: [], healthCheck, startTimeout: 20 }),
    ]);
    await story.clock.advance(21);
    const task = await story.task(arn);
    expect(task).toMatchObject({ lastStatus: "STOPPED", stopCode: "TaskFailedToStart" });
    expect(task.stoppedReason).toMatch(/container late depends on container side to be HEALTHY/);
    expect(story.driver.containers.size).toBe(0);
  });

  test("start once they have ended well, and never when they ended badly", async () => {
    const depends = (condition: "SUCCESS" | "COMPLETE") => [{ containerName: "side", condition }];
    const crash = (version: string) =>
      story.container(version, { kind: "crash" }, { name: "side", essential: false, portMappings: [] });
    const complete = await story.run([
      story.container("after end", {}, { name: "late", dependsOn: depends("COMPLETE") }),
      crash("ends"),
    ]);
    expect((await story.task(complete)).lastStatus).toBe("RUNNING");
    await story.ecs.stopTask({ cluster: CLUSTER, task: complete });
    const success = await story.run([
      story.container("after success", {}, { name: "late", dependsOn: depends("SUCCESS") }),
      crash("fails"),
    ]);
    expect(await story.task(success)).toMatchObject({ lastStatus: "STOPPED", stopCode: "TaskFailedToStart" });
  });
});

describe("a container with a restart policy", () => {
  const restartPolicy = { enabled: true, restartAttemptPeriod: 60, ignoredExitCodes: [0] };

  test("is started again once it ran for the attempt period, and ends the task otherwise", async () => {
    const arn = await story.run([story.container("restarts", {}, { restartPolicy })]);
    await story.clock.advance(61);
    only().end({ code: 4 });
    await story.clock.settle();
    expect((await story.task(arn)).lastStatus).toBe("RUNNING");
    only().end({ code: 4 });
    await story.clock.settle();
    expect((await story.task(arn)).lastStatus).toBe("STOPPED");
  });

  test("stays down after an exit code that the policy ignores", async () => {
    const arn = await story.run([story.container("ends well", {}, { restartPolicy })]);
    await story.clock.advance(61);
    only().end({ code: 0 });
    await story.clock.settle();
    expect((await story.task(arn)).lastStatus).toBe("STOPPED");
  });
});

test("environment files come from S3; the definition's own variables win", async () => {
  await story.s3.createBucket({ Bucket: "settings" });
  const Body = "# comment\nGREETING=hello there\nPORT=1\nEMPTY=\n";
  await story.s3.putObject({ Bucket: "settings", Key: "app.env", Body });
  const environmentFiles = [{ type: "s3" as const, value: "arn:aws:s3:::settings/app.env" }];
  const environment = [{ name: "PORT", value: "9000" }];
  const arn = await story.run([story.container("files", {}, { environmentFiles, environment })]);
  expect(only().spec.environment).toMatchObject({ GREETING: "hello there", PORT: "9000", EMPTY: "" });
  await story.ecs.stopTask({ cluster: CLUSTER, task: arn });
  const missing = [{ type: "s3" as const, value: "arn:aws:s3:::settings/none.env" }];
  const failed = await story.run([story.container("no files", {}, { environmentFiles: missing })]);
  expect((await story.task(failed)).stoppedReason).toMatch(
    /^ResourceInitializationError: failed to download env files/,
  );
});
