import { ECS } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { services } from "../../../infra/sandbox/aws/services.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: ECS;
beforeAll(async () => {
  target = await startTarget(services);
  client = new ECS(target.config);
});
afterAll(() => target.stop());

const tags = [{ key: "team", value: "fleet" }];

/** A cluster that is gone after the test. */
async function withCluster(run: (cluster: string, clusterArn: string) => Promise<void>): Promise<void> {
  const clusterName = target.unique("cluster");
  const { cluster } = await client.createCluster({ clusterName, tags });
  try {
    await run(clusterName, cluster?.clusterArn ?? "");
  } finally {
    await client.deleteCluster({ cluster: clusterName });
  }
}

const describeOne = async (cluster: string) =>
  (await client.describeClusters({ clusters: [cluster], include: ["SETTINGS", "TAGS", "CONFIGURATIONS"] }))
    .clusters?.[0];

test("CreateCluster: the same name again is the same cluster", () =>
  withCluster(async (clusterName, clusterArn) => {
    const { cluster } = await client.createCluster({ clusterName });
    expect(cluster).toMatchObject({ clusterArn, status: "ACTIVE" });
  }));

test("DescribeClusters: counts and tags, and MISSING for what is not there", () =>
  withCluster(async (cluster) => {
    const answer = await client.describeClusters({ clusters: [cluster, "conformance-none"], include: ["TAGS"] });
    expect(answer.clusters).toMatchObject([{ clusterName: cluster, runningTasksCount: 0, tags }]);
    expect(answer.failures).toMatchObject([{ reason: "MISSING" }]);
  }));

test("ListClusters: holds a new one", () =>
  withCluster(async (_, clusterArn) => {
    const all: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.listClusters({ nextToken });
      all.push(...(page.clusterArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(all).toContain(clusterArn);
  }));

test("UpdateCluster: logging of ECS Exec", () =>
  withCluster(async (cluster) => {
    const configuration = { executeCommandConfiguration: { logging: "NONE" as const } };
    await client.updateCluster({ cluster, configuration });
    expect((await describeOne(cluster))?.configuration).toEqual(configuration);
  }));

test("UpdateClusterSettings: Container Insights", () =>
  withCluster(async (cluster) => {
    const settings = [{ name: "containerInsights" as const, value: "enabled" }];
    await client.updateClusterSettings({ cluster, settings });
    expect((await describeOne(cluster))?.settings).toEqual(settings);
  }));

test("PutClusterCapacityProviders: providers and a default strategy", () =>
  withCluster(async (cluster) => {
    const defaultCapacityProviderStrategy = [{ capacityProvider: "FARGATE_SPOT", weight: 1, base: 0 }];
    const capacityProviders = ["FARGATE", "FARGATE_SPOT"];
    await client.putClusterCapacityProviders({ cluster, capacityProviders, defaultCapacityProviderStrategy });
    const found = await describeOne(cluster);
    expect(found?.capacityProviders?.sort()).toEqual(capacityProviders);
    expect(found?.defaultCapacityProviderStrategy).toMatchObject([{ capacityProvider: "FARGATE_SPOT", weight: 1 }]);
  }));

test("DeleteCluster: is INACTIVE afterwards", async () => {
  const clusterName = target.unique("cluster");
  await client.createCluster({ clusterName });
  const { cluster } = await client.deleteCluster({ cluster: clusterName });
  expect(cluster?.status).toBe("INACTIVE");
});

const tagsOf = async (resourceArn: string) => (await client.listTagsForResource({ resourceArn })).tags;

test("ListTagsForResource: those given at creation", () =>
  withCluster(async (_, clusterArn) => {
    expect(await tagsOf(clusterArn)).toEqual(tags);
  }));

test("TagResource: adds and replaces", () =>
  withCluster(async (_, resourceArn) => {
    await client.tagResource({ resourceArn, tags: [{ key: "team", value: "other" }] });
    expect(await tagsOf(resourceArn)).toEqual([{ key: "team", value: "other" }]);
  }));

test("UntagResource: removes by key", () =>
  withCluster(async (_, resourceArn) => {
    await client.untagResource({ resourceArn, tagKeys: ["team"] });
    expect(await tagsOf(resourceArn)).toEqual([]);
  }));

test("PutAccountSetting: for the caller", async () => {
  const { setting } = await client.putAccountSetting({ name: "containerInsights", value: "disabled" });
  expect(setting).toMatchObject({ name: "containerInsights", value: "disabled" });
});

test("PutAccountSettingDefault: for everybody without an own one", async () => {
  const { setting } = await client.putAccountSettingDefault({ name: "containerInsights", value: "disabled" });
  expect(setting).toMatchObject({ name: "containerInsights", value: "disabled" });
});

test("ListAccountSettings: in effect", async () => {
  const { settings } = await client.listAccountSettings({ effectiveSettings: true, name: "serviceLongArnFormat" });
  expect(settings).toMatchObject([{ name: "serviceLongArnFormat", value: "enabled" }]);
});
