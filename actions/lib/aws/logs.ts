import { CloudWatchLogsClient, DescribeLogGroupsCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { isAwsError, isDenied } from "./failures.ts";
import type { AwsSettings } from "./settings.ts";

export interface Logs {
  /** undefined when this role may not look. */
  groupExists(name: string): Promise<boolean | undefined>;
  /** The last lines of a stream, oldest first; empty when it does not exist or may not be read. */
  tail(group: string, stream: string, lines: number): Promise<string[]>;
}

export function logsPort(settings: AwsSettings): Logs {
  const client = new CloudWatchLogsClient(settings);
  return {
    async groupExists(name) {
      try {
        const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
        return logGroups.some((group) => group.logGroupName === name);
      } catch (error) {
        if (isDenied(error)) return undefined;
        throw error;
      }
    },
    async tail(logGroupName, logStreamName, limit) {
      try {
        const { events = [] } = await client.send(
          new GetLogEventsCommand({ logGroupName, logStreamName, limit, startFromHead: false }),
        );
        return events.flatMap((event) => (event.message ? [event.message.trimEnd()] : []));
      } catch (error) {
        // Evidence is welcome, never required: a missing stream must not hide the verdict.
        if (isAwsError(error, "ResourceNotFoundException") || isDenied(error)) return [];
        throw error;
      }
    },
  };
}
