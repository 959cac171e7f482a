import type { DeploymentRecord, HookRecord } from "../model.ts";
import type { HookVerdict } from "./hooks.ts";
import { currentStep } from "./machine.ts";

/** What ECS tells a hook's function and what it makes of the answer, as the guide's page on Lambda hooks has it. Pure. */

type Weights = Record<string, number>;

/** The event a hook's function is invoked with. */
export interface HookEvent {
  readonly executionId: string;
  readonly lifecycleStage: string;
  /** The service deployment. */
  readonly resourceArn: string;
  readonly executionDetails: {
    readonly serviceArn: string;
    /** The revision that is being deployed, on the way back as well. */
    readonly targetServiceRevisionArn: string;
    /** Percent by revision ARN; empty except at the stages that move this kind of traffic. */
    readonly testTrafficWeights: Weights;
    readonly productionTrafficWeights: Weights;
  };
  /** As configured, and what earlier calls returned; absent when there is neither. */
  readonly hookDetails?: Record<string, unknown>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Both revisions' shares when the target has `percent`; a first deployment has the target alone. */
function shares({ targetRevisionArn, candidateArn }: DeploymentRecord, percent: number): Weights {
  return { [targetRevisionArn]: percent, ...(candidateArn ? { [candidateArn]: 100 - percent } : {}) };
}

function weightsOf(deployment: DeploymentRecord, { stage }: HookRecord): { test: Weights; production: Weights } {
  const none = { test: {}, production: {} };
  if (deployment.routes.length === 0) return none; // without a load balancer there are no weights
  const { production = 0, test = 0 } = currentStep(deployment) ?? {};
  switch (stage) {
    case "TEST_TRAFFIC_SHIFT":
      return { ...none, test: shares(deployment, test) };
    case "PRE_PRODUCTION_TRAFFIC_SHIFT": // the values before the step
    case "PRODUCTION_TRAFFIC_SHIFT":
      return { ...none, production: shares(deployment, production) };
    default:
      return none;
  }
}

export function hookEvent(deployment: DeploymentRecord, hook: HookRecord): HookEvent {
  const { test, production } = weightsOf(deployment, hook);
  const configured = deployment.configuration.lifecycleHooks?.[hook.position]?.hookDetails;
  const details = { ...(isObject(configured) ? configured : {}), ...deployment.hookDetails[hook.position] };
  return {
    executionId: hook.executionId ?? "",
    lifecycleStage: hook.stage,
    resourceArn: deployment.arn,
    executionDetails: {
      serviceArn: deployment.serviceArn,
      targetServiceRevisionArn: deployment.targetRevisionArn,
      testTrafficWeights: test,
      productionTrafficWeights: production,
    },
    ...(Object.keys(details).length > 0 ? { hookDetails: details } : {}),
  };
}

function parsed(payload: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(payload);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The contract's page says `callBackDelay`, another one `callBackDelaySeconds`: both are understood. */
function delayOf({ callBackDelay, callBackDelaySeconds }: Record<string, unknown>): number | undefined {
  const delay = callBackDelay ?? callBackDelaySeconds;
  return typeof delay === "number" && Number.isFinite(delay) && delay >= 0 ? delay : undefined;
}

/** @param payload what the function returned; that of one that threw has no `hookStatus` and is judged the same. */
export function readVerdict(payload: string, targetArn: string | undefined): HookVerdict {
  const answer = parsed(payload);
  const details = isObject(answer.hookDetails) ? answer.hookDetails : undefined;
  switch (answer.hookStatus) {
    case "SUCCEEDED":
      return { status: "SUCCEEDED", details };
    case "IN_PROGRESS":
      return { status: "IN_PROGRESS", delaySeconds: delayOf(answer), details };
    case "FAILED":
      return { status: "FAILED", detail: `Lifecycle hook target ${targetArn} returned FAILED status.`, details };
    default: {
      const why = "HookStatus must not be null";
      return { status: "FAILED", detail: `ECS was unable to parse the response from ${targetArn} due to ${why}` };
    }
  }
}
