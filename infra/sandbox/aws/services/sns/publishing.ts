import type { MessageAttributeValue, PublishInput, SNS } from "@aws-sdk/client-sns";
import { AwsError, type Operations } from "../../kernel.ts";
import { uuid } from "../../uuid.ts";
import { document, invalid, type Store, type StoredMessage, topicOf } from "./model.ts";
import type { Publisher } from "./publisher.ts";

const MAX_BYTES = 262_144;
const MAX_BATCH = 10;

type Given = Pick<PublishInput, "Message" | "Subject" | "MessageStructure" | "MessageAttributes" | "MessageGroupId">;

function subjectProblem(subject: string | undefined): string | undefined {
  if (subject === undefined) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what AWS refuses
  const isPlain = /^[^\s\x00-\x1f][^\x00-\x1f]{0,99}$/.test(subject);
  return isPlain ? undefined : "Subject";
}

/** @throws AwsError for an attribute without a value of its type */
function checkAttributes(attributes: Readonly<Record<string, MessageAttributeValue>>): void {
  for (const [name, { DataType = "", StringValue, BinaryValue }] of Object.entries(attributes)) {
    const value = DataType.startsWith("Binary") ? BinaryValue : StringValue;
    if (!/^(String|Number|Binary)(\..+)?$/.test(DataType))
      throw new AwsError(
        "InvalidParameterValueException",
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    if (value === undefined || value.length === 0)
      throw new AwsError(
        "InvalidParameterValueException",
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
      );
    if (DataType.startsWith("Number") && !Number.isFinite(Number(StringValue)))
      throw new AwsError(
        "InvalidParameterValueException",
        `Could not cast message attribute '${name}' value to number.`,
      );
  }
}

function textsOf(message: string, structure: string | undefined): Pick<StoredMessage, "message" | "byProtocol"> {
  if (structure === undefined) return { message };
  if (structure !== "json") throw invalid("MessageStructure");
  const parsed = document("Message Structure - JSON message body failed to parse", message);
  if (typeof parsed !== "object" || parsed === null || !("default" in parsed) || typeof parsed.default !== "string")
    throw invalid("Message Structure - No default entry in JSON message body");
  return { message: parsed.default, byProtocol: parsed as unknown as Record<string, string> };
}

function messageOf(store: Store, topicArn: string, given: Given): StoredMessage {
  const { Message = "", Subject, MessageAttributes = {} } = given;
  if (Message === "") throw invalid("Empty message");
  if (Buffer.byteLength(Message) > MAX_BYTES) throw invalid("Message too long");
  const problem = subjectProblem(Subject);
  if (problem) throw invalid(problem);
  if (given.MessageGroupId)
    throw invalid(
      "MessageGroupId Reason: The request includes MessageGroupId parameter that is not valid for this topic type",
    );
  checkAttributes(MessageAttributes);
  return {
    id: uuid(store.context),
    type: "Notification",
    topicArn,
    subject: Subject,
    ...textsOf(Message, given.MessageStructure),
    attributes: MessageAttributes,
    at: store.context.clock.now(),
    deliveries: [],
  };
}

export function publishing(store: Store, publisher: Publisher): Operations<SNS> {
  return {
    Publish: (input) => {
      const { TopicArn, TargetArn, PhoneNumber } = input;
      if ([TopicArn, TargetArn, PhoneNumber].filter(Boolean).length !== 1)
        throw invalid("TopicArn, TargetArn or PhoneNumber Reason: exactly one is required");
      const arn = PhoneNumber ? "" : topicOf(store, TopicArn ?? TargetArn).arn;
      const message = messageOf(store, arn, input);
      if (PhoneNumber)
        message.deliveries.push({ subscriptionArn: "", protocol: "sms", endpoint: PhoneNumber, status: "recorded" });
      publisher.publish(message);
      return { MessageId: message.id };
    },
    PublishBatch: ({ TopicArn, PublishBatchRequestEntries: entries = [] }) => {
      const { arn } = topicOf(store, TopicArn);
      if (entries.length === 0)
        throw new AwsError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
      if (entries.length > MAX_BATCH)
        throw new AwsError("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.");
      if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
        throw new AwsError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
      const results = entries.map(({ Id = "", ...given }) => {
        try {
          const message = messageOf(store, arn, given);
          publisher.publish(message);
          return { ok: { Id, MessageId: message.id } };
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          return { failed: { Id, Code: error.code, Message: error.message, SenderFault: true } };
        }
      });
      return {
        Successful: results.flatMap(({ ok }) => ok ?? []),
        Failed: results.flatMap(({ failed }) => failed ?? []),
      };
    },
  };
}
