import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Functions, startFunctions } from "./functions.ts";
import { zip } from "./zip.ts";

let functions: Functions;
let client: Functions["client"];
beforeAll(async () => {
  functions = await startFunctions();
  client = functions.client;
}, 60_000);
afterAll(() => functions.stop());

const answering = (text: string) => ({ "index.js": `exports.handler = async () => ${JSON.stringify(text)};` });

/** A function whose versions 1 and 2 answer `one` and `two`. */
async function twoVersions(): Promise<string> {
  const FunctionName = await functions.create(answering("one"));
  await client.publishVersion({ FunctionName });
  await client.updateFunctionCode({ FunctionName, ZipFile: zip(answering("two")), Publish: true });
  return FunctionName;
}

/** An alias `live` of a function with two versions, on version 1. */
async function aliased(): Promise<{ FunctionName: string; Name: string }> {
  const FunctionName = await twoVersions();
  await client.createAlias({ FunctionName, Name: "live", FunctionVersion: "1", Description: "first" });
  return { FunctionName, Name: "live" };
}

test("PublishVersion: freezes code and configuration; nothing new gives the same version", async () => {
  const FunctionName = await functions.create(answering("one"));
  expect(await client.publishVersion({ FunctionName, Description: "v1" })).toMatchObject({
    Version: "1",
    Description: "v1",
  });
  expect((await client.publishVersion({ FunctionName })).Version).toBe("1");
  await client.updateFunctionCode({ FunctionName, ZipFile: zip(answering("two")) });
  expect((await client.publishVersion({ FunctionName })).Version).toBe("2");
  expect((await functions.invoke(FunctionName, {}, { Qualifier: "1" })).value).toBe("one");
  expect((await functions.invoke(`${FunctionName}:2`)).value).toBe("two");
  await expect(client.publishVersion({ FunctionName, CodeSha256: "x" })).rejects.toMatchObject({
    name: "InvalidParameterValueException",
  });
});

test("ListVersionsByFunction: $LATEST first, then each version", async () => {
  const FunctionName = await twoVersions();
  const { Versions = [] } = await client.listVersionsByFunction({ FunctionName });
  expect(Versions.map(({ Version }) => Version)).toEqual(["$LATEST", "1", "2"]);
});

test("CreateAlias: a name for a version that exists", async () => {
  const FunctionName = await twoVersions();
  expect(await client.createAlias({ FunctionName, Name: "live", FunctionVersion: "1" })).toMatchObject({
    AliasArn: expect.stringMatching(/:live$/),
    FunctionVersion: "1",
  });
  const again = client.createAlias({ FunctionName, Name: "live", FunctionVersion: "1" });
  await expect(again).rejects.toMatchObject({ name: "ResourceConflictException" });
  const missing = client.createAlias({ FunctionName, Name: "other", FunctionVersion: "9" });
  await expect(missing).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("GetAlias: what it points to", async () => {
  const alias = await aliased();
  expect(await client.getAlias(alias)).toMatchObject({ Name: "live", FunctionVersion: "1", Description: "first" });
  await expect(client.getAlias({ ...alias, Name: "none" })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

test("UpdateAlias: moves it, also for a share of the calls", async () => {
  const alias = await aliased();
  const { FunctionName } = alias;
  const answer = async () => (await functions.invoke(FunctionName, {}, { Qualifier: "live" })).value;
  expect(await answer()).toBe("one");
  const RoutingConfig = { AdditionalVersionWeights: { "2": 1 } };
  expect(await client.updateAlias({ ...alias, RoutingConfig })).toMatchObject({ RoutingConfig });
  expect(await answer()).toBe("two");
  await client.updateAlias({ ...alias, FunctionVersion: "2", RoutingConfig: { AdditionalVersionWeights: {} } });
  expect(await client.getAlias(alias)).toMatchObject({ FunctionVersion: "2", Description: "first" });
});

test("DeleteAlias: the version stays", async () => {
  const alias = await aliased();
  await client.deleteAlias(alias);
  await expect(client.getAlias(alias)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await client.getFunction({ FunctionName: alias.FunctionName, Qualifier: "1" });
});

test("ListAliases: all of a function, or those of one version", async () => {
  const { FunctionName } = await aliased();
  await client.createAlias({ FunctionName, Name: "next", FunctionVersion: "2" });
  const names = async (FunctionVersion?: string) =>
    ((await client.listAliases({ FunctionName, FunctionVersion })).Aliases ?? []).map(({ Name }) => Name);
  expect((await names()).sort()).toEqual(["live", "next"]);
  expect(await names("2")).toEqual(["next"]);
});
