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
  /** Name of an ECS service, which is how the sandbox knows an agent. */
  readonly agent?: string;
  /** ARN of a service revision or of a task definition. */
  readonly revision?: string;
}

export interface FaultRequest {
  readonly kind: FaultKind;
  readonly scope?: FaultScope;
  /** Share of matching moments that are hit, above 0 up to 1; 1 by default. */
  readonly probability?: number;
  /** After so many hits the fault is over; unlimited by default. */
  readonly count?: number;
  /** Sandbox seconds: delay of `slow-answers` and `api-latency`, size of a `clock-jump`. */
  readonly seconds?: number;
  /** HTTP status of `failing-answers` and `api-error`. */
  readonly status?: number;
  /** Calls per second that `api-throttle` lets through; 0 by default. */
  readonly rate?: number;
}

export interface Fault extends FaultRequest {
  readonly id: string;
  readonly scope: FaultScope;
  readonly probability: number;
  readonly createdAt: Date;
  hits: number;
  /** Cleared by somebody, or used up. */
  isOver: boolean;
}

/** One time a fault acted. */
export interface FaultHit {
  readonly at: Date;
  readonly faultId: string;
  readonly kind: FaultKind;
  /** What was hit. */
  readonly where: FaultScope;
}
