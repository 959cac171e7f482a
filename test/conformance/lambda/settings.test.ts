import { SNS } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Functions, startFunctions } from "./functions.ts";

let functions: Functions;
let client: Functions["client"];
beforeAll(async () => {
  functions = await startFunctions();
  client = functions.client;
}, 60_000);
afterAll(() => functions.stop());

const permission = {
  StatementId: "events",
  Action: "lambda:InvokeFunction",
  Principal: "events.amazonaws.com",
};

async function permitted(): Promise<string> {
  const FunctionName = await functions.simple();
  await client.addPermission({ FunctionName, ...permission });
  return FunctionName;
}

test("AddPermission: answers with the statement; its id is unique", async () => {
  const FunctionName = await functions.simple();
  const SourceArn = "arn:aws:events:us-east-1:123456789012:rule/x";
  const { Statement = "" } = await client.addPermission({ FunctionName, ...permission, SourceArn });
  expect(JSON.parse(Statement)).toMatchObject({
    Sid: "events",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Condition: { ArnLike: { "AWS:SourceArn": SourceArn } },
  });
  const again = client.addPermission({ FunctionName, ...permission });
  await expect(again).rejects.toMatchObject({ name: "ResourceConflictException" });
});

test("GetPolicy: all statements; a function without one has no policy", async () => {
  const { Policy = "" } = await client.getPolicy({ FunctionName: await permitted() });
  expect(JSON.parse(Policy)).toMatchObject({ Version: "2012-10-17", Statement: [{ Sid: "events" }] });
  const none = client.getPolicy({ FunctionName: await functions.simple() });
  await expect(none).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("RemovePermission: the statement goes", async () => {
  const FunctionName = await permitted();
  await client.removePermission({ FunctionName, StatementId: "events" });
  const again = client.removePermission({ FunctionName, StatementId: "events" });
  await expect(again).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

async function tagged(): Promise<{ FunctionName: string; Resource: string }> {
  const FunctionName = await functions.create({ "index.js": "exports.handler = async () => 1;" }, { Tags: { a: "1" } });
  const { FunctionArn = "" } = await client.getFunctionConfiguration({ FunctionName });
  return { FunctionName, Resource: FunctionArn };
}
const tags = async (Resource: string) => (await client.listTags({ Resource })).Tags;

test("TagResource: adds and replaces", async () => {
  const { Resource } = await tagged();
  await client.tagResource({ Resource, Tags: { a: "2", b: "3" } });
  expect(await tags(Resource)).toEqual({ a: "2", b: "3" });
});

test("UntagResource: removes by key", async () => {
  const { Resource } = await tagged();
  await client.untagResource({ Resource, TagKeys: ["a", "none"] });
  expect(await tags(Resource)).toEqual({});
});

test("ListTags: those of the function", async () => {
  const { Resource } = await tagged();
  expect(await tags(Resource)).toEqual({ a: "1" });
  await expect(client.listTags({ Resource: `${Resource}-none` })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

async function stopped(): Promise<string> {
  const FunctionName = await functions.simple();
  await client.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 0 });
  return FunctionName;
}

test("PutFunctionConcurrency: 0 stops a function", async () => {
  const FunctionName = await stopped();
  await expect(client.invoke({ FunctionName })).rejects.toMatchObject({ name: "TooManyRequestsException" });
});

test("GetFunctionConcurrency: nothing unless it was set", async () => {
  expect(await client.getFunctionConcurrency({ FunctionName: await stopped() })).toMatchObject({
    ReservedConcurrentExecutions: 0,
  });
  const { ReservedConcurrentExecutions } = await client.getFunctionConcurrency({
    FunctionName: await functions.simple(),
  });
  expect(ReservedConcurrentExecutions).toBeUndefined();
});

test("DeleteFunctionConcurrency: the function runs again", async () => {
  const FunctionName = await stopped();
  await client.deleteFunctionConcurrency({ FunctionName });
  expect((await functions.invoke(FunctionName)).value).toEqual({ answer: 42 });
});

async function withRetries(): Promise<string> {
  const FunctionName = await functions.simple();
  await client.putFunctionEventInvokeConfig({ FunctionName, MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  return FunctionName;
}

test("PutFunctionEventInvokeConfig: retries, age and where results go", async () => {
  const topics = new SNS(functions.target.config);
  const { TopicArn: Destination } = functions.target.isAws
    ? await topics.createTopic({ Name: functions.target.unique("topic") })
    : { TopicArn: "arn:aws:sns:us-east-1:000000000000:results" };
  try {
    const FunctionName = await functions.simple();
    const DestinationConfig = { OnFailure: { Destination } };
    const put = client.putFunctionEventInvokeConfig({ FunctionName, MaximumRetryAttempts: 1, DestinationConfig });
    if (functions.target.isAws) await expect(put).rejects.toMatchObject({ name: "InvalidParameterValueException" });
    else expect(await put).toMatchObject({ MaximumRetryAttempts: 1, DestinationConfig });
    const wrong = client.putFunctionEventInvokeConfig({ FunctionName, MaximumRetryAttempts: 3 });
    await expect(wrong).rejects.toBeInstanceOf(Error);
  } finally {
    if (functions.target.isAws) await topics.deleteTopic({ TopicArn: Destination });
    topics.destroy();
  }
});

test("GetFunctionEventInvokeConfig: what was put", async () => {
  expect(await client.getFunctionEventInvokeConfig({ FunctionName: await withRetries() })).toMatchObject({
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
    FunctionArn: expect.stringMatching(/:\$LATEST$/),
  });
});

test("UpdateFunctionEventInvokeConfig: changes what is named", async () => {
  const FunctionName = await withRetries();
  expect(await client.updateFunctionEventInvokeConfig({ FunctionName, MaximumRetryAttempts: 2 })).toMatchObject({
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: 60,
  });
});

test("DeleteFunctionEventInvokeConfig: back to the defaults", async () => {
  const FunctionName = await withRetries();
  await client.deleteFunctionEventInvokeConfig({ FunctionName });
  await expect(client.getFunctionEventInvokeConfig({ FunctionName })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

test("ListFunctionEventInvokeConfigs: those of one function", async () => {
  const FunctionName = await withRetries();
  const { FunctionEventInvokeConfigs } = await client.listFunctionEventInvokeConfigs({ FunctionName });
  expect(FunctionEventInvokeConfigs).toMatchObject([{ MaximumRetryAttempts: 0 }]);
});
