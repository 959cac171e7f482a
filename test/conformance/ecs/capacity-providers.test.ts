import { ECS } from "@aws-sdk/client-ecs";
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

/** A cluster that is gone after the test. */
async function withCluster(run: (cluster: string) => Promise<void>): Promise<void> {
  const cluster = target.unique("cluster");
  await client.createCluster({ clusterName: cluster });
  try {
    await run(cluster);
  } finally {
    await client.deleteCluster({ cluster });
  }
}

test("DescribeCapacityProviders: Fargate and Fargate Spot are everybody's, others may be missing", async () => {
  const none = target.unique("provider");
  const { capacityProviders, failures } = await client.describeCapacityProviders({
    capacityProviders: ["FARGATE", "FARGATE_SPOT", none],
  });
  expect(capacityProviders?.map(({ name, status }) => `${name} ${status}`).sort()).toEqual([
    "FARGATE ACTIVE",
    "FARGATE_SPOT ACTIVE",
  ]);
  expect(failures).toMatchObject([{ arn: expect.stringContaining(none), reason: "MISSING" }]);
});

test("PutClusterCapacityProviders: a default strategy of associated providers alone", () =>
  withCluster(async (cluster) => {
    const strategy = [
      { capacityProvider: "FARGATE", base: 1, weight: 1 },
      { capacityProvider: "FARGATE_SPOT", weight: 4 },
    ];
    await expect(
      client.putClusterCapacityProviders({
        cluster,
        capacityProviders: ["FARGATE"],
        defaultCapacityProviderStrategy: strategy,
      }),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
    await client.putClusterCapacityProviders({
      cluster,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: strategy,
    });
    const { clusters } = await client.describeClusters({ clusters: [cluster] });
    expect(clusters?.[0]?.capacityProviders?.toSorted()).toEqual(["FARGATE", "FARGATE_SPOT"]);
    expect(clusters?.[0]?.defaultCapacityProviderStrategy).toMatchObject(strategy);
  }));
