import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventBridge } from "@aws-sdk/client-eventbridge";
import { SNS } from "@aws-sdk/client-sns";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { strToU8, zipSync } from "fflate";
import { type ManualClock, manualClock } from "../../../clock.ts";
import type { ServiceModule } from "../../kernel.ts";
import { type Aws, startAws } from "../../server.ts";
import { lambda } from "../lambda/service.ts";
import { logs } from "../logs/service.ts";
import { sns } from "../sns/service.ts";
import { events } from "./service.ts";

/** Topics, rules and functions together, on a clock that is driven by hand. */
let dataDir: string;
let clock: ManualClock;
let running: Aws;
let topics: SNS;
let buses: EventBridge;
let lines: string[];

/** Stands for the sandbox's own services: what it does in process, AWS's services do at AWS. */
const ecs: ServiceModule = {
  id: "ecs",
  sdk: () => import("@aws-sdk/client-ecs"),
  create: ({ aws }) => ({
    operations: {
      ListClusters: async () => {
        const Entries = [{ Source: "aws.ecs", DetailType: "ECS Deployment State Change", Detail: '{"eventName":"X"}' }];
        const { FailedEntryCount } = await aws.events.putEvents({ Entries });
        return { clusterArns: [String(FailedEntryCount)] };
      },
    },
  }),
};

async function start(): Promise<void> {
  running = await startAws({
    services: [ecs, events, lambda, logs, sns],
    dataDir,
    clock,
    log: (line) => lines.push(line),
  });
  const config = {
    endpoint: running.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  topics = new SNS(config);
  buses = new EventBridge(config);
}

async function stop(): Promise<void> {
  topics.destroy();
  buses.destroy();
  await running.stop();
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "events-"));
  clock = manualClock();
  lines = [];
  await start();
});
afterEach(async () => {
  await stop();
  expect(clock.waiting).toBe(0);
  await rm(dataDir, { recursive: true, force: true });
});

async function makeFunction(FunctionName: string, code: string): Promise<string> {
  const { FunctionArn = "" } = await running.aws.lambda.createFunction({
    FunctionName,
    Role: "arn:aws:iam::000000000000:role/any",
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Code: { ZipFile: zipSync({ "index.js": strToU8(code) }) },
  });
  return FunctionArn;
}

/** A function that logs `got <event>`. */
const listener = (name: string) =>
  makeFunction(name, "exports.handler = async (event) => { console.log('got ' + JSON.stringify(event)); };");

/** The events that a function logged, in order. */
async function heard(name: string): Promise<unknown[]> {
  await clock.settle();
  const found = await running.aws.logs.filterLogEvents({ logGroupName: `/aws/lambda/${name}` }).catch(() => undefined);
  return (found?.events ?? []).flatMap(({ message = "" }) => {
    const text = /\tgot (.*)$/.exec(message)?.[1];
    return text ? [JSON.parse(text) as unknown] : [];
  });
}

const put = (Source: string, detail: object, EventBusName?: string) =>
  buses.putEvents({ Entries: [{ Source, DetailType: "Test", Detail: JSON.stringify(detail), EventBusName }] });

test("an event reaches functions, topics, log groups and other buses, shaped as each target asks", async () => {
  const Arn = await listener("listener");
  const { TopicArn = "" } = await topics.createTopic({ Name: "alerts" });
  await running.aws.logs.createLogGroup({ logGroupName: "/aws/events/all" });
  const { EventBusArn = "" } = await buses.createEventBus({ Name: "second" });
  await buses.putRule({ Name: "all", EventPattern: '{"detail":{"state":[{"prefix":"A"}]}}' });
  await buses.putTargets({
    Rule: "all",
    Targets: [
      { Id: "function", Arn, InputPath: "$.detail" },
      {
        Id: "topic",
        Arn: TopicArn,
        InputTransformer: {
          InputPathsMap: { state: "$.detail.state", tags: "$.detail.tags" },
          InputTemplate:
            '{"text":"is <state> by <aws.events.rule-name>","state":<state>,"tags":<tags>,"none":"<none>"}',
        },
      },
      { Id: "log", Arn: "arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/all" },
      { Id: "bus", Arn: EventBusArn },
    ],
  });
  await buses.putRule({ Name: "there", EventBusName: "second", EventPattern: '{"source":["shop"]}' });
  await buses.putTargets({
    Rule: "there",
    EventBusName: "second",
    Targets: [{ Id: "again", Arn, Input: '{"from":"second"}' }],
  });

  await put("shop", { state: "ALARM", tags: ['"', 1] });
  await put("shop", { state: "OK" });
  const both = [{ state: "ALARM", tags: ['"', 1] }, { from: "second" }];
  expect(await heard("listener")).toHaveLength(2);
  expect(await heard("listener")).toEqual(expect.arrayContaining(both));
  const page = await fetch(`${running.endpoint}/_sandbox/sns/messages?topic=alerts`);
  const { messages } = (await page.json()) as { messages: { message: string }[] };
  expect(messages.map(({ message }) => JSON.parse(message))).toEqual([
    { text: "is ALARM by all", state: "ALARM", tags: ['"', 1], none: "<none>" },
  ]);
  const { events: logged = [] } = await running.aws.logs.filterLogEvents({ logGroupName: "/aws/events/all" });
  expect(logged.map(({ message = "" }) => JSON.parse(message))).toMatchObject([
    { source: "shop", "detail-type": "Test", detail: { state: "ALARM" }, account: "000000000000" },
  ]);
});

