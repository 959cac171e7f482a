import { handler, type Made, present, type Scope, type Tag, tagChanges, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

const GONE = /NotFound/;

interface Topic {
  readonly TopicName?: string;
  readonly DisplayName?: string;
  readonly KmsMasterKeyId?: string;
  readonly SignatureVersion?: string;
  readonly TracingConfig?: string;
  readonly FifoTopic?: boolean;
  readonly ContentBasedDeduplication?: boolean;
  readonly Subscription?: readonly { readonly Endpoint: string; readonly Protocol: string }[];
  readonly Tags?: readonly Tag[];
  readonly DataProtectionPolicy?: object;
  readonly ArchivePolicy?: object;
  readonly DeliveryStatusLogging?: readonly object[];
}

const ATTRIBUTES = ["DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig"] as const;
const REFUSED = [
  "FifoTopic",
  "ContentBasedDeduplication",
  "DataProtectionPolicy",
  "ArchivePolicy",
  "DeliveryStatusLogging",
] as const;

function refuse(topic: Topic): void {
  const given = REFUSED.filter((name) => topic[name]);
  if (given.length > 0)
    throw new Error(`Properties of AWS::SNS::Topic not implemented by this sandbox: ${given.join(", ")}`);
}

const madeTopic = (arn: string): Made => ({
  physicalId: arn,
  attributes: { TopicArn: arn, TopicName: arn.split(":").at(-1) ?? "" },
});

/** Brings the topic's own list of subscriptions from one state to the next. */
async function subscribe(TopicArn: string, before: Topic, { after, aws }: { after: Topic; aws: Scope["aws"] }) {
  const keyOf = (one: { Protocol?: string; Endpoint?: string }) => `${one.Protocol} ${one.Endpoint}`;
  const wanted = new Set((after.Subscription ?? []).map(keyOf));
  const former = new Set((before.Subscription ?? []).map(keyOf));
  for (const { Protocol, Endpoint } of after.Subscription ?? [])
    if (!former.has(keyOf({ Protocol, Endpoint }))) await aws.sns.subscribe({ TopicArn, Protocol, Endpoint });
  const { Subscriptions = [] } = await aws.sns.listSubscriptionsByTopic({ TopicArn });
  for (const one of Subscriptions) {
    const isDropped = former.has(keyOf(one)) && !wanted.has(keyOf(one));
    if (isDropped && one.SubscriptionArn?.startsWith("arn:"))
      await aws.sns.unsubscribe({ SubscriptionArn: one.SubscriptionArn });
  }
}

const topic = handler<Topic>({
  nameProperty: "TopicName",
  create: async (properties, scope) => {
    refuse(properties);
    const Name = properties.TopicName ?? physicalName(scope, 256);
    const given = ATTRIBUTES.flatMap((name) => (properties[name] ? [[name, properties[name]] as const] : []));
    const { TopicArn } = await scope.aws.sns.createTopic({
      Name,
      Attributes: Object.fromEntries(given),
      Tags: [...(properties.Tags ?? [])],
    });
    const made = madeTopic(present(TopicArn, "TopicArn"));
    scope.initiated(made.physicalId, made.attributes);
    await subscribe(made.physicalId, {}, { after: properties, aws: scope.aws });
    return made;
  },
  update: async (properties, { physicalId: TopicArn, properties: before }, { aws }) => {
    refuse(properties);
    for (const AttributeName of ATTRIBUTES)
      if (properties[AttributeName] !== before[AttributeName])
        await aws.sns.setTopicAttributes({ TopicArn, AttributeName, AttributeValue: properties[AttributeName] ?? "" });
    await subscribe(TopicArn, before, { after: properties, aws });
    const { set, remove } = tagChanges(before.Tags, properties.Tags);
    if (set.length > 0) await aws.sns.tagResource({ ResourceArn: TopicArn, Tags: set });
    if (remove.length > 0) await aws.sns.untagResource({ ResourceArn: TopicArn, TagKeys: remove });
    return madeTopic(TopicArn);
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.sns.deleteTopic({ TopicArn: physicalId })),
});

interface Subscription {
  readonly TopicArn: string;
  readonly Protocol: string;
  readonly Endpoint?: string;
  readonly FilterPolicy?: object | string;
  readonly FilterPolicyScope?: string;
  readonly RawMessageDelivery?: boolean;
  readonly DeliveryPolicy?: object | string;
  readonly RedrivePolicy?: object | string;
  readonly SubscriptionRoleArn?: string;
  readonly ReplayPolicy?: object | string;
}

const SUBSCRIPTION_ATTRIBUTES = [
  "FilterPolicyScope",
  "FilterPolicy",
  "RawMessageDelivery",
  "DeliveryPolicy",
  "RedrivePolicy",
  "SubscriptionRoleArn",
  "ReplayPolicy",
] as const;

const text = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

const subscription = handler<Subscription>({
  create: async (properties, { aws }) => {
    const { TopicArn, Protocol, Endpoint } = properties;
    const given = SUBSCRIPTION_ATTRIBUTES.filter((name) => properties[name] !== undefined);
    const { SubscriptionArn } = await aws.sns.subscribe({
      ...{ TopicArn, Protocol, Endpoint },
      Attributes: Object.fromEntries(given.map((name) => [name, text(properties[name])])),
      ReturnSubscriptionArn: true,
    });
    const arn = present(SubscriptionArn, "SubscriptionArn");
    return { physicalId: arn, attributes: { Arn: arn } };
  },
  update: async (properties, existing, { aws }) => {
    const SubscriptionArn = existing.physicalId;
    const changed = SUBSCRIPTION_ATTRIBUTES.filter(
      (name) => text(properties[name] ?? "") !== text(existing.properties[name] ?? ""),
    );
    for (const AttributeName of changed) {
      const fallback = { FilterPolicyScope: "MessageAttributes", RawMessageDelivery: "false" };
      const value = properties[AttributeName] ?? Reflect.get(fallback, AttributeName) ?? "{}";
      await aws.sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue: text(value) });
    }
    return existing;
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.sns.unsubscribe({ SubscriptionArn: physicalId })),
});

interface TopicPolicy {
  readonly PolicyDocument: object | string;
  readonly Topics: readonly string[];
}

async function setPolicy(topics: readonly string[], policy: string, { aws }: Scope): Promise<void> {
  for (const TopicArn of topics)
    await aws.sns.setTopicAttributes({ TopicArn, AttributeName: "Policy", AttributeValue: policy });
}

const topicPolicy = handler<TopicPolicy>({
  create: async ({ Topics, PolicyDocument }, scope) => {
    await setPolicy(Topics, text(PolicyDocument), scope);
    const id = physicalName(scope, 128);
    return { physicalId: id, attributes: { Id: id } };
  },
  update: async ({ Topics, PolicyDocument }, existing, scope) => {
    await setPolicy(Topics, text(PolicyDocument), scope);
    return existing;
  },
  // The topics' own policy cannot be had back through the API; they usually go with the same stack.
});

export const snsHandlers = {
  "AWS::SNS::Topic": topic,
  "AWS::SNS::Subscription": subscription,
  "AWS::SNS::TopicPolicy": topicPolicy,
};
