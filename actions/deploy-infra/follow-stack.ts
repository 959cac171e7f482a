import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackEvent,
} from "@aws-sdk/client-cloudformation";
import type { StackDeployment, StackVerdict } from "./stack-deployment.ts";

export const POLL_SECONDS = 3;

export interface StackEnd {
  readonly verdict: StackVerdict;
  readonly reasons: readonly string[];
}

/** Status of a stack; `undefined` when there is none of that name. */
export async function stackStatus(name: string, client: CloudFormationClient): Promise<string | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const status = Stacks?.[0]?.StackStatus;
    return status === "DELETE_COMPLETE" ? undefined : status;
  } catch (error) {
    if (error instanceof Error && error.message.includes("does not exist")) return undefined;
    throw error;
  }
}

/** Waits until CloudFormation has ended, and says on every change how far it is and what it waits for. */
export async function followStack(name: string, total: number, run: StackDeployment): Promise<StackEnd> {
  const deadline = run.clock.now().getTime() + run.timeoutSeconds * 1000;
  let shown = "";
  for (;;) {
    const status = (await stackStatus(name, run.client)) ?? "DELETE_COMPLETE";
    const events = await eventsOfThisRun(name, run.client);
    const end = endOf(status, events);
    if (end) return end;
    const text = progress(
      status,
      events.filter((event) => event.LogicalResourceId !== name),
      total,
    );
    if (text !== shown) run.line(`${name}: ${text}`);
    shown = text;
    if (run.clock.now().getTime() > deadline)
      return {
        verdict: "TIMED_OUT",
        reasons: [`The stack is still ${status} after ${run.timeoutSeconds} s; CloudFormation goes on by itself.`],
      };
    await run.whileWaiting(name);
    await run.clock.sleep(POLL_SECONDS);
  }
}

function endOf(status: string, events: readonly StackEvent[]): StackEnd | undefined {
  if (status.endsWith("_IN_PROGRESS")) return undefined;
  if (status === "CREATE_COMPLETE" || status === "UPDATE_COMPLETE") return { verdict: "DEPLOYED", reasons: [] };
  if (/^(UPDATE_)?ROLLBACK_COMPLETE$/.test(status)) return { verdict: "ROLLED_BACK", reasons: failures(events) };
  return { verdict: "ROLLBACK_FAILED", reasons: [`The stack is ${status}.`, ...failures(events)] };
}

/** Newest first, as CloudFormation gives them, back to the event that began the present operation. */
async function eventsOfThisRun(name: string, client: CloudFormationClient): Promise<StackEvent[]> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: name }));
  const begin = StackEvents.findIndex(
    (event) => event.LogicalResourceId === name && /^(CREATE|UPDATE)_IN_PROGRESS$/.test(event.ResourceStatus ?? ""),
  );
  return begin < 0 ? StackEvents : StackEvents.slice(0, begin);
}

function progress(status: string, events: readonly StackEvent[], total: number): string {
  const latest = new Map<string, string>();
  for (const event of [...events].reverse()) latest.set(event.LogicalResourceId ?? "", event.ResourceStatus ?? "");
  const done = [...latest.values()].filter((state) => /_COMPLETE$/.test(state)).length;
  const waiting = [...latest].filter(([, state]) => state.endsWith("_IN_PROGRESS")).map(([id]) => id);
  return `${status}, ${done} of ${total} done${waiting.length > 0 ? `, waiting for ${waiting.slice(0, 4).join(", ")}` : ""}`;
}

/** What failed first comes first; resources that were only cancelled because another failed are left out. */
function failures(events: readonly StackEvent[]): string[] {
  return [...events]
    .reverse()
    .filter(
      (event) => event.ResourceStatus?.endsWith("_FAILED") && !/cancelled/i.test(event.ResourceStatusReason ?? ""),
    )
    .map(
      (event) =>
        `${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason ?? "no reason given"}`,
    );
}
