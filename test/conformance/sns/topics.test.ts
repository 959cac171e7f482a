import { SNS } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { sns } from "../../../infra/sandbox/aws/services/sns/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: SNS;
beforeAll(async () => {
  target = await startTarget([sns]);
  client = new SNS(target.config);
});
afterAll(async () => {
  client.destroy();
  await target.stop();
});

/** A topic that is gone after the test. */
async function withTopic(run: (TopicArn: string, name: string) => Promise<void>): Promise<void> {
  const Name = target.unique("topic");
  const { TopicArn = "" } = await client.createTopic({
    Name,
    Attributes: { DisplayName: "first" },
    Tags: [{ Key: "a", Value: "1" }],
  });
  try {
    await run(TopicArn, Name);
  } finally {
    await client.deleteTopic({ TopicArn });
  }
}

const attributes = async (TopicArn: string) => (await client.getTopicAttributes({ TopicArn })).Attributes;
const tags = async (ResourceArn: string) =>
  Object.fromEntries(
    ((await client.listTagsForResource({ ResourceArn })).Tags ?? []).map((tag) => [tag.Key, tag.Value]),
  );

test("CreateTopic: the same again is the same topic, another with its name is refused", () =>
  withTopic(async (TopicArn, Name) => {
    expect(TopicArn).toMatch(new RegExp(`^arn:aws:sns:[^:]+:\\d{12}:${Name}$`));
    expect(await client.createTopic({ Name })).toMatchObject({ TopicArn });
    const other = client.createTopic({ Name, Attributes: { DisplayName: "other" } });
    await expect(other).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(client.createTopic({ Name: "a b" })).rejects.toMatchObject({ name: "InvalidParameterException" });
  }));

test("DeleteTopic: gone, and no error when it already is", async () => {
  const { TopicArn } = await client.createTopic({ Name: target.unique("topic") });
  await client.deleteTopic({ TopicArn });
  await client.deleteTopic({ TopicArn });
  await expect(client.getTopicAttributes({ TopicArn })).rejects.toMatchObject({ name: "NotFoundException" });
});

test("ListTopics: every topic, page by page", () =>
  withTopic(async (TopicArn) => {
    const found: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.listTopics({ NextToken });
      found.push(...(page.Topics ?? []).map((topic) => topic.TopicArn));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(found).toContain(TopicArn);
  }));

test("GetTopicAttributes: what was set, who owns it, how many subscribed", () =>
  withTopic(async (TopicArn) => {
    const found = await attributes(TopicArn);
    expect(found).toMatchObject({
      TopicArn,
      DisplayName: "first",
      SubscriptionsConfirmed: "0",
      SubscriptionsPending: "0",
    });
    expect(JSON.parse(found?.Policy ?? "")).toMatchObject({ Statement: [{ Effect: "Allow", Resource: TopicArn }] });
  }));

test("SetTopicAttributes: one at a time; an unknown one is refused", () =>
  withTopic(async (TopicArn) => {
    await client.setTopicAttributes({ TopicArn, AttributeName: "DisplayName", AttributeValue: "second" });
    expect(await attributes(TopicArn)).toMatchObject({ DisplayName: "second" });
    const unknown = client.setTopicAttributes({ TopicArn, AttributeName: "Colour", AttributeValue: "red" });
    await expect(unknown).rejects.toMatchObject({ name: "InvalidParameterException" });
  }));

test("TagResource: adds and replaces", () =>
  withTopic(async (ResourceArn) => {
    await client.tagResource({
      ResourceArn,
      Tags: [
        { Key: "a", Value: "2" },
        { Key: "b", Value: "3" },
      ],
    });
    expect(await tags(ResourceArn)).toEqual({ a: "2", b: "3" });
  }));

test("UntagResource: removes by key", () =>
  withTopic(async (ResourceArn) => {
    await client.untagResource({ ResourceArn, TagKeys: ["a"] });
    expect(await tags(ResourceArn)).toEqual({});
  }));

test("ListTagsForResource: those of the topic; none of one that is not there", () =>
  withTopic(async (ResourceArn) => {
    expect(await tags(ResourceArn)).toEqual({ a: "1" });
    await expect(tags(`${ResourceArn}-none`)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  }));
