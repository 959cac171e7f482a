import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Functions, startFunctions } from "./functions.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await startFunctions();
}, 60_000);
afterAll(() => functions.stop());

const invoke = async (FunctionName: string, event: unknown = {}, more: object = {}) => {
  const answer = await functions.client.invoke({ FunctionName, Payload: JSON.stringify(event), ...more });
  return { ...answer, value: JSON.parse(answer.Payload?.transformToString() || "null") as unknown };
};

test("Invoke: the function's own code answers", async () => {
  const name = await functions.create(
    {
      "index.js": `
      const { double } = require("./double");
      let calls = 0;
      exports.handler = async (event, context) => ({
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
      });`,
      "double.js": "exports.double = (n) => 2 * n;",
    },
    { Timeout: 10, Environment: { Variables: { OWN: "mine" } } },
  );
  const first = await invoke(name, { number: 21 });
  expect(first).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST" });
  expect(first.FunctionError).toBeUndefined();
  expect(first.value).toMatchObject({
    doubled: 42,
    name,
    version: "$LATEST",
    arn: expect.stringMatching(new RegExp(`:function:${name}$`)),
    request: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    memory: "128",
    region: functions.target.config.region,
    key: "ASIA",
    own: "mine",
  });
  expect((first.value as { left: number }).left).toBeGreaterThan(5000);
});
