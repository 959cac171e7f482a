import { SNS } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { sns } from "../../../infra/sandbox/aws/services/sns/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: SNS;
let TopicArn: string;
beforeAll(async () => {
  target = await startTarget([sns]);
  client = new SNS(target.config);
  ({ TopicArn = "" } = await client.createTopic({ Name: target.unique("topic") }));
});
afterAll(async () => {
  await client.deleteTopic({ TopicArn });
  client.destroy();
  await target.stop();
});

const MessageId = expect.stringMatching(/^[0-9a-f-]{36}$/);
const refused = (more: object) => expect(client.publish({ TopicArn, Message: "hello", ...more })).rejects;

test("Publish: with subject, attributes and a text per protocol", async () => {
  const MessageAttributes = { count: { DataType: "Number", StringValue: "3" } };
  expect(await client.publish({ TopicArn, Message: "hello", Subject: "Greeting", MessageAttributes })).toMatchObject({
    MessageId,
  });
  const Message = JSON.stringify({ default: "hello", email: "dear" });
  expect(await client.publish({ TopicArn, Message, MessageStructure: "json" })).toMatchObject({ MessageId });
});

test("Publish: what is wrong is refused", async () => {
  await refused({ Message: "" }).toMatchObject({ name: "InvalidParameterException" });
  await refused({ Subject: "two\nlines" }).toMatchObject({ name: "InvalidParameterException" });
  await refused({ MessageStructure: "json" }).toMatchObject({ name: "InvalidParameterException" });
  await refused({ Message: "x".repeat(262_145) }).toMatchObject({ name: "InvalidParameterException" });
  await refused({ TopicArn: `${TopicArn}-none` }).toMatchObject({ name: "NotFoundException" });
  await refused({ MessageAttributes: { n: { DataType: "Number", StringValue: "x" } } }).toMatchObject({
    name: "InvalidParameterValueException",
  });
});

test("PublishBatch: each entry has its own result", async () => {
  const entries = [
    { Id: "good", Message: "hello" },
    { Id: "bad", Message: "hello", Subject: "two\nlines" },
  ];
  const { Successful, Failed } = await client.publishBatch({ TopicArn, PublishBatchRequestEntries: entries });
  expect(Successful).toEqual([{ Id: "good", MessageId }]);
  expect(Failed).toMatchObject([{ Id: "bad", SenderFault: true }]);
  const twice = [entries[0], entries[0]].flatMap((entry) => entry ?? []);
  await expect(client.publishBatch({ TopicArn, PublishBatchRequestEntries: twice })).rejects.toMatchObject({
    name: "BatchEntryIdsNotDistinctException",
  });
});
