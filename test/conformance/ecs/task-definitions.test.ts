import { ECS, type RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ecs } from "../../../infra/sandbox/aws/services/ecs/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: ECS;
beforeAll(async () => {
  target = await startTarget([ecs]);
  client = new ECS(target.config);
});
afterAll(() => target.stop());

const request = (family: string): RegisterTaskDefinitionCommandInput => ({
  family,
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  cpu: "256",
  memory: "512",
  containerDefinitions: [{ name: "app", image: "public.ecr.aws/docker/library/busybox:1.36" }],
  tags: [{ key: "team", value: "fleet" }],
});

/** A family whose revisions are gone after the test. */
async function withFamily(run: (family: string) => Promise<void>): Promise<void> {
  const family = target.unique("family");
  await client.registerTaskDefinition(request(family));
  try {
    await run(family);
  } finally {
    const { taskDefinitionArns = [] } = await client.listTaskDefinitions({ familyPrefix: family });
    for (const taskDefinition of taskDefinitionArns) await client.deregisterTaskDefinition({ taskDefinition });
    const { taskDefinitionArns: inactive = [] } = await client.listTaskDefinitions({
      familyPrefix: family,
      status: "INACTIVE",
    });
    if (inactive.length > 0) await client.deleteTaskDefinitions({ taskDefinitions: inactive });
  }
}

test("RegisterTaskDefinition: a revision each time, defaults filled in, wrong sizes refused", () =>
  withFamily(async (family) => {
    const { taskDefinition } = await client.registerTaskDefinition(request(family));
    expect(taskDefinition).toMatchObject({ family, revision: 2, status: "ACTIVE", cpu: "256", memory: "512" });
    expect(taskDefinition?.containerDefinitions?.[0]).toMatchObject({ essential: true, environment: [] });
    await expect(client.registerTaskDefinition({ ...request(family), memory: "8192" })).rejects.toMatchObject({
      name: "ClientException",
      message: expect.stringContaining("No Fargate configuration exists"),
    });
    const waiting = [{ name: "app", image: "a", dependsOn: [{ containerName: "app", condition: "SUCCESS" as const }] }];
    await expect(
      client.registerTaskDefinition({ ...request(family), containerDefinitions: waiting }),
    ).rejects.toMatchObject({ name: "ClientException" });
  }));

test("DescribeTaskDefinition: the latest by family, with tags when asked for", () =>
  withFamily(async (family) => {
    await client.registerTaskDefinition({ ...request(family), cpu: "512", memory: "1024" });
    const { taskDefinition, tags } = await client.describeTaskDefinition({ taskDefinition: family, include: ["TAGS"] });
    expect(taskDefinition).toMatchObject({ revision: 2, cpu: "512" });
    expect(tags).toEqual([{ key: "team", value: "fleet" }]);
    const first = await client.describeTaskDefinition({ taskDefinition: `${family}:1` });
    expect(first.taskDefinition?.cpu).toBe("256");
    await expect(client.describeTaskDefinition({ taskDefinition: `${family}-none` })).rejects.toMatchObject({
      name: "ClientException",
    });
  }));

test("DeregisterTaskDefinition: is INACTIVE afterwards", () =>
  withFamily(async (family) => {
    const { taskDefinition } = await client.deregisterTaskDefinition({ taskDefinition: `${family}:1` });
    expect(taskDefinition).toMatchObject({ status: "INACTIVE", deregisteredAt: expect.any(Date) });
  }));

test("DeleteTaskDefinitions: only of what is INACTIVE", () =>
  withFamily(async (family) => {
    const taskDefinitions = [`${family}:1`];
    const refused = await client.deleteTaskDefinitions({ taskDefinitions });
    expect(refused.failures).toHaveLength(1);
    await client.deregisterTaskDefinition({ taskDefinition: `${family}:1` });
    const { taskDefinitions: gone } = await client.deleteTaskDefinitions({ taskDefinitions });
    expect(gone).toMatchObject([{ status: "DELETE_IN_PROGRESS" }]);
  }));

test("ListTaskDefinitions: of a family, newest last or first", () =>
  withFamily(async (familyPrefix) => {
    await client.registerTaskDefinition(request(familyPrefix));
    const revisions = async (sort: "ASC" | "DESC") => {
      const { taskDefinitionArns = [] } = await client.listTaskDefinitions({ familyPrefix, sort });
      return taskDefinitionArns.map((arn) => arn.split(":").at(-1));
    };
    expect(await revisions("ASC")).toEqual(["1", "2"]);
    expect(await revisions("DESC")).toEqual(["2", "1"]);
  }));

test("ListTaskDefinitionFamilies: by prefix", () =>
  withFamily(async (family) => {
    const { families } = await client.listTaskDefinitionFamilies({ familyPrefix: family, status: "ACTIVE" });
    expect(families).toEqual([family]);
  }));
