import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Network } from "./network.ts";

let network: Network;
let group = "";
let loadBalancer = "";

beforeAll(async () => {
  network = await Network.start();
  group = await network.targetGroup();
  loadBalancer = await network.loadBalancer();
});
afterAll(() => network.stop());

const tagsOf = async (...ResourceArns: string[]) => {
  const { TagDescriptions = [] } = await network.elb.describeTags({ ResourceArns });
  return Object.fromEntries(
    TagDescriptions.map(({ ResourceArn, Tags = [] }) => [
      ResourceArn,
      Object.fromEntries(Tags.map((t) => [t.Key, t.Value])),
    ]),
  );
};

test("AddTags: to several resources at once; a key that exists gets the new value", async () => {
  const ResourceArns = [group, loadBalancer];
  await network.elb.addTags({ ResourceArns, Tags: [{ Key: "team", Value: "one" }] });
  await network.elb.addTags({ ResourceArns: [group], Tags: [{ Key: "team", Value: "two" }] });
  expect(await tagsOf(...ResourceArns)).toEqual({ [group]: { team: "two" }, [loadBalancer]: { team: "one" } });
});

test("DescribeTags: of each resource; one that is not there is refused", async () => {
  await network.elb.addTags({ ResourceArns: [loadBalancer], Tags: [{ Key: "stage", Value: "test" }] });
  expect((await tagsOf(loadBalancer))[loadBalancer]).toMatchObject({ stage: "test" });
  const missing = `${group.slice(0, -16)}0123456789abcdef`;
  await expect(network.elb.describeTags({ ResourceArns: [missing] })).rejects.toMatchObject({
    name: "TargetGroupNotFoundException",
  });
});

test("RemoveTags: the keys named; one that is not there does no harm", async () => {
  await network.elb.addTags({
    ResourceArns: [group],
    Tags: [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ],
  });
  await network.elb.removeTags({ ResourceArns: [group], TagKeys: ["a", "never"] });
  const after = (await tagsOf(group))[group];
  expect(after).toMatchObject({ b: "2" });
  expect(after).not.toHaveProperty("a");
});
