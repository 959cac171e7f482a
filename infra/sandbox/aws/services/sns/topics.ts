import type { SNS, Tag } from "@aws-sdk/client-sns";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { document, invalid, type Store, type StoredTopic, subscriptionsOf, topicArn, topicOf } from "./model.ts";

const PAGE = 100;

/** Kept as given: the sandbox neither encrypts nor signs nor traces. */
const RECORDED = ["DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig", "DeliveryPolicy", "Policy"];
const DOCUMENTS = ["DeliveryPolicy", "Policy"];
const FIFO = ["FifoTopic", "ContentBasedDeduplication", "FifoThroughputScope", "ArchivePolicy"];

/** Names of attributes by which deliveries report to CloudWatch Logs; kept, without effect. */
const FEEDBACK =
  /^(HTTP|Firehose|Lambda|Application|SQS)(SuccessFeedbackRoleArn|SuccessFeedbackSampleRate|FailureFeedbackRoleArn)$/;

function checkAttribute(name: string, value: string): void {
  if (FIFO.includes(name) && value !== "false")
    throw invalid(`AttributeName Reason: the sandbox has no FIFO topics and no message archive (${name})`);
  if (!RECORDED.includes(name) && !FIFO.includes(name) && !FEEDBACK.test(name)) throw invalid("AttributeName");
  if (DOCUMENTS.includes(name) && value !== "") document(name, value);
}

/** The statement that every topic begins with: its owner may do everything. */
const defaultPolicy = ({ arn }: StoredTopic, account: string): string =>
  JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "SNS:GetTopicAttributes",
          "SNS:SetTopicAttributes",
          "SNS:AddPermission",
          "SNS:RemovePermission",
          "SNS:DeleteTopic",
          "SNS:Subscribe",
          "SNS:ListSubscriptionsByTopic",
          "SNS:Publish",
        ],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": account } },
      },
    ],
  });

const asRecord = (tags: readonly Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

function checkName(name: string): void {
  if (name.endsWith(".fifo"))
    throw invalid("Topic Name Reason: the sandbox has no FIFO topics (names that end in .fifo)");
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalid("Topic Name");
}

function shownAttributes(store: Store, topic: StoredTopic): Record<string, string> {
  const subscriptions = subscriptionsOf(store, topic.arn);
  const confirmed = subscriptions.filter(({ isConfirmed }) => isConfirmed).length;
  return {
    DisplayName: "",
    Policy: defaultPolicy(topic, store.context.account),
    ...topic.attributes,
    TopicArn: topic.arn,
    Owner: store.context.account,
    SubscriptionsConfirmed: String(confirmed),
    SubscriptionsPending: String(subscriptions.length - confirmed),
    SubscriptionsDeleted: String(topic.deleted),
  };
}

/** A topic that exists already is returned, unless it was made differently. */
function sameAs(topic: StoredTopic, attributes: Record<string, string>, tags: Record<string, string>): StoredTopic {
  const differing = Object.entries(attributes).some(([name, value]) => (topic.attributes[name] ?? "") !== value);
  if (differing) throw invalid("Attributes Reason: Topic already exists with different attributes");
  if (Object.entries(tags).some(([key, value]) => topic.tags[key] !== value))
    throw invalid("Tags Reason: Topic already exists with different tags");
  return topic;
}

function tagging(store: Store): Operations<SNS> {
  const target = (arn: string | undefined): StoredTopic => {
    const topic = store.topics.get(arn ?? "");
    if (!topic) throw new AwsError("ResourceNotFound", "Resource does not exist", { status: 404 });
    return topic;
  };
  return {
    TagResource: ({ ResourceArn, Tags }) => {
      const topic = target(ResourceArn);
      topic.tags = { ...topic.tags, ...asRecord(Tags) };
      return {};
    },
    UntagResource: ({ ResourceArn, TagKeys = [] }) => {
      const topic = target(ResourceArn);
      topic.tags = Object.fromEntries(Object.entries(topic.tags).filter(([key]) => !TagKeys.includes(key)));
      return {};
    },
    ListTagsForResource: ({ ResourceArn }) => ({
      Tags: Object.entries(target(ResourceArn).tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  };
}

export function topics(store: Store): Operations<SNS> {
  return {
    ...tagging(store),
    CreateTopic: ({ Name = "", Attributes = {}, Tags }) => {
      checkName(Name);
      for (const [name, value] of Object.entries(Attributes)) checkAttribute(name, value);
      const arn = topicArn(store, Name);
      const existing = store.topics.get(arn);
      const topic = existing
        ? sameAs(existing, Attributes, asRecord(Tags))
        : { arn, name: Name, attributes: Attributes, tags: asRecord(Tags), deleted: 0 };
      store.topics.set(arn, topic);
      return { TopicArn: arn };
    },
    DeleteTopic: ({ TopicArn = "" }) => {
      for (const { arn } of subscriptionsOf(store, TopicArn)) store.subscriptions.delete(arn);
      store.topics.delete(TopicArn);
      return {};
    },
    ListTopics: ({ NextToken }) => {
      const arns = [...store.topics.keys()].sort();
      const page = pageOf(arns, { token: NextToken, limit: PAGE, invalidToken: "InvalidParameter" });
      return { Topics: page.items.map((TopicArn) => ({ TopicArn })), NextToken: page.nextToken };
    },
    GetTopicAttributes: ({ TopicArn }) => ({ Attributes: shownAttributes(store, topicOf(store, TopicArn)) }),
    SetTopicAttributes: ({ TopicArn, AttributeName = "", AttributeValue = "" }) => {
      const topic = topicOf(store, TopicArn);
      checkAttribute(AttributeName, AttributeValue);
      topic.attributes = { ...topic.attributes, [AttributeName]: AttributeValue };
      return {};
    },
  };
}
