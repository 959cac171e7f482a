import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ssm } from "../../../infra/sandbox/aws/services/ssm/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: SSM;
beforeAll(async () => {
  target = await startTarget([ssm]);
  client = new SSM(target.config);
});
afterAll(() => target.stop());

const ResourceType = "Parameter";

/** A parameter that is gone after the test. */
async function withParameter(run: (Name: string) => Promise<void>, Value = "one"): Promise<void> {
  const Name = `/${target.unique("parameter")}/name`;
  await client.putParameter({ Name, Value, Type: "String" });
  try {
    await run(Name);
  } finally {
    await client.deleteParameters({ Names: [Name] });
  }
}

test("PutParameter: makes versions, and overwrites only when told to", () =>
  withParameter(async (Name) => {
    await expect(client.putParameter({ Name, Value: "two", Type: "String" })).rejects.toMatchObject({
      name: "ParameterAlreadyExists",
    });
    expect(await client.putParameter({ Name, Value: "two", Overwrite: true })).toMatchObject({ Version: 2 });
  }));

test("GetParameter: by name and version; an unknown one is an error", () =>
  withParameter(async (Name) => {
    await client.putParameter({ Name, Value: "two", Overwrite: true });
    expect((await client.getParameter({ Name })).Parameter).toMatchObject({ Value: "two", Version: 2 });
    expect((await client.getParameter({ Name: `${Name}:1` })).Parameter?.Value).toBe("one");
    await expect(client.getParameter({ Name: `${Name}-other` })).rejects.toMatchObject({ name: "ParameterNotFound" });
  }));

test("GetParameters: several at once, with the names that do not exist", () =>
  withParameter(async (Name) => {
    const answer = await client.getParameters({ Names: [Name, `${Name}-other`] });
    expect(answer.Parameters?.map(({ Value }) => Value)).toEqual(["one"]);
    expect(answer.InvalidParameters).toEqual([`${Name}-other`]);
  }));

test("GetParametersByPath: what lies below a path", () =>
  withParameter(async (Name) => {
    const Path = Name.slice(0, Name.lastIndexOf("/"));
    const { Parameters } = await client.getParametersByPath({ Path });
    expect(Parameters?.map((parameter) => parameter.Name)).toEqual([Name]);
  }));

test("GetParameterHistory: every version with its value", () =>
  withParameter(async (Name) => {
    await client.putParameter({ Name, Value: "two", Overwrite: true });
    const { Parameters } = await client.getParameterHistory({ Name });
    expect(Parameters?.map(({ Version, Value }) => [Version, Value])).toEqual([
      [1, "one"],
      [2, "two"],
    ]);
  }));

test("LabelParameterVersion: a label finds its version", () =>
  withParameter(async (Name) => {
    const { InvalidLabels } = await client.labelParameterVersion({ Name, Labels: ["proven", "aws-own"] });
    expect(InvalidLabels).toEqual(["aws-own"]);
    expect((await client.getParameter({ Name: `${Name}:proven` })).Parameter?.Version).toBe(1);
  }));

test("DescribeParameters: facts without the value", () =>
  withParameter(async (Name) => {
    const ParameterFilters = [{ Key: "Name", Option: "Equals", Values: [Name] }];
    const { Parameters } = await client.describeParameters({ ParameterFilters });
    expect(Parameters).toMatchObject([{ Name, Type: "String", Version: 1, Tier: "Standard" }]);
  }));

test("AddTagsToResource, ListTagsForResource: tags come back", () =>
  withParameter(async (ResourceId) => {
    await client.addTagsToResource({ ResourceType, ResourceId, Tags: [{ Key: "team", Value: "fleet" }] });
    const { TagList } = await client.listTagsForResource({ ResourceType, ResourceId });
    expect(TagList).toEqual([{ Key: "team", Value: "fleet" }]);
  }));

test("ListTagsForResource: none at first", () =>
  withParameter(async (ResourceId) => {
    expect((await client.listTagsForResource({ ResourceType, ResourceId })).TagList).toEqual([]);
  }));

test("RemoveTagsFromResource: takes only the keys it names", () =>
  withParameter(async (ResourceId) => {
    const Tags = ["a", "b"].map((Key) => ({ Key, Value: "x" }));
    await client.addTagsToResource({ ResourceType, ResourceId, Tags });
    await client.removeTagsFromResource({ ResourceType, ResourceId, TagKeys: ["a"] });
    expect((await client.listTagsForResource({ ResourceType, ResourceId })).TagList).toEqual([
      { Key: "b", Value: "x" },
    ]);
  }));

test("DeleteParameter: it is gone; deleting again is an error", () =>
  withParameter(async (Name) => {
    await client.deleteParameter({ Name });
    await expect(client.deleteParameter({ Name })).rejects.toMatchObject({ name: "ParameterNotFound" });
  }));

test("DeleteParameters: says which were there", () =>
  withParameter(async (Name) => {
    const answer = await client.deleteParameters({ Names: [Name, `${Name}-other`] });
    expect(answer).toMatchObject({ DeletedParameters: [Name], InvalidParameters: [`${Name}-other`] });
  }));