test("only services of the sandbox send events of AWS", async () => {
  const Arn = await listener("listener");
  await buses.putRule({ Name: "ecs", EventPattern: '{"source":["aws.ecs"]}' });
  await buses.putTargets({ Rule: "ecs", Targets: [{ Id: "one", Arn }] });
  const { Entries } = await put("aws.ecs", {});
  expect(Entries).toMatchObject([{ ErrorCode: "NotAuthorizedForSourceException" }]);
  expect(await running.aws.ecs.listClusters({})).toEqual({ clusterArns: ["0"] });
  expect(await heard("listener")).toMatchObject([{ source: "aws.ecs", detail: { eventName: "X" } }]);
});

test("a schedule fires on the sandbox's clock, also after a restart, and no longer when it is disabled", async () => {
  const Arn = await listener("timed");
  await buses.putRule({ Name: "timed", ScheduleExpression: "rate(5 minutes)" });
  await buses.putTargets({ Rule: "timed", Targets: [{ Id: "one", Arn }] });
  await clock.advance(299);
  expect(await heard("timed")).toEqual([]);
  await clock.advance(1);
  expect(await heard("timed")).toMatchObject([
    { "detail-type": "Scheduled Event", source: "aws.events", time: "2026-01-01T00:05:00Z" },
  ]);
  await stop();
  await start();
  await clock.advance(600);
  expect(await heard("timed")).toHaveLength(3);
  await buses.disableRule({ Name: "timed" });
  await clock.advance(3600);
  expect(await heard("timed")).toHaveLength(3);
});

test("a function that fails is tried three times, then its event goes where failures go", async () => {
  const Arn = await makeFunction("failing", "exports.handler = async () => { throw new Error('never'); };");
  const { TopicArn = "" } = await topics.createTopic({ Name: "failures" });
  await running.aws.lambda.putFunctionEventInvokeConfig({
    FunctionName: Arn,
    DestinationConfig: { OnFailure: { Destination: TopicArn } },
  });
  await running.aws.lambda.invoke({ FunctionName: Arn, InvocationType: "Event", Payload: '{"a":1}' });
  const failures = async () => {
    await clock.settle();
    const page = await fetch(`${running.endpoint}/_sandbox/sns/messages?topic=failures`);
    const { messages } = (await page.json()) as { messages: { message: string }[] };
    return messages.map(({ message }) => JSON.parse(message) as unknown);
  };
  await clock.settle();
  await stop(); // the call and its count outlive a restart
  await start();
  await clock.advance(60);
  expect(await failures()).toEqual([]);
  await clock.advance(120);
  expect(await failures()).toMatchObject([
    {
      requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 3 },
      requestPayload: { a: 1 },
      responsePayload: { errorType: "Error", errorMessage: "never" },
    },
  ]);
});

/** An endpoint that notes what it is sent and answers with the statuses it is given, then 200. */
async function endpoint(
  ...statuses: number[]
): Promise<{ url: string; got: { type: string; body: string }[]; server: Server }> {
  const got: { type: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      got.push({ type: String(request.headers["x-amz-sns-message-type"]), body });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, got, server };
}

test("an endpoint confirms, gets what its filter wants, and is tried again when it fails", async () => {
  const { url, got, server } = await endpoint(200, 500);
  try {
    const { TopicArn = "" } = await topics.createTopic({ Name: "posts" });
    const FilterPolicy = '{"kind":["loud"]}';
    expect(
      await topics.subscribe({ TopicArn, Protocol: "http", Endpoint: url, Attributes: { FilterPolicy } }),
    ).toMatchObject({
      SubscriptionArn: "pending confirmation",
    });
    await topics.publish({ TopicArn, Message: "too early" });
    await clock.settle();
    expect(got.map(({ type }) => type)).toEqual(["SubscriptionConfirmation"]);
    const { SubscribeURL } = JSON.parse(got[0]?.body ?? "") as { SubscribeURL: string };
    expect((await fetch(SubscribeURL)).status).toBe(200);

    const kind = (StringValue: string) => ({ kind: { DataType: "String", StringValue } });
    await topics.publish({ TopicArn, Message: "quiet", MessageAttributes: kind("quiet") });
    await topics.publish({ TopicArn, Message: "hear", Subject: "S", MessageAttributes: kind("loud") });
    await clock.settle();
    expect(got).toHaveLength(2); // answered 500
    await clock.advance(20);
    expect(got).toHaveLength(3);
    expect(JSON.parse(got[2]?.body ?? "")).toMatchObject({
      Type: "Notification",
      TopicArn,
      Subject: "S",
      Message: "hear",
      MessageAttributes: { kind: { Type: "String", Value: "loud" } },
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test("functions are subscribers; addresses are recorded with what AWS would send", async () => {
  const Endpoint = await listener("subscriber");
  const { TopicArn = "" } = await topics.createTopic({ Name: "news" });
  await topics.subscribe({ TopicArn, Protocol: "lambda", Endpoint });
  await topics.subscribe({ TopicArn, Protocol: "sms", Endpoint: "+12065550100" });
  await topics.publish({ TopicArn, Message: "hello", Subject: "S" });
  expect(await heard("subscriber")).toMatchObject([
    { Records: [{ EventSource: "aws:sns", Sns: { Message: "hello", Subject: "S", TopicArn } }] },
  ]);
  const page = await fetch(`${running.endpoint}/_sandbox/sns/messages?topic=${TopicArn}`);
  expect(await page.json()).toMatchObject({
    messages: [
      {
        message: "hello",
        deliveries: [
          { protocol: "lambda", status: "delivered" },
          { protocol: "sms", endpoint: "+12065550100", status: "recorded" },
        ],
      },
    ],
  });
  expect(lines.filter((line) => line.startsWith("sns: Notification"))).toHaveLength(1);
});
