/** What can be broken on purpose. One noun per effect; where each takes effect is said beside it. */

export const FAULT_KINDS = {
  "task-crash": "running tasks are killed now (compute)",
  "start-failure": "tasks fail before they run (compute)",
  "memory-leak": "tasks take memory until they are killed for it (compute)",
  "spot-reclaim": "tasks on Spot get the interruption warning now (compute)",
  "health-flap": "health checks of targets fail (load balancer)",
  "slow-answers": "requests to targets are delayed (load balancer)",
  "failing-answers": "requests are answered with an error instead of by the target (load balancer)",
  "api-throttle": "API calls are refused with ThrottlingException (AWS half)",
  "api-error": "API calls are answered with a 5xx (AWS half)",
  "api-latency": "API calls are delayed (AWS half)",
  "connection-reset": "API connections are cut without an answer (AWS half)",
  "half-response": "API answers are cut in the middle (AWS half)",
  "expired-credentials": "API calls are refused with ExpiredTokenException (AWS half)",
  "blob-missing": "the registry does not find a layer (registry)",
  "clock-jump": "the sandbox's clock jumps (clock)",
} as const satisfies Record<string, string>;

export type FaultKind = keyof typeof FAULT_KINDS;

/** Where a fault acts; an absent member matches everything. */
export interface FaultScope {
  /** Id of an AWS service, e.g. `ecs`. */
  readonly service?: string;
  /** Operation, e.g. `DescribeServices`. */
  readonly operation?: string;
  /**
   * An agent: the ECS service (or repository) of that name or whose name ends with it after `-` or `/`, because a
   * service is called `<project>-<stage>-<agent>` and a repository `<project>/<agent>`.
   */
  readonly agent?: string;
  /** ARN of a service revision or of a task definition. */
  readonly revision?: string;
}

/** What may be hit. A task of a service is of one service revision and of one task definition; a fault may name either. */
export interface FaultPlace extends FaultScope {
  /** ARN of the task definition, where `revision` is the service revision's. */
  readonly taskDefinition?: string;
}

export interface FaultRequest {
  readonly kind: FaultKind;
  readonly scope?: FaultScope;
  /** Share of matching moments that are hit, above 0 up to 1; 1 by default. */
  readonly probability?: number;
  /**
   * After so many hits the fault is over; unlimited by default. `task-crash`, `memory-leak` and `spot-reclaim` are
   * events: each hits every matching task that runs when it is added, at most `count` of them, and is over at once.
   * `clock-jump` hits once.
   */
  readonly count?: number;
  /**
   * Delay of `slow-answers` and `api-latency`, 1 by default, in real seconds: requests are real work, and so are the
   * times that clients and `TargetResponseTime` measure. Size of a `clock-jump`, in sandbox seconds; below 0 is back.
   */
  readonly seconds?: number;
  /** HTTP status of `failing-answers`, `api-error` (500 by default) and `health-flap` (no answer by default). */
  readonly status?: number;
  /**
   * Calls per sandbox second that `api-throttle` lets through. By default ECS's documented token buckets for calls to
   * ECS, and 0 for calls to other services.
   */
  readonly rate?: number;
}

export interface Fault extends FaultRequest {
  readonly id: string;
  readonly scope: FaultScope;
  readonly probability: number;
  readonly createdAt: Date;
  hits: number;
  /** Cleared by somebody, used up, or an event that has happened. */
  isOver: boolean;
}

/** One time a fault acted. */
export interface FaultHit {
  readonly at: Date;
  readonly faultId: string;
  readonly kind: FaultKind;
  /** What was hit. */
  readonly where: FaultPlace;
}
