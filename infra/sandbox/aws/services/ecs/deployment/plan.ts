import type { DeploymentConfiguration } from "@aws-sdk/client-ecs";

/** The order of a deployment as data: what each stage wants of tasks and rules, and when it is over. Pure. */

/** An open string at AWS too: `PRE_PRODUCTION_TRAFFIC_SHIFT` is a stage of the guide, but not of the SDK's enum. */
export type Stage =
  | "RECONCILE_SERVICE"
  | "PRE_SCALE_UP"
  | "SCALE_UP"
  | "POST_SCALE_UP"
  | "TEST_TRAFFIC_SHIFT"
  | "POST_TEST_TRAFFIC_SHIFT"
  | "PRE_PRODUCTION_TRAFFIC_SHIFT"
  | "PRODUCTION_TRAFFIC_SHIFT"
  | "POST_PRODUCTION_TRAFFIC_SHIFT"
  | "BAKE_TIME"
  | "CLEAN_UP";

/**
 * How many tasks the revisions should have in a step:
 * `found` as they were found, `source` only the source, `both` both at the desired count, `target` only the target,
 * `roll` / `roll-back` replaced within the rolling limits, towards the target / the source.
 */
export type Counts = "found" | "source" | "both" | "target" | "roll" | "roll-back";

export interface Step {
  readonly stage: Stage;
  readonly counts: Counts;
  /** Share of the target revision in percent that the rules should give it; absent: left as found. */
  readonly production?: number;
  readonly test?: number;
  /** What must be true before the step is over, besides its hooks. */
  readonly condition: "none" | "reconciled" | "healthy" | "shifted" | "drained";
  /** How long the step lasts at least, in seconds. */
  readonly seconds: number;
  /** The second half of a stage, whose hooks ran in the first. */
  readonly isSettling?: boolean;
}

export interface PlanInput {
  readonly configuration: DeploymentConfiguration;
  /** More than one revision was found running. */
  readonly mustReconcile: boolean;
  /** Longest evaluation of its alarms, in seconds: the bake of a rolling deployment that names none itself. */
  readonly alarmSeconds?: number;
}

const minutes = (value: number | undefined, otherwise: number): number => (value ?? otherwise) * 60;

/** Percent of production traffic after each shift, and how long each but the last bakes. */
export function productionSteps(configuration: DeploymentConfiguration): { percent: number; seconds: number }[] {
  const { strategy, canaryConfiguration, linearConfiguration } = configuration;
  const last = { percent: 100, seconds: 0 };
  if (strategy === "CANARY") {
    const percent = canaryConfiguration?.canaryPercent ?? 5;
    const seconds = minutes(canaryConfiguration?.canaryBakeTimeInMinutes, 10);
    return percent < 100 ? [{ percent, seconds }, last] : [last];
  }
  if (strategy !== "LINEAR") return [last];
  // Tenths of a percent, so that steps such as 3.3 add up without rounding errors.
  const step = Math.round((linearConfiguration?.stepPercent ?? 10) * 10);
  const seconds = minutes(linearConfiguration?.stepBakeTimeInMinutes, 6);
  const count = Math.ceil(1000 / step) - 1;
  return [...Array.from({ length: count }, (_, index) => ({ percent: ((index + 1) * step) / 10, seconds })), last];
}

/**
 * RECONCILE_SERVICE: its hooks see everything as found; then all traffic goes to the source revision and the others
 * leave. The guide does not say which of the two, the superseded deployment or this stage, undoes a half-shifted
 * canary; here it is this stage, so nothing moves before its hooks have agreed.
 */
const asFound: Step = { stage: "RECONCILE_SERVICE", counts: "found", condition: "none", seconds: 0 };
const reconciling: Step = {
  stage: "RECONCILE_SERVICE",
  counts: "source",
  production: 0,
  test: 0,
  condition: "reconciled",
  seconds: 0,
  isSettling: true,
};

