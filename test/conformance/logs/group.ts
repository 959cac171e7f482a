import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { ServiceModule } from "../../../infra/sandbox/aws/kernel.ts";
import { logs } from "../../../infra/sandbox/aws/services/logs/service.ts";
import { startTarget, type Target } from "../target.ts";

/** Log groups for conformance tests, gone after each use. */
export interface Logs {
  readonly target: Target;
  readonly client: CloudWatchLogs;
  /** A group with one stream. */
  readonly withGroup: (run: (logGroupName: string, logStreamName: string) => Promise<void>) => Promise<void>;
  /** Puts lines a millisecond apart. @returns the time of the first one. */
  readonly put: (logGroupName: string, logStreamName: string, messages: readonly string[]) => Promise<number>;
  readonly stop: () => Promise<void>;
}

export async function startLogs(others: readonly ServiceModule[] = []): Promise<Logs> {
  const target = await startTarget([logs, ...others]);
  const client = new CloudWatchLogs(target.config);
  return {
    target,
    client,
    withGroup: async (run) => {
      const logGroupName = target.unique("group");
      await client.createLogGroup({ logGroupName, tags: { a: "1" } });
      try {
        await client.createLogStream({ logGroupName, logStreamName: "app/1" });
        await run(logGroupName, "app/1");
      } finally {
        await client.deleteLogGroup({ logGroupName }).catch(() => undefined);
      }
    },
    put: async (logGroupName, logStreamName, messages) => {
      const start = Date.now() - 1_000;
      const logEvents = messages.map((message, index) => ({ message, timestamp: start + index }));
      await client.putLogEvents({ logGroupName, logStreamName, logEvents });
      return start;
    },
    stop: async () => {
      client.destroy();
      await target.stop();
    },
  };
}
