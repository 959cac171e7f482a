import type { Clock } from "../../clock.ts";
import type { Fault } from "../../faults/fault.ts";

/** Calls that share one budget. */
export interface Bucket {
  readonly members: readonly string[];
  /** Calls at once. */
  readonly burst: number;
  /** Calls per second that come back. */
  readonly refill: number;
}

/**
 * ECS's own budgets, per account and Region. An operation that the table does not name (StopServiceDeployment and
 * ContinueServiceDeployment among them) has no published budget and is never refused here.
 * Source: AWS, "Request throttling for the Amazon ECS API".
 */
export const ECS_BUCKETS: readonly Bucket[] = [
  {
    members: [
      "CreateCluster",
      "DeleteCluster",
      "PutClusterCapacityProviders",
      "UpdateCluster",
      "UpdateClusterSettings",
    ],
    burst: 20,
    refill: 1,
  },
  { members: ["DescribeClusters", "ListClusters"], burst: 50, refill: 20 },
  {
    members: ["DeregisterTaskDefinition", "RegisterDaemonTaskDefinition", "RegisterTaskDefinition"],
    burst: 20,
    refill: 1,
  },
  {
    members: [
      "DescribeDaemonTaskDefinition",
      "DescribeTaskDefinition",
      "ListDaemonTaskDefinitions",
      "ListTaskDefinitions",
      "ListTaskDefinitionFamilies",
    ],
    burst: 50,
    refill: 20,
  },
  { members: ["DeleteDaemonTaskDefinition", "DeleteTaskDefinitions"], burst: 5, refill: 1 },
  { members: ["CreateCapacityProvider", "DeleteCapacityProvider", "UpdateCapacityProvider"], burst: 10, refill: 1 },
  { members: ["DescribeCapacityProviders"], burst: 50, refill: 20 },
  { members: ["TagResource", "UntagResource"], burst: 20, refill: 10 },
  { members: ["ListTagsForResource"], burst: 50, refill: 20 },
  { members: ["DeleteAccountSetting", "PutAccountSetting", "PutAccountSettingDefault"], burst: 10, refill: 1 },
  { members: ["ListAccountSettings"], burst: 50, refill: 20 },
  {
    members: [
      "DeleteAttributes",
      "DeregisterContainerInstance",
      "ExecuteCommand",
      "PutAttributes",
      "RunTask",
      "StartTask",
      "StopTask",
      "UpdateContainerAgent",
      "UpdateContainerInstancesState",
    ],
    burst: 100,
    refill: 40,
  },
  {
    members: ["DescribeContainerInstances", "DescribeTasks", "ListAttributes", "ListContainerInstances", "ListTasks"],
    burst: 100,
    refill: 20,
  },
  {
    members: [
      "RegisterContainerInstance",
      "SubmitAttachmentStateChanges",
      "SubmitContainerStateChange",
      "SubmitTaskStateChange",
    ],
    burst: 200,
    refill: 120,
  },
  {
    members: [
      "CreateDaemon",
      "CreateExpressGatewayService",
      "CreateService",
      "DeleteDaemon",
      "DeleteExpressGatewayService",
      "DeleteService",
      "UpdateDaemon",
      "UpdateExpressGatewayService",
      "UpdateService",
    ],
    burst: 50,
    refill: 5,
  },
  {
    members: ["DescribeDaemon", "DescribeExpressGatewayService", "DescribeServices", "ListDaemons", "ListServices"],
    burst: 100,
    refill: 20,
  },
  {
    members: [
      "DescribeDaemonDeployments",
      "DescribeServiceDeployments",
      "ListDaemonDeployments",
      "ListServiceDeployments",
    ],
    burst: 50,
    refill: 20,
  },
  { members: ["DescribeDaemonRevisions", "DescribeServiceRevisions"], burst: 50, refill: 20 },
  { members: ["UpdateTaskProtection", "GetTaskProtection"], burst: 200, refill: 80 },
  { members: ["ListServicesByNamespace"], burst: 10, refill: 1 },
];

const BUCKET_OF: ReadonlyMap<string, Bucket> = new Map(
  ECS_BUCKETS.flatMap((bucket) => bucket.members.map((member) => [member, bucket] as const)),
);

interface Level {
  tokens: number;
  readAt: number;
}

/**
 * Who has called too often, by token buckets. They refill in sandbox time: the platform's polls and waits are scaled,
 * so per sandbox second they call as often as they would at AWS, and a test that drives the clock sees the same
 * refusals each time. Calls that no wait paces come, at a high scale, to a bucket that fills faster than AWS's.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #levels = new WeakMap<Fault, Map<Bucket | undefined, Level>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a token for a call. @returns whether there was none left: the call is refused. */
  refuses(fault: Fault, call: { readonly service: string; readonly operation: string }): boolean {
    if (fault.rate === 0) return true;
    if (fault.rate !== undefined) return !this.#take(fault, undefined, Math.max(1, fault.rate), fault.rate);
    if (call.service !== "ecs") return true;
    const bucket = BUCKET_OF.get(call.operation);
    return bucket !== undefined && !this.#take(fault, bucket, bucket.burst, bucket.refill);
  }

  #take(fault: Fault, bucket: Bucket | undefined, burst: number, refill: number): boolean {
    const now = this.#clock.now().getTime();
    const levels = this.#levels.get(fault) ?? new Map<Bucket | undefined, Level>();
    this.#levels.set(fault, levels);
    const level = levels.get(bucket) ?? { tokens: burst, readAt: now };
    levels.set(bucket, level);
    const passed = Math.max(0, now - level.readAt) / 1000; // a clock that jumps back refills nothing
    level.tokens = Math.min(burst, level.tokens + passed * refill);
    level.readAt = now;
    if (level.tokens < 1) return false;
    level.tokens--;
    return true;
  }
}
