import type { MessageAttributeValue } from "@aws-sdk/client-sns";
import type { StoredMessage, StoredSubscription } from "./model.ts";

/** What subscribers get. Source: SNS developer guide, "HTTP/HTTPS notification JSON format" and "Using Lambda with SNS". */

/** `SubscribeURL` and `UnsubscribeURL` lead to this sandbox. */
const link = (endpoint: string, action: string, more: Readonly<Record<string, string>>): string =>
  `${endpoint}/?${new URLSearchParams({ Action: action, Version: "2010-03-31", ...more })}`;

/** Nothing here can be signed as AWS signs: a receiver that checks signatures has to leave that out in the sandbox. */
const UNSIGNED = { SignatureVersion: "1", Signature: "not-signed-by-the-sandbox" };

const textOf = ({ StringValue, BinaryValue }: MessageAttributeValue): string =>
  StringValue ?? Buffer.from(BinaryValue ?? []).toString("base64");

const shownAttributes = (attributes: StoredMessage["attributes"]) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, one]) => [name, { Type: one.DataType, Value: textOf(one) }]),
  );

export const textFor = ({ message, byProtocol }: StoredMessage, protocol: string): string =>
  byProtocol?.[protocol] ?? message;

/** The body of a POST to an http endpoint. */
export function httpBody(message: StoredMessage, subscription: StoredSubscription, endpoint: string): string {
  const common = {
    Type: message.type,
    MessageId: message.id,
    TopicArn: message.topicArn,
    ...(message.subject === undefined ? {} : { Subject: message.subject }),
    Message: textFor(message, subscription.protocol),
    Timestamp: message.at.toISOString(),
    ...UNSIGNED,
    SigningCertURL: `${endpoint}/_sandbox/sns/no-certificate.pem`,
  };
  if (message.type === "SubscriptionConfirmation") {
    const { token } = subscription;
    const SubscribeURL = link(endpoint, "ConfirmSubscription", { TopicArn: message.topicArn, Token: token });
    return JSON.stringify({ ...common, Token: token, SubscribeURL });
  }
  return JSON.stringify({
    ...common,
    UnsubscribeURL: link(endpoint, "Unsubscribe", { SubscriptionArn: subscription.arn }),
    ...(Object.keys(message.attributes).length > 0 ? { MessageAttributes: shownAttributes(message.attributes) } : {}),
  });
}

/** The event of a function. */
export function lambdaEvent(message: StoredMessage, subscription: StoredSubscription, endpoint: string): string {
  const Sns = {
    Type: "Notification",
    MessageId: message.id,
    TopicArn: message.topicArn,
    Subject: message.subject ?? null,
    Message: textFor(message, "lambda"),
    Timestamp: message.at.toISOString(),
    ...UNSIGNED,
    SigningCertUrl: `${endpoint}/_sandbox/sns/no-certificate.pem`,
    UnsubscribeUrl: link(endpoint, "Unsubscribe", { SubscriptionArn: subscription.arn }),
    MessageAttributes: shownAttributes(message.attributes),
  };
  const record = { EventSource: "aws:sns", EventVersion: "1.0", EventSubscriptionArn: subscription.arn, Sns };
  return JSON.stringify({ Records: [record] });
}

/** The URL that confirms a subscription, for people who read the recorded request. */
export const confirmationUrl = (message: StoredMessage, endpoint: string): string | undefined =>
  message.token === undefined
    ? undefined
    : link(endpoint, "ConfirmSubscription", { TopicArn: message.topicArn, Token: message.token });
