import type { SNS, Subscription } from "@aws-sdk/client-sns";
import type { Operations } from "../../kernel.ts";
import { parsePattern } from "../../patterns/pattern.ts";
import { pageOf } from "../../state/page.ts";
import { uuid } from "../../uuid.ts";
import {
  invalid,
  type Protocol,
  type Store,
  type StoredSubscription,
  subscriptionOf,
  subscriptionsOf,
  topicOf,
} from "./model.ts";
import type { Publisher } from "./publisher.ts";

const PAGE = 100;
const PENDING = "pending confirmation";

/** What an endpoint of each protocol looks like. */
const ENDPOINTS: Readonly<Record<Protocol, RegExp>> = {
  http: /^http:\/\/[^\s]+$/,
  https: /^https:\/\/[^\s]+$/,
  email: /^[^\s@]+@[^\s@]+$/,
  "email-json": /^[^\s@]+@[^\s@]+$/,
  sms: /^\+?[0-9 ()-]{3,20}$/,
  sqs: /^arn:aws[a-z-]*:sqs:[^:]+:\d{12}:[^:]+$/,
  lambda: /^arn:aws[a-z-]*:lambda:[^:]+:\d{12}:function:[^\s]+$/,
};

/** Endpoints that have to say that they want messages. */
const CONFIRMING: readonly Protocol[] = ["http", "https", "email", "email-json"];

function protocolOf(text: string): Protocol {
  if (Object.hasOwn(ENDPOINTS, text)) return text as Protocol;
  if (["application", "firehose"].includes(text))
    throw invalid(`Protocol Reason: the sandbox delivers nothing by ${text}`);
  throw invalid(`Amazon SNS does not support this protocol string: ${text}`);
}

function checkEndpoint(protocol: Protocol, endpoint: string): void {
  if (ENDPOINTS[protocol].test(endpoint)) return;
  if (protocol === "http" || protocol === "https") throw invalid("Endpoint must match the specified protocol");
  throw invalid(`Endpoint Reason: ${JSON.stringify(endpoint)} is none of protocol ${protocol}`);
}

function filterProblem(text: string): string | undefined {
  if (text === "" || text === "{}") return undefined;
  const parsed = parsePattern(text);
  return "problems" in parsed ? `FilterPolicy: ${parsed.problems.join("; ")}` : undefined;
}

/** Why an attribute cannot be set so; `undefined` when it can. */
function attributeProblem(name: string, value: string): string | undefined {
  switch (name) {
    case "FilterPolicy":
      return filterProblem(value);
    case "FilterPolicyScope":
      return ["MessageAttributes", "MessageBody"].includes(value)
        ? undefined
        : `FilterPolicyScope: ${value} is not MessageAttributes or MessageBody`;
    case "RawMessageDelivery":
      return ["true", "false"].includes(value)
        ? undefined
        : `Attributes Reason: RawMessageDelivery: ${value} is not true or false`;
    case "DeliveryPolicy":
      return undefined;
    case "RedrivePolicy":
    case "SubscriptionRoleArn":
    case "ReplayPolicy":
      return `AttributeName Reason: the sandbox has no ${name} (no queues, no streams)`;
    default:
      return "AttributeName";
  }
}

function checkAttribute(name: string, value: string): void {
  const problem = attributeProblem(name, value);
  if (problem) throw invalid(problem);
}

const shown = ({ arn, owner, protocol, endpoint, topicArn, isConfirmed }: StoredSubscription): Subscription => ({
  SubscriptionArn: isConfirmed ? arn : "PendingConfirmation",
  Owner: owner,
  Protocol: protocol,
  Endpoint: endpoint,
  TopicArn: topicArn,
});

function listing(store: Store): Operations<SNS> {
  const page = (found: readonly StoredSubscription[], token: string | undefined) => {
    const { items, nextToken } = pageOf(found, { token, limit: PAGE, invalidToken: "InvalidParameter" });
    return { Subscriptions: items.map(shown), NextToken: nextToken };
  };
  return {
    ListSubscriptions: ({ NextToken }) => page([...store.subscriptions.values()], NextToken),
    ListSubscriptionsByTopic: ({ TopicArn, NextToken }) =>
      page(subscriptionsOf(store, topicOf(store, TopicArn).arn), NextToken),
    GetSubscriptionAttributes: ({ SubscriptionArn }) => {
      const subscription = subscriptionOf(store, SubscriptionArn);
      const { arn, topicArn, protocol, endpoint, owner, isConfirmed, attributes } = subscription;
      return {
        Attributes: {
          SubscriptionArn: arn,
          TopicArn: topicArn,
          Protocol: protocol,
          Endpoint: endpoint,
          Owner: owner,
          PendingConfirmation: String(!isConfirmed),
          ConfirmationWasAuthenticated: "true",
          RawMessageDelivery: "false",
          SubscriptionPrincipal: `arn:aws:iam::${store.context.account}:root`,
          ...attributes,
        },
      };
    },
    SetSubscriptionAttributes: ({ SubscriptionArn, AttributeName = "", AttributeValue = "" }) => {
      const subscription = subscriptionOf(store, SubscriptionArn);
      checkAttribute(AttributeName, AttributeValue);
      subscription.attributes = { ...subscription.attributes, [AttributeName]: AttributeValue };
      return {};
    },
  };
}

export function subscriptions(store: Store, publisher: Publisher): Operations<SNS> {
  const remove = (subscription: StoredSubscription) => {
    store.subscriptions.delete(subscription.arn);
    const topic = store.topics.get(subscription.topicArn);
    if (topic) topic.deleted++;
  };
  return {
    ...listing(store),
    Subscribe: (input) => {
      const topic = topicOf(store, input.TopicArn);
      const { Endpoint: endpoint = "", Attributes = {}, ReturnSubscriptionArn } = input;
      const protocol = protocolOf(input.Protocol ?? "");
      checkEndpoint(protocol, endpoint);
      for (const [name, value] of Object.entries(Attributes)) checkAttribute(name, value);
      const existing = subscriptionsOf(store, topic.arn).find(
        (one) => one.protocol === protocol && one.endpoint === endpoint,
      );
      const subscription: StoredSubscription = existing ?? {
        arn: `${topic.arn}:${uuid(store.context)}`,
        topicArn: topic.arn,
        protocol,
        endpoint,
        owner: store.context.account,
        token: store.context.id(64),
        isConfirmed: !CONFIRMING.includes(protocol),
        attributes: Attributes,
      };
      store.subscriptions.set(subscription.arn, subscription);
      if (!subscription.isConfirmed) publisher.askForConfirmation(subscription);
      const isShown = subscription.isConfirmed || ReturnSubscriptionArn;
      return { SubscriptionArn: isShown ? subscription.arn : PENDING };
    },
    ConfirmSubscription: ({ TopicArn, Token }) => {
      const topic = topicOf(store, TopicArn);
      const subscription = subscriptionsOf(store, topic.arn).find(({ token }) => token === Token);
      if (!subscription) throw invalid("Token");
      subscription.isConfirmed = true;
      return { SubscriptionArn: subscription.arn };
    },
    Unsubscribe: ({ SubscriptionArn }) => {
      remove(subscriptionOf(store, SubscriptionArn));
      return {};
    },
  };
}
