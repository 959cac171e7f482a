import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { parsed, runningSandbox, UsageError } from "./usage.ts";

/** `logs AGENT`: the newest lines of the agent's tasks, oldest first, as CloudWatch Logs holds them. */
export async function logs(args: string[]): Promise<number> {
  const { positionals } = parsed({ args, options: {}, allowPositionals: true });
  const [agent] = positionals;
  if (!agent) throw new UsageError("Usage: npm run sandbox -- logs AGENT");
  const client = new CloudWatchLogsClient({
    endpoint: runningSandbox().endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "console", secretAccessKey: "console" },
  });
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/ecs/" }));
  const names = logGroups.flatMap((group) => group.logGroupName ?? []);
  const group = names.find((name) => name.endsWith(`/${agent}`));
  if (!group)
    throw new UsageError(
      `There are no logs of "${agent}"; there are: ${names.map((name) => name.split("/").at(-1)).join(", ") || "none"}.`,
    );
  const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName: group }));
  for (const event of events.slice(-100)) process.stdout.write(`${event.message?.trimEnd()}\n`);
  return 0;
}
