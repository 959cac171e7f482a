import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Functions, startFunctions } from "./functions.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await startFunctions();
}, 60_000);
afterAll(() => functions.stop());

/** Everything a handler can see, in one answer. */
const CURIOUS = {
  "index.js": `
    const { double } = require("./double");
    let calls = 0;
    exports.handler = async (event, context) => {
      console.log("number is %d", event.number);
      return {
        doubled: double(event.number),
        calls: ++calls,
        name: context.functionName,
        version: context.functionVersion,
        arn: context.invokedFunctionArn,
        request: context.awsRequestId,
        memory: context.memoryLimitInMB,
        left: context.getRemainingTimeInMillis(),
        region: process.env.AWS_REGION,
        key: (process.env.AWS_ACCESS_KEY_ID ?? "").slice(0, 4),
        own: process.env.OWN,
        sdk: typeof require("@aws-sdk/client-sts").STS,
      };
    };`,
  "double.js": "exports.double = (n) => 2 * n;",
};

test("Invoke: the function's own code answers, and a warm one keeps what it knows", async () => {
  const name = await functions.create(CURIOUS, { Timeout: 10, Environment: { Variables: { OWN: "mine" } } });
  const first = await functions.invoke(name, { number: 21 }, { LogType: "Tail" });
  expect(first).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST" });
  expect(first.FunctionError).toBeUndefined();
  expect(first.value).toMatchObject({
    doubled: 42,
    calls: 1,
    name,
    version: "$LATEST",
    arn: expect.stringMatching(new RegExp(`:function:${name}$`)),
    request: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    memory: "128",
    region: functions.target.config.region,
    key: "ASIA",
    own: "mine",
    sdk: "function",
  });
  expect((first.value as { left: number }).left).toBeGreaterThan(5000);
  const tail = Buffer.from(first.LogResult ?? "", "base64").toString();
  expect(tail).toMatch(/START RequestId: [0-9a-f-]{36} Version: \$LATEST\n/);
  expect(tail).toMatch(/\tINFO\tnumber is 21\n/);
  expect(tail).toMatch(/\nEND RequestId: .*\nREPORT RequestId: .*\tDuration: [0-9.]+ ms\tBilled Duration: /);
  expect((await functions.invoke(name, { number: 1 })).value).toMatchObject({ calls: 2 });
  expect(await functions.logged(name, "number is 21")).toHaveLength(1);
});

const HANDLERS = {
  "index.mjs": `
    export const module = async (event) => ({ module: event.a });
    export const callback = (event, context, done) => { setTimeout(() => done(null, "later"), 20); };
    export const failing = (event, context, done) => done(new TypeError("no good"));
    export const throwing = async () => { throw new RangeError("out of range"); };
    export const silent = () => {};
    export const exiting = async () => process.exit(3);
    export const slow = async () => new Promise((resolve) => setTimeout(resolve, 60_000));`,
};

const withHandler = (name: string, more = {}) =>
  functions.create(HANDLERS, { Handler: `index.${name}`, Runtime: "nodejs22.x", ...more });

test("Invoke: modules, callbacks and handlers without an answer", async () => {
  expect((await functions.invoke(await withHandler("module"), { a: [1] })).value).toEqual({ module: [1] });
  expect((await functions.invoke(await withHandler("callback"))).value).toBe("later");
  expect((await functions.invoke(await withHandler("silent"))).value).toBeNull();
});

test("Invoke: what goes wrong in a function is its answer, with FunctionError Unhandled", async () => {
  const failed = async (name: string, more = {}) => {
    const { StatusCode, FunctionError, value } = await functions.invoke(await withHandler(name, more));
    return { StatusCode, FunctionError, ...(value as object) };
  };
  const unhandled = { StatusCode: 200, FunctionError: "Unhandled" };
  expect(await failed("throwing")).toMatchObject({
    ...unhandled,
    errorType: "RangeError",
    errorMessage: "out of range",
    trace: expect.arrayContaining(["RangeError: out of range"]),
  });
  expect(await failed("failing")).toMatchObject({ ...unhandled, errorType: "TypeError", errorMessage: "no good" });
  expect(await failed("nothing")).toMatchObject({
    ...unhandled,
    errorType: "Runtime.HandlerNotFound",
    errorMessage: "index.nothing is undefined or not exported",
  });
  expect(await failed("exiting")).toMatchObject({ ...unhandled, errorType: "Runtime.ExitError" });
  expect(await failed("slow", { Timeout: 1 })).toMatchObject({
    ...unhandled,
    errorMessage: expect.stringContaining("Task timed out after 1.00 seconds"),
  });
});

test("Invoke: DryRun runs nothing, Event answers at once and runs later, bad input is refused", async () => {
  const name = await functions.create(CURIOUS);
  const { client } = functions;
  expect(await client.invoke({ FunctionName: name, InvocationType: "DryRun" })).toMatchObject({ StatusCode: 204 });
  const event = { FunctionName: name, InvocationType: "Event" as const, Payload: JSON.stringify({ number: 7 }) };
  expect(await client.invoke(event)).toMatchObject({ StatusCode: 202 });
  expect(await functions.logged(name, "number is 7")).toHaveLength(1);
  await expect(client.invoke({ FunctionName: name, Payload: "{" })).rejects.toMatchObject({
    name: "InvalidRequestContentException",
  });
  await expect(client.invoke({ FunctionName: functions.target.unique("none") })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: expect.stringContaining("Function not found: arn:aws:lambda:"),
  });
});
