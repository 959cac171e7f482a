import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { CLUSTER, TaskStory } from "../task-story.fixture.ts";

const story = new TaskStory();
let arn: string;
let uri: string;

beforeAll(async () => {
  await story.start();
  const usage = () => ({ cpuSeconds: 2.5, memoryBytes: 64 * 1024 * 1024 });
  const container = story.container("metadata", { usage }, { memory: 256, cpu: 128, dockerLabels: { team: "fleet" } });
  arn = await story.run([container], { tags: [{ key: "team", value: "fleet" }] });
  uri = [...story.driver.containers][0]?.spec.environment.ECS_CONTAINER_METADATA_URI_V4 ?? "";
});
afterAll(() => story.stop());

const get = async (path: string) => {
  const response = await fetch(`${uri}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

test("a container learns about itself", async () => {
  const { body } = await get("");
  expect(body).toMatchObject({
    Name: "app",
    DockerName: "app",
    KnownStatus: "RUNNING",
    DesiredStatus: "RUNNING",
    Limits: { CPU: 128, Memory: 256 },
    Type: "NORMAL",
    Labels: { "com.amazonaws.ecs.task-arn": arn, "com.amazonaws.ecs.container-name": "app", team: "fleet" },
    Networks: [{ NetworkMode: "awsvpc", IPv4Addresses: [expect.stringMatching(/^10\./)] }],
  });
});

test("and about its task, with tags when it asks for them", async () => {
  const { body } = await get("/task");
  expect(body).toMatchObject({
    TaskARN: arn,
    Family: "alpha",
    Limits: { CPU: 0.25, Memory: 512 },
    AvailabilityZone: "us-east-1a",
    LaunchType: "FARGATE",
    Containers: [{ Name: "app" }],
  });
  expect(body).not.toHaveProperty("TaskTags");
  expect((await get("/taskWithTags")).body).toMatchObject({ TaskTags: { team: "fleet" } });
});

test("and what it really uses", async () => {
  const { body } = await get("/stats");
  expect(body).toMatchObject({
    name: "app",
    cpu_stats: { cpu_usage: { total_usage: 2_500_000_000 } },
    memory_stats: { usage: 64 * 1024 * 1024, limit: 256 * 1024 * 1024 },
  });
  const all = await get("/task/stats");
  expect(Object.values(all.body)).toMatchObject([{ name: "app", id: body.id }]);
});

test("what the endpoint does not have is not found, and a foreign key is refused", async () => {
  expect((await get("/nothing")).status).toBe(404);
  expect((await fetch(uri.replace(/[0-9a-f]{40}/, "0".repeat(40)))).status).toBe(403);
});

test("nothing is answered once the task is over", async () => {
  await story.ecs.stopTask({ cluster: CLUSTER, task: arn });
  await story.clock.settle();
  expect((await get("/task")).status).toBe(403);
});
