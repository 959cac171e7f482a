import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { groupOf, invalidParameter, type LogStore, shownStream, streamKey, streamOf, streamsIn } from "./model.ts";

export function removeStream(store: LogStore, group: string, name: string): void {
  const stream = streamOf(store, group, name);
  store.streams.delete(streamKey(stream.group, stream.name));
  store.events.remove(stream.id);
}

export function streams(store: LogStore): Operations<CloudWatchLogs> {
  return {
    CreateLogStream: ({ logGroupName, logStreamName: name = "" }) => {
      const { name: group } = groupOf(store, logGroupName);
      if (!/^[^:*]{1,512}$/s.test(name))
        throw invalidParameter(
          `logStreamName must be 1 to 512 characters without : and *, got ${JSON.stringify(name)}.`,
        );
      const key = streamKey(group, name);
      if (store.streams.has(key))
        throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");
      const empty = { firstEvent: undefined, lastEvent: undefined, lastIngestion: undefined, bytes: 0 };
      store.streams.set(key, { id: store.context.id(32), group, name, createdAt: store.now(), ...empty });
      return {};
    },
    DescribeLogStreams: ({
      logGroupIdentifier,
      logGroupName,
      logStreamNamePrefix = "",
      orderBy,
      descending,
      limit = 50,
      nextToken,
    }) => {
      const { name: group } = groupOf(store, logGroupIdentifier ?? logGroupName);
      const found = streamsIn(store, group).filter(({ name }) => name.startsWith(logStreamNamePrefix));
      if (orderBy === "LastEventTime") found.sort((a, b) => (a.lastEvent ?? 0) - (b.lastEvent ?? 0));
      if (descending) found.reverse();
      const page = pageOf(found, { token: nextToken, limit, invalidToken: "InvalidParameterException" });
      return { logStreams: page.items.map((stream) => shownStream(store, stream)), nextToken: page.nextToken };
    },
    DeleteLogStream: ({ logGroupName = "", logStreamName = "" }) => {
      removeStream(store, logGroupName, logStreamName);
      return {};
    },
  };
}
