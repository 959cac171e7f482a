import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Functions, startFunctions } from "../lambda/functions.ts";

let functions: Functions;
let client: CloudWatchLogs;
beforeAll(async () => {
  functions = await startFunctions();
  client = new CloudWatchLogs(functions.target.config);
}, 60_000);
afterAll(async () => {
  client.destroy();
  await functions.stop();
});

const READER = {
  "index.js": `
    const { gunzipSync } = require("node:zlib");
    exports.handler = async ({ awslogs }) => {
      const { messageType, logGroup, subscriptionFilters, logEvents } = JSON.parse(gunzipSync(Buffer.from(awslogs.data, "base64")));
      console.log("got", messageType, logGroup, subscriptionFilters.join(), logEvents.map(({ message }) => message).join("+"));
    };`,
};

/** A group whose errors go to a function; both are gone after the test. */
async function withSubscription(run: (logGroupName: string, functionName: string) => Promise<void>): Promise<void> {
  const name = await functions.create(READER);
  const logGroupName = functions.target.unique("group");
  await client.createLogGroup({ logGroupName });
  const { Configuration } = await functions.client.getFunction({ FunctionName: name });
  await functions.client.addPermission({
    FunctionName: name,
    StatementId: "logs",
    Action: "lambda:InvokeFunction",
    Principal: "logs.amazonaws.com",
  });
  try {
    const destinationArn = Configuration?.FunctionArn;
    await client.putSubscriptionFilter({ logGroupName, filterName: "errors", filterPattern: "ERROR", destinationArn });
    await run(logGroupName, name);
  } finally {
    await client.deleteLogGroup({ logGroupName });
  }
}

test(
  "PutSubscriptionFilter: lines that match go to the function",
  () =>
    withSubscription(async (logGroupName, name) => {
      await client.createLogStream({ logGroupName, logStreamName: "app" });
      const timestamp = Date.now();
      const logEvents = ["ERROR one", "INFO two", "ERROR three"].map((message) => ({ message, timestamp }));
      await client.putLogEvents({ logGroupName, logStreamName: "app", logEvents });
      const [line] = await functions.logged(name, "got DATA_MESSAGE");
      expect(line).toContain(`got DATA_MESSAGE ${logGroupName} errors ERROR one+ERROR three`);
    }),
  120_000,
);

test(
  "DescribeSubscriptionFilters: of a group",
  () =>
    withSubscription(async (logGroupName, name) => {
      const { subscriptionFilters } = await client.describeSubscriptionFilters({ logGroupName });
      expect(subscriptionFilters).toMatchObject([
        {
          filterName: "errors",
          filterPattern: "ERROR",
          logGroupName,
          distribution: "ByLogStream",
          destinationArn: expect.stringMatching(new RegExp(`:function:${name}$`)),
        },
      ]);
    }),
  120_000,
);

test(
  "DeleteSubscriptionFilter: once",
  () =>
    withSubscription(async (logGroupName) => {
      const remove = () => client.deleteSubscriptionFilter({ logGroupName, filterName: "errors" });
      await remove();
      expect((await client.describeSubscriptionFilters({ logGroupName })).subscriptionFilters).toEqual([]);
      await expect(remove()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    }),
  120_000,
);
