import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { CLUSTER, TaskStory } from "../task-story.fixture.ts";

const story = new TaskStory();
const MIB = 1024 * 1024;
beforeAll(async () => {
  await story.start();
  await story.cloudwatch.listMetrics({}); // its model is loaded before time counts
});
afterAll(() => story.stop());

async function statistics(Namespace: string, MetricName: string, service?: string) {
  const cluster = { Name: "ClusterName", Value: CLUSTER };
  const { Datapoints = [] } = await story.cloudwatch.getMetricStatistics({
    Namespace,
    MetricName,
    Dimensions: service ? [cluster, { Name: "ServiceName", Value: service }] : [cluster],
    StartTime: new Date(story.clock.now().getTime() - 120_000),
    EndTime: new Date(story.clock.now().getTime() + 60_000),
    Period: 60,
    Statistics: ["Average", "Minimum", "Maximum"],
  });
  return Datapoints.at(-1);
}

test("what tasks use is told once a minute, against what they reserved", async () => {
  // A quarter of a vCPU is reserved: 6 seconds of CPU time in a minute are 40 % of it.
  const start = story.clock.now().getTime();
  const share = (cpu: number) => () => ({
    cpuSeconds: ((story.clock.now().getTime() - start) / 1000) * cpu,
    memoryBytes: 128 * MIB,
  });
  await story.serve("alpha", [story.container("busy", { usage: share(0.1) })]);
  await story.clock.advance(150);
  expect((await statistics("AWS/ECS", "CPUUtilization", "alpha"))?.Average).toBeCloseTo(40, 1);
  expect((await statistics("AWS/ECS", "MemoryUtilization", "alpha"))?.Average).toBeCloseTo(25, 5);
  expect(await statistics("AWS/ECS", "CPUUtilization")).toBeUndefined();
  expect(await statistics("ECS/ContainerInsights", "RunningTaskCount", "alpha")).toBeUndefined();
});

test("Container Insights tell more where they are switched on", async () => {
  const settings = [{ name: "containerInsights" as const, value: "enabled" }];
  await story.ecs.updateClusterSettings({ cluster: CLUSTER, settings });
  await story.clock.advance(70);
  expect((await statistics("ECS/ContainerInsights", "RunningTaskCount", "alpha"))?.Average).toBe(1);
  expect((await statistics("ECS/ContainerInsights", "DesiredTaskCount", "alpha"))?.Average).toBe(1);
  expect((await statistics("ECS/ContainerInsights", "CpuUtilized", "alpha"))?.Average).toBeCloseTo(102.4, 1);
  expect((await statistics("ECS/ContainerInsights", "MemoryReserved", "alpha"))?.Average).toBe(512);
  expect((await statistics("ECS/ContainerInsights", "ServiceCount"))?.Average).toBe(1);
});
