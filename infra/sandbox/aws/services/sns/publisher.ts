import { type Queued, RetryQueue } from "../../delivery/retry-queue.ts";
import { parsePattern } from "../../patterns/pattern.ts";
import { uuid } from "../../uuid.ts";
import { endpointOf } from "./endpoint.ts";
import { httpBody, lambdaEvent, textFor } from "./envelope.ts";
import {
  type Delivery,
  remember,
  type Store,
  type StoredMessage,
  type StoredSubscription,
  subscriptionsOf,
} from "./model.ts";

/** Retries of an http endpoint and the sandbox seconds between them: SNS's default delivery policy. */
const HTTP_RETRIES = 3;
const HTTP_PAUSE_SECONDS = 20;

/** Real ms that an endpoint has for its answer; AWS's limit, and real because the endpoint is. */
const HTTP_LIMIT_MS = 15_000;

interface Task {
  readonly messageId: string;
  readonly subscriptionArn: string;
}

const isLocal = (url: string): boolean =>
  /^(localhost|.*\.localhost|127\.[0-9.]+|\[::1\])$/.test(new URL(url).hostname);

/** Whether the sandbox really delivers there; everything else is recorded. */
const isDelivered = ({ protocol, endpoint }: StoredSubscription): boolean =>
  protocol === "lambda" || ((protocol === "http" || protocol === "https") && isLocal(endpoint));

/** A list in a `String.Array`, a number in a `Number`, else the text. */
function attributeValue({ DataType = "", StringValue = "" }: StoredMessage["attributes"][string]): unknown {
  if (DataType.startsWith("Number")) return Number(StringValue);
  if (DataType !== "String.Array") return StringValue;
  try {
    return JSON.parse(StringValue);
  } catch {
    return StringValue;
  }
}

function bodyOf({ message }: StoredMessage): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

/** Whether the subscription's filter policy lets the message through. */
function wants({ attributes }: StoredSubscription, message: StoredMessage): boolean {
  const { FilterPolicy = "", FilterPolicyScope } = attributes;
  if (FilterPolicy === "" || FilterPolicy === "{}") return true;
  const parsed = parsePattern(FilterPolicy);
  if ("problems" in parsed) return false;
  const value =
    FilterPolicyScope === "MessageBody"
      ? bodyOf(message)
      : Object.fromEntries(Object.entries(message.attributes).map(([name, one]) => [name, attributeValue(one)]));
  return value !== undefined && parsed.pattern.matches(value);
}

/** Brings messages to subscriptions, and keeps both what was published and what became of it. */
export class Publisher {
  readonly #store: Store;
  readonly #queue: RetryQueue<Task>;

  constructor(store: Store) {
    this.#store = store;
    const { state, clock } = store.context;
    this.#queue = new RetryQueue({ items: state.collection("queue"), clock, attempt: (item) => this.#attempt(item) });
  }

  /** To every confirmed subscription of the topic whose filter wants it. */
  publish(message: StoredMessage): void {
    const subscriptions = subscriptionsOf(this.#store, message.topicArn).filter(
      (one) => one.isConfirmed && wants(one, message),
    );
    this.#send(message, subscriptions);
  }

  askForConfirmation(subscription: StoredSubscription): void {
    const text = `You have chosen to subscribe to the topic ${subscription.topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`;
    const message: StoredMessage = {
      id: uuid(this.#store.context),
      type: "SubscriptionConfirmation",
      topicArn: subscription.topicArn,
      message: text,
      attributes: {},
      at: this.#store.context.clock.now(),
      token: subscription.token,
      deliveries: [],
    };
    this.#send(message, [subscription]);
  }

  resume(): void {
    this.#queue.resume();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  #send(message: StoredMessage, subscriptions: readonly StoredSubscription[]): void {
    const { context } = this.#store;
    for (const subscription of subscriptions) {
      const { arn, protocol, endpoint } = subscription;
      const status = isDelivered(subscription) ? "waiting" : "recorded";
      message.deliveries.push({ subscriptionArn: arn, protocol, endpoint: endpointOf(endpoint).url, status });
    }
    remember(this.#store, message);
    const ways = message.deliveries.map(({ protocol, status }) =>
      status === "recorded" ? `${protocol}, recorded` : protocol,
    );
    context.log(
      `sns: ${message.type} ${message.id} on ${message.topicArn || "a telephone number"} → ${ways.join("; ") || "no subscription"}`,
    );
    for (const { subscriptionArn, status } of message.deliveries)
      if (status === "waiting") this.#queue.add(uuid(context), { messageId: message.id, subscriptionArn });
  }

  async #attempt({ value, attempts }: Queued<Task>): Promise<number | undefined> {
    const message = this.#store.messages.get(value.messageId);
    const subscription = this.#store.subscriptions.get(value.subscriptionArn);
    const delivery = message?.deliveries.find((one) => one.subscriptionArn === value.subscriptionArn);
    if (!message || !delivery) return undefined; // so many messages came meanwhile that it is no longer kept
    try {
      if (!subscription) throw new Error("the subscription is gone");
      await this.#deliver(message, subscription);
      Object.assign(delivery, { status: "delivered", detail: undefined });
      return undefined;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const isRetried = subscription !== undefined && subscription.protocol !== "lambda" && attempts < HTTP_RETRIES;
      Object.assign(delivery, { status: isRetried ? "waiting" : "failed", detail });
      if (isRetried) return HTTP_PAUSE_SECONDS;
      this.#gaveUp(delivery, message);
      return undefined;
    }
  }

  #gaveUp({ endpoint, detail }: Delivery, { id }: StoredMessage): void {
    this.#store.context.log(`sns: message ${id} was not delivered to ${endpoint}: ${detail}`);
  }

  async #deliver(message: StoredMessage, subscription: StoredSubscription): Promise<void> {
    const { context } = this.#store;
    if (subscription.protocol !== "lambda") return this.#post(message, subscription);
    await context.aws.lambda.invoke({
      FunctionName: subscription.endpoint,
      InvocationType: "Event",
      Payload: Buffer.from(lambdaEvent(message, subscription, context.endpoint())),
    });
  }

  async #post(message: StoredMessage, subscription: StoredSubscription): Promise<void> {
    const isRaw = subscription.attributes.RawMessageDelivery === "true" && message.type === "Notification";
    const { url, headers } = endpointOf(subscription.endpoint);
    const response = await fetch(url, {
      method: "POST",
      headers: {
        ...headers,
        "content-type": "text/plain; charset=UTF-8",
        "user-agent": "Amazon Simple Notification Service Agent",
        "x-amz-sns-message-type": message.type,
        "x-amz-sns-message-id": message.id,
        "x-amz-sns-topic-arn": message.topicArn,
        ...(message.type === "Notification" ? { "x-amz-sns-subscription-arn": subscription.arn } : {}),
        ...(isRaw ? { "x-amz-sns-rawdelivery": "true" } : {}),
      },
      body: isRaw
        ? textFor(message, subscription.protocol)
        : httpBody(message, subscription, this.#store.context.endpoint()),
      signal: AbortSignal.timeout(HTTP_LIMIT_MS),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`the endpoint answered ${response.status}`);
  }
}
