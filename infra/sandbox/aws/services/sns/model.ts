import type { MessageAttributeValue } from "@aws-sdk/client-sns";
import { AwsError, type Collection, type ServiceContext } from "../../kernel.ts";

export interface StoredTopic {
  readonly arn: string;
  readonly name: string;
  /** As set; `GetTopicAttributes` adds what follows from the rest. */
  attributes: Record<string, string>;
  tags: Record<string, string>;
  deleted: number;
}

export type Protocol = "http" | "https" | "email" | "email-json" | "sms" | "sqs" | "lambda";

export interface StoredSubscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly owner: string;
  /** Handed out with the request for confirmation. */
  readonly token: string;
  isConfirmed: boolean;
  attributes: Record<string, string>;
}

/** What became of a message for one subscription. */
export interface Delivery {
  readonly subscriptionArn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** `recorded`: the sandbox has no such way out; at AWS it would be delivered there. */
  status: "waiting" | "delivered" | "failed" | "recorded";
  detail?: string;
}

/** A message as it was published, or the request to confirm a subscription. */
export interface StoredMessage {
  readonly id: string;
  readonly type: "Notification" | "SubscriptionConfirmation";
  /** Empty for a text message to a telephone number. */
  readonly topicArn: string;
  readonly subject?: string;
  /** The text for protocols without one of their own. */
  readonly message: string;
  /** With `MessageStructure: "json"`: the text by protocol. */
  readonly byProtocol?: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly at: Date;
  readonly token?: string;
  deliveries: Delivery[];
}

export interface Store {
  readonly topics: Collection<StoredTopic>;
  readonly subscriptions: Collection<StoredSubscription>;
  readonly messages: Collection<StoredMessage>;
  readonly context: ServiceContext;
}

/** How many messages are kept for reading; the oldest leave first. */
const KEPT_MESSAGES = 1000;

export const storeOf = (context: ServiceContext): Store => ({
  topics: context.state.collection("topics"),
  subscriptions: context.state.collection("subscriptions"),
  messages: context.state.collection("messages"),
  context,
});

export const invalid = (reason: string): AwsError => new AwsError("InvalidParameter", `Invalid parameter: ${reason}`);
export const notFound = (what: string): AwsError => new AwsError("NotFound", `${what} does not exist`, { status: 404 });

export const topicArn = ({ context: { region, account } }: Store, name: string): string =>
  `arn:aws:sns:${region}:${account}:${name}`;

export function topicOf({ topics }: Store, arn: string | undefined): StoredTopic {
  if (!/^arn:aws[a-z-]*:sns:[^:]+:\d{12}:[^:]+$/.test(arn ?? "")) throw invalid("TopicArn");
  const topic = topics.get(arn ?? "");
  if (!topic) throw notFound("Topic");
  return topic;
}

export function subscriptionOf({ subscriptions }: Store, arn: string | undefined): StoredSubscription {
  if (!/^arn:aws[a-z-]*:sns:[^:]+:\d{12}:[^:]+:[0-9a-f-]{36}$/.test(arn ?? ""))
    throw invalid("SubscriptionArn Reason: An ARN must have at least 6 elements, not 1");
  const subscription = subscriptions.get(arn ?? "");
  if (!subscription) throw notFound("Subscription");
  return subscription;
}

export const subscriptionsOf = ({ subscriptions }: Store, topicArn: string): StoredSubscription[] =>
  [...subscriptions.values()].filter((one) => one.topicArn === topicArn);

export function remember({ messages }: Store, message: StoredMessage): void {
  messages.set(message.id, message);
  const surplus = messages.size - KEPT_MESSAGES;
  if (surplus > 0) for (const id of [...messages.keys()].slice(0, surplus)) messages.delete(id);
}

/** A JSON document given as an attribute. @throws AwsError InvalidParameter */
export function document(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`${name} Reason: it is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}
