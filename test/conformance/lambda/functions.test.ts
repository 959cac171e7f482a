import {
  waitUntilFunctionActive,
  waitUntilFunctionExists,
  waitUntilFunctionUpdated,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
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
const wait = () => ({ client, maxWaitTime: 60, minDelay: 1 });

test("CreateFunction: pending, then active; the same name is refused, and so is what is wrong", async () => {
  const FunctionName = functions.target.unique("function");
  const input = {
    FunctionName,
    Role: functions.role,
    Runtime: "nodejs22.x" as const,
    Handler: "index.handler",
    Code: { ZipFile: zip(answering("made")) },
  };
  try {
    expect(await client.createFunction({ ...input, Tags: { a: "1" }, Publish: true })).toMatchObject({
      FunctionArn: expect.stringMatching(new RegExp(`:function:${FunctionName}:1$`)),
      Version: "1",
      State: "Pending",
      StateReasonCode: "Creating",
      Timeout: 3,
      MemorySize: 128,
      CodeSha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      PackageType: "Zip",
    });
    await waitUntilFunctionExists(wait(), { FunctionName });
    await waitUntilFunctionActive(wait(), { FunctionName });
    await expect(client.createFunction(input)).rejects.toMatchObject({ name: "ResourceConflictException" });
  } finally {
    await client.deleteFunction({ FunctionName });
  }
  const wrong = { ...input, FunctionName: functions.target.unique("function") };
  const refused = (more: object) => expect(client.createFunction({ ...wrong, ...more })).rejects;
  await refused({ Code: { ZipFile: Buffer.from("no zip") } }).toMatchObject({
    name: "InvalidParameterValueException",
    message: expect.stringContaining("Could not unzip uploaded file"),
  });
  await refused({ Environment: { Variables: { AWS_REGION: "x" } } }).toMatchObject({
    name: "InvalidParameterValueException",
    message: expect.stringContaining("Reserved keys used in this request: AWS_REGION"),
  });
  await refused({ Role: `${functions.role}-none` }).toMatchObject({ name: "InvalidParameterValueException" });
});

test("CreateFunction: code from a bucket", async () => {
  const s3 = new S3({ ...functions.target.config, forcePathStyle: true });
  const Bucket = functions.target.unique("code");
  await s3.createBucket({ Bucket });
  try {
    await s3.putObject({ Bucket, Key: "code.zip", Body: zip(answering("from a bucket")) });
    const name = await functions.create({}, { Code: { S3Bucket: Bucket, S3Key: "code.zip" } });
    expect((await functions.invoke(name)).value).toBe("from a bucket");
  } finally {
    await s3.deleteObject({ Bucket, Key: "code.zip" });
    await s3.deleteBucket({ Bucket });
    s3.destroy();
  }
});

test("GetFunction: configuration, tags and where the code can be had", async () => {
  const name = await functions.create(answering("got"), { Tags: { fleet: "test" } });
  const { Configuration, Code, Tags } = await client.getFunction({ FunctionName: name });
  expect(Configuration).toMatchObject({ FunctionName: name, State: "Active", LastUpdateStatus: "Successful" });
  expect(Tags).toEqual({ fleet: "test" });
  const bytes = Buffer.from(await (await fetch(Code?.Location ?? "")).arrayBuffer());
  expect(bytes.equals(Buffer.from(zip(answering("got"))))).toBe(true);
  await expect(client.getFunction({ FunctionName: `${name}-none` })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

test("GetFunctionConfiguration: by name, by ARN and by version", async () => {
  const name = await functions.simple();
  const { FunctionArn, RevisionId } = await client.getFunctionConfiguration({ FunctionName: name });
  expect(RevisionId).toMatch(/^[0-9a-f-]{36}$/);
  expect(await client.getFunctionConfiguration({ FunctionName: FunctionArn })).toMatchObject({ FunctionName: name });
  expect(await client.getFunctionConfiguration({ FunctionName: name, Qualifier: "$LATEST" })).toMatchObject({
    FunctionArn: `${FunctionArn}:$LATEST`,
  });
});

test("ListFunctions: each function, with all its versions when asked", async () => {
  const name = await functions.simple();
  await client.publishVersion({ FunctionName: name });
  const all = async (FunctionVersion?: "ALL") => {
    const found: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await client.listFunctions({ FunctionVersion, Marker });
      for (const one of page.Functions ?? []) if (one.FunctionName === name) found.push(one.Version ?? "");
      Marker = page.NextMarker;
    } while (Marker);
    return found;
  };
  expect(await all()).toEqual(["$LATEST"]);
  expect((await all("ALL")).sort()).toEqual(["$LATEST", "1"]);
});

test("UpdateFunctionCode: the next call runs the new code; an old revision is refused", async () => {
  const name = await functions.create(answering("old"));
  const before = await client.getFunctionConfiguration({ FunctionName: name });
  expect((await functions.invoke(name)).value).toBe("old");
  const ZipFile = zip(answering("new"));
  expect(await client.updateFunctionCode({ FunctionName: name, ZipFile })).toMatchObject({
    LastUpdateStatus: "InProgress",
  });
  await waitUntilFunctionUpdated(wait(), { FunctionName: name });
  expect((await functions.invoke(name)).value).toBe("new");
  await expect(
    client.updateFunctionCode({ FunctionName: name, ZipFile, RevisionId: before.RevisionId }),
  ).rejects.toMatchObject({ name: "PreconditionFailedException" });
});

test("UpdateFunctionConfiguration: changes what is named and keeps the rest", async () => {
  const name = await functions.create(
    { "index.js": "exports.handler = async () => process.env.WHO;" },
    { Environment: { Variables: { WHO: "one" } }, Timeout: 7 },
  );
  expect((await functions.invoke(name)).value).toBe("one");
  await client.updateFunctionConfiguration({
    FunctionName: name,
    MemorySize: 256,
    Environment: { Variables: { WHO: "two" } },
  });
  await waitUntilFunctionUpdatedV2(wait(), { FunctionName: name });
  expect((await functions.invoke(name)).value).toBe("two");
  expect(await client.getFunctionConfiguration({ FunctionName: name })).toMatchObject({ Timeout: 7, MemorySize: 256 });
});

test("DeleteFunction: gone with everything; a version alone may go too", async () => {
  const name = await functions.simple();
  await client.publishVersion({ FunctionName: name });
  await client.deleteFunction({ FunctionName: name, Qualifier: "1" });
  await expect(client.getFunction({ FunctionName: name, Qualifier: "1" })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
  await client.deleteFunction({ FunctionName: name });
  await expect(client.deleteFunction({ FunctionName: name })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});