function shiftingPlan({ configuration, mustReconcile }: PlanInput): Step[] {
  const idle = { condition: "none", seconds: 0 } as const;
  const scaled = { counts: "both" } as const;
  const tested = { ...scaled, test: 100 } as const;
  const live = { ...tested, production: 100 } as const;
  const shifts = productionSteps(configuration).flatMap(({ percent, seconds }, index, all): Step[] => [
    { ...tested, ...idle, stage: "PRE_PRODUCTION_TRAFFIC_SHIFT", production: all[index - 1]?.percent },
    { ...tested, stage: "PRODUCTION_TRAFFIC_SHIFT", production: percent, condition: "shifted", seconds },
  ]);
  return [
    ...(mustReconcile ? [asFound, reconciling] : []),
    { ...idle, stage: "PRE_SCALE_UP", counts: "source" },
    { ...scaled, stage: "SCALE_UP", condition: "healthy", seconds: 0 },
    { ...scaled, ...idle, stage: "POST_SCALE_UP" },
    { ...tested, stage: "TEST_TRAFFIC_SHIFT", condition: "shifted", seconds: 0 },
    { ...tested, ...idle, stage: "POST_TEST_TRAFFIC_SHIFT" },
    ...shifts,
    { ...live, ...idle, stage: "POST_PRODUCTION_TRAFFIC_SHIFT" },
    { ...live, ...idle, stage: "BAKE_TIME", seconds: minutes(configuration.bakeTimeInMinutes, 0) },
    { ...live, stage: "CLEAN_UP", counts: "target", condition: "drained", seconds: 0 },
  ];
}

/**
 * Early success criteria: enough healthy tasks end the deployment, the rest comes by ordinary scaling; with DEFERRED
 * the old tasks also leave only after it has succeeded.
 */
const earlySuccess = ({ earlySuccessCriteria: early }: DeploymentConfiguration) => (early?.enable ? early : undefined);

/** How many healthy tasks of the new revision a rolling deployment needs to be over. */
export const neededCount = (configuration: DeploymentConfiguration, desiredCount: number): number =>
  Math.ceil(((earlySuccess(configuration)?.healthyPercent ?? 100) / 100) * desiredCount);

/**
 * A rolling deployment has no traffic to shift, so hooks at the four shifting stages and after them are not reached;
 * they stay on the service for the day its strategy changes, and are no error (containers-roadmap #2664).
 */
function rollingPlan({ configuration, mustReconcile, alarmSeconds = 0 }: PlanInput): Step[] {
  const bake = minutes(configuration.bakeTimeInMinutes, 0) || alarmSeconds;
  const idle = { condition: "none", seconds: 0 } as const;
  const isDeferred = earlySuccess(configuration)?.sourceServiceRevisionCleanup === "DEFERRED";
  return [
    ...(mustReconcile ? [asFound] : []),
    { ...idle, stage: "PRE_SCALE_UP", counts: mustReconcile ? "found" : "source" },
    { stage: "SCALE_UP", counts: "roll", condition: "healthy", seconds: 0 },
    { ...idle, stage: "POST_SCALE_UP", counts: "roll" },
    ...(bake > 0 ? [{ ...idle, stage: "BAKE_TIME", counts: "roll", seconds: bake } as const] : []),
    ...(isDeferred ? [] : [{ stage: "CLEAN_UP", counts: "target", condition: "drained", seconds: 0 } as const]),
  ];
}

export const forwardPlan = (input: PlanInput): Step[] =>
  (input.configuration.strategy ?? "ROLLING") === "ROLLING" ? rollingPlan(input) : shiftingPlan(input);

/**
 * The way back from a step: the last stages again in reverse sense (there is no rollback stage). Both rules go back in
 * one write; then the hooks of TEST_TRAFFIC_SHIFT have their turn. Rules that no step has touched stay untouched.
 */
export function backwardPlan(step: Step | undefined, configuration: DeploymentConfiguration): Step[] {
  const cleanUp: Step = { stage: "CLEAN_UP", counts: "source", condition: "drained", seconds: 0 };
  if ((configuration.strategy ?? "ROLLING") === "ROLLING")
    return [{ stage: "SCALE_UP", counts: "roll-back", condition: "healthy", seconds: 0 }, cleanUp];
  if (!step?.test) return [cleanUp];
  const back = { counts: "both", condition: "shifted", seconds: 0, test: 0 } as const;
  if (step.production === undefined)
    return [
      { ...back, stage: "TEST_TRAFFIC_SHIFT" },
      { ...cleanUp, test: 0 },
    ];
  return [
    { ...back, stage: "PRODUCTION_TRAFFIC_SHIFT", production: 0 },
    { ...back, stage: "TEST_TRAFFIC_SHIFT", production: 0 },
    { ...cleanUp, test: 0, production: 0 },
  ];
}
