import { SNS } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { sns } from "../../../infra/sandbox/aws/services/sns/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: SNS;
let TopicArn: string;
let queue: string;
beforeAll(async () => {
  target = await startTarget([sns]);
  client = new SNS(target.config);
  ({ TopicArn = "" } = await client.createTopic({ Name: target.unique("topic") }));
  const [, , , region, account] = TopicArn.split(":");
  queue = `arn:aws:sqs:${region}:${account}:${target.unique("queue")}`;
});
afterAll(async () => {
  await client.deleteTopic({ TopicArn });
  client.destroy();
  await target.stop();
});

/** A queue needs no confirmation when its owner subscribes it. */
async function subscribed(): Promise<string> {
  const { SubscriptionArn = "" } = await client.subscribe({ TopicArn, Protocol: "sqs", Endpoint: queue });
  return SubscriptionArn;
}
const attributes = async (SubscriptionArn: string) =>
  (await client.getSubscriptionAttributes({ SubscriptionArn })).Attributes;

test("Subscribe: an address has to be confirmed first, a queue does not", async () => {
  const mail = { TopicArn, Protocol: "email", Endpoint: "nobody@example.com" };
  expect((await client.subscribe(mail)).SubscriptionArn).toBe("pending confirmation");
  expect((await client.subscribe({ ...mail, ReturnSubscriptionArn: true })).SubscriptionArn).toMatch(
    new RegExp(`^${TopicArn}:[0-9a-f-]{36}$`),
  );
  const arn = await subscribed();
  expect(await subscribed()).toBe(arn);
  const wrong = (Protocol: string, Endpoint: string) =>
    expect(client.subscribe({ TopicArn, Protocol, Endpoint })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  await wrong("pigeon", "roof");
  await wrong("https", "http://example.com");
  await expect(client.subscribe({ ...mail, TopicArn: `${TopicArn}-none` })).rejects.toMatchObject({
    name: "NotFoundException",
  });
});

test("ConfirmSubscription: a token that was not handed out is refused", async () => {
  await expect(client.confirmSubscription({ TopicArn, Token: "made-up" })).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
});

test("ListSubscriptions: of all topics", async () => {
  const arn = await subscribed();
  const found: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.listSubscriptions({ NextToken });
    found.push(...(page.Subscriptions ?? []).map(({ SubscriptionArn }) => SubscriptionArn));
    NextToken = page.NextToken;
  } while (NextToken);
  expect(found).toContain(arn);
});

test("ListSubscriptionsByTopic: with protocol and endpoint; what is pending has no ARN yet", async () => {
  const arn = await subscribed();
  await client.subscribe({ TopicArn, Protocol: "email", Endpoint: "somebody@example.com" });
  const { Subscriptions } = await client.listSubscriptionsByTopic({ TopicArn });
  expect(Subscriptions).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ SubscriptionArn: arn, Protocol: "sqs", Endpoint: queue, TopicArn }),
      expect.objectContaining({ SubscriptionArn: "PendingConfirmation", Endpoint: "somebody@example.com" }),
    ]),
  );
});

test("GetSubscriptionAttributes: where it goes and how", async () => {
  expect(await attributes(await subscribed())).toMatchObject({
    Protocol: "sqs",
    Endpoint: queue,
    TopicArn,
    PendingConfirmation: "false",
    RawMessageDelivery: "false",
  });
});

test("SetSubscriptionAttributes: a filter policy; one that is none is refused", async () => {
  const SubscriptionArn = await subscribed();
  const set = (AttributeName: string, AttributeValue: string) =>
    client.setSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue });
  await set("FilterPolicy", '{"state":["ALARM",{"prefix":"x"}]}');
  await set("RawMessageDelivery", "true");
  expect(await attributes(SubscriptionArn)).toMatchObject({
    FilterPolicy: expect.stringContaining("ALARM"),
    RawMessageDelivery: "true",
  });
  await expect(set("FilterPolicy", '{"state":"ALARM"}')).rejects.toMatchObject({ name: "InvalidParameterException" });
  await expect(set("Colour", "red")).rejects.toMatchObject({ name: "InvalidParameterException" });
});

test("Unsubscribe: nothing more goes there", async () => {
  const SubscriptionArn = await subscribed();
  await client.unsubscribe({ SubscriptionArn });
  const { Subscriptions = [] } = await client.listSubscriptionsByTopic({ TopicArn });
  expect(Subscriptions.map((one) => one.SubscriptionArn)).not.toContain(SubscriptionArn);
});
