import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  type ResourceChange,
} from "@aws-sdk/client-cloudformation";
import type { Clock } from "../lib/clock.ts";
import type { AssemblyStack } from "./assembly.ts";
import { followStack, POLL_SECONDS, stackStatus } from "./follow-stack.ts";

export type StackVerdict = "DEPLOYED" | "UNCHANGED" | "REFUSED" | "ROLLED_BACK" | "ROLLBACK_FAILED" | "TIMED_OUT";

/** The stack is as the template says. */
export const isGreen = ({ verdict }: Pick<StackResult, "verdict">): boolean =>
  verdict === "DEPLOYED" || verdict === "UNCHANGED";

export interface StackResult {
  readonly stack: string;
  readonly verdict: StackVerdict;
  /** Why, when it is not green: refusals, or the resources that failed first. */
  readonly reasons: readonly string[];
  readonly seconds: number;
}

export interface StackDeployment {
  readonly client: CloudFormationClient;
  readonly clock: Clock;
  readonly line: (text: string) => void;
  /** Distinguishes the change sets of different runs. */
  readonly changeSetName: string;
  readonly executionRole: string | undefined;
  /** Judges the planned changes; any reason refuses them. */
  readonly refuse: (changes: readonly ResourceChange[]) => Promise<string[]>;
  /** Called on every poll while CloudFormation works, e.g. to drive the gates of service deployments it started. */
  readonly whileWaiting: (stack: string) => Promise<void>;
  readonly timeoutSeconds: number;
}

const INLINE_LIMIT = 51_200;

/** Deploys one stack through a change set: plan, guard, execute, follow. Never throws for what CloudFormation decides. */
export async function deployStack(stack: AssemblyStack, run: StackDeployment): Promise<StackResult> {
  const started = run.clock.now().getTime();
  const result = (verdict: StackVerdict, reasons: readonly string[] = []): StackResult => {
    const seconds = (run.clock.now().getTime() - started) / 1000;
    run.line(`${stack.name}: ${verdict} after ${Math.round(seconds)} s`);
    return { stack: stack.name, verdict, reasons, seconds };
  };
  if (Buffer.byteLength(stack.template) > INLINE_LIMIT)
    return result("REFUSED", [
      `The template has ${Buffer.byteLength(stack.template)} bytes; a change set takes ${INLINE_LIMIT}. Split the stack.`,
    ]);
  const status = await clearedStatus(stack.name, run);
  if (status?.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS")
    return result("REFUSED", [`The stack is ${status}: somebody else is changing it. Run again when it has ended.`]);
  const changes = await plan(stack, status === undefined || status === "REVIEW_IN_PROGRESS", run);
  if (typeof changes === "string") return result("REFUSED", [changes]);
  if (changes.length === 0) return result("UNCHANGED");
  const reasons = await run.refuse(changes);
  if (reasons.length > 0) {
    await discard(stack.name, run);
    return result("REFUSED", reasons);
  }
  run.line(`${stack.name}: ${changes.length} change(s): ${summarize(changes)}`);
  await run.client.send(new ExecuteChangeSetCommand({ StackName: stack.name, ChangeSetName: run.changeSetName }));
  const end = await followStack(stack.name, changes.length, run);
  return result(end.verdict, end.reasons);
}

/** Status of the stack; a first creation that rolled back holds nothing and is deleted so that it can be made again. */
export async function clearedStatus(
  name: string,
  run: Pick<StackDeployment, "client" | "clock" | "line">,
): Promise<string | undefined> {
  const status = await stackStatus(name, run.client);
  if (status !== "ROLLBACK_COMPLETE" && status !== "ROLLBACK_FAILED") return status;
  run.line(`${name}: deleting the remains of a first creation that failed (${status})`);
  await run.client.send(new DeleteStackCommand({ StackName: name }));
  for (;;) {
    await run.clock.sleep(POLL_SECONDS);
    const now = await stackStatus(name, run.client);
    if (now !== "DELETE_IN_PROGRESS") return now;
  }
}

/** The planned changes, or the reason why CloudFormation could not plan. */
async function plan(stack: AssemblyStack, create: boolean, run: StackDeployment): Promise<ResourceChange[] | string> {
  await run.client.send(
    new CreateChangeSetCommand({
      StackName: stack.name,
      ChangeSetName: run.changeSetName,
      ChangeSetType: create ? "CREATE" : "UPDATE",
      TemplateBody: stack.template,
      Capabilities: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
      RoleARN: run.executionRole,
      Tags: Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  for (;;) {
    const changes: ResourceChange[] = [];
    let token: string | undefined;
    let status: string | undefined;
    let reason: string | undefined;
    do {
      const page = await run.client.send(
        new DescribeChangeSetCommand({ StackName: stack.name, ChangeSetName: run.changeSetName, NextToken: token }),
      );
      changes.push(...(page.Changes ?? []).flatMap((change) => change.ResourceChange ?? []));
      ({ Status: status, StatusReason: reason, NextToken: token } = page);
    } while (token);
    if (status === "CREATE_COMPLETE") return changes;
    if (status === "FAILED") {
      await discard(stack.name, run);
      return /didn't contain changes|No updates are to be performed/.test(reason ?? "")
        ? []
        : (reason ?? "no reason given");
    }
    await run.clock.sleep(POLL_SECONDS);
  }
}

const discard = (name: string, run: StackDeployment) =>
  run.client.send(new DeleteChangeSetCommand({ StackName: name, ChangeSetName: run.changeSetName }));

function summarize(changes: readonly ResourceChange[]): string {
  const counts = new Map<string, number>();
  for (const change of changes) counts.set(change.Action ?? "?", (counts.get(change.Action ?? "?") ?? 0) + 1);
  return [...counts].map(([action, count]) => `${count} ${action}`).join(", ");
}
