import { gzipSync } from "node:zlib";
import type { CloudWatchLogs, SubscriptionFilter } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError, type Collection, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import type { LogEvent } from "./events.ts";
import { eventId, groupOf, invalidParameter, type LogStore, type StoredStream } from "./model.ts";
import { patternOf } from "./pattern/pattern.ts";

/** Subscription filters: lines that match are sent to a Lambda function; other destinations are refused by name. */
interface StoredSubscription extends SubscriptionFilter {
  filterName: string;
  logGroupName: string;
  destinationArn: string;
}

const MOST_PER_GROUP = 2;

const keyOf = (group: string, name: string): string => `${group}:${name}`;

function checkDestination(arn: string): void {
  if (/^arn:[^:]*:lambda:/.test(arn)) return;
  if (!/^arn:[^:]*:(kinesis|firehose|logs):/.test(arn))
    throw invalidParameter(`destinationArn must be the ARN of a Lambda function, got ${arn}.`);
  throw new AwsError(
    "NotImplemented",
    `logs.PutSubscriptionFilter: the sandbox sends log events to Lambda functions only, not to ${arn}.`,
    { status: 501 },
  );
}

/** What a function gets: base64 of the gzipped JSON message. */
function payload(message: object): Uint8Array {
  const data = gzipSync(JSON.stringify(message)).toString("base64");
  return Buffer.from(JSON.stringify({ awslogs: { data } }));
}

export class Subscriptions {
  readonly #stored: Collection<StoredSubscription>;
  readonly #store: LogStore;

  constructor(store: LogStore) {
    this.#store = store;
    this.#stored = store.context.state.collection("subscriptionFilters");
  }

  of(group: string): StoredSubscription[] {
    return [...this.#stored.values()].filter(({ logGroupName }) => logGroupName === group);
  }

  removeGroup(group: string): void {
    for (const { filterName } of this.of(group)) this.#stored.delete(keyOf(group, filterName));
  }

  /** One invocation per filter and batch; one that fails is logged and not retried. */
  async deliver(stream: StoredStream, lines: readonly LogEvent[]): Promise<void> {
    if (this.#stored.size === 0) return;
    const { context } = this.#store;
    for (const { filterName, filterPattern, destinationArn } of this.of(stream.group)) {
      const pattern = patternOf(filterPattern);
      const logEvents = lines.filter(({ message }) => pattern.matches(message));
      if (logEvents.length === 0) continue;
      const message = {
        messageType: "DATA_MESSAGE",
        owner: context.account,
        logGroup: stream.group,
        logStream: stream.name,
        subscriptionFilters: [filterName],
        logEvents: logEvents.map((event) => ({
          id: eventId(stream, event),
          timestamp: event.timestamp,
          message: event.message,
        })),
      };
      try {
        await context.aws.lambda.invoke({
          FunctionName: destinationArn,
          InvocationType: "Event",
          Payload: payload(message),
        });
      } catch (error) {
        context.log(
          `logs: the subscription ${filterName} of ${stream.group} failed: ${error instanceof Error ? error.message : error}`,
        );
      }
    }
  }

  operations(): Operations<CloudWatchLogs> {
    return {
      PutSubscriptionFilter: (input) => {
        const { logGroupName, filterName = "", filterPattern = "", destinationArn = "", ...rest } = input;
        const { name: group } = groupOf(this.#store, logGroupName);
        checkDestination(destinationArn);
        patternOf(filterPattern);
        if (!/^[^:*]{1,512}$/.test(filterName))
          throw invalidParameter("filterName must have 1 to 512 characters without : and *.");
        const key = keyOf(group, filterName);
        if (!this.#stored.has(key) && this.of(group).length >= MOST_PER_GROUP)
          throw new AwsError("LimitExceededException", "Resource limit exceeded.");
        this.#stored.set(key, {
          filterName,
          logGroupName: group,
          filterPattern,
          destinationArn,
          roleArn: rest.roleArn,
          distribution: rest.distribution ?? "ByLogStream",
          creationTime: this.#store.now(),
        });
        return {};
      },
      DescribeSubscriptionFilters: ({ logGroupName, filterNamePrefix = "", limit = 50, nextToken }) => {
        const { name: group } = groupOf(this.#store, logGroupName);
        const found = this.of(group).filter(({ filterName }) => filterName.startsWith(filterNamePrefix));
        const page = pageOf(found, { token: nextToken, limit, invalidToken: "InvalidParameterException" });
        return { subscriptionFilters: page.items, nextToken: page.nextToken };
      },
      DeleteSubscriptionFilter: ({ logGroupName, filterName = "" }) => {
        if (!this.#stored.delete(keyOf(groupOf(this.#store, logGroupName).name, filterName)))
          throw new AwsError("ResourceNotFoundException", "The specified subscription filter does not exist.");
        return {};
      },
    };
  }
}
