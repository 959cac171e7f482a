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
 * `source` only the source, `both` both at the desired count, `target` only the target,
 * `roll` / `roll-back` replaced within the rolling limits, towards the target / the source.
 */
export type Counts = "source" | "both" | "target" | "roll" | "roll-back";

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
}

export interface PlanInput {
  readonly configuration: DeploymentConfiguration;
  /** More than one revision was found running. */
  readonly mustReconcile: boolean;
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

function shiftingPlan({ configuration, mustReconcile }: PlanInput): Step[] {
  const idle = { condition: "none", seconds: 0 } as const;
  const scaled = { counts: "both" } as const;
  const tested = { ...scaled, test: 100 } as const;
  const live = { ...tested, production: 100 } as const;
  const shifts = productionSteps(configuration).flatMap(({ percent, seconds }, index, all): Step[] => [
    { ...tested, ...idle, stage: "PRE_PRODUCTION_TRAFFIC_SHIFT", production: all[index - 1]?.percent },
    { ...tested, stage: "PRODUCTION_TRAFFIC_SHIFT", production: percent, condition: "shifted", seconds },
  ]);
  const reconcile: Step = { stage: "RECONCILE_SERVICE", counts: "source", condition: "reconciled", seconds: 0 };
  return [
    ...(mustReconcile ? [reconcile] : []),
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

function rollingPlan({ configuration }: PlanInput): Step[] {
  const bake = minutes(configuration.bakeTimeInMinutes, 0);
  const idle = { condition: "none", seconds: 0 } as const;
  return [
    { ...idle, stage: "PRE_SCALE_UP", counts: "source" },
    { stage: "SCALE_UP", counts: "roll", condition: "healthy", seconds: 0 },
    { ...idle, stage: "POST_SCALE_UP", counts: "roll" },
    ...(bake > 0 ? [{ ...idle, stage: "BAKE_TIME", counts: "roll", seconds: bake } as const] : []),
    { stage: "CLEAN_UP", counts: "target", condition: "drained", seconds: 0 },
  ];
}

export const forwardPlan = (input: PlanInput): Step[] =>
  (input.configuration.strategy ?? "ROLLING") === "ROLLING" ? rollingPlan(input) : shiftingPlan(input);

/**
 * The way back from a step: the last stages again in reverse sense (there is no rollback stage).
 * Rules that no step has touched stay untouched; the others go back in one write.
 */
export function backwardPlan(step: Step | undefined, configuration: DeploymentConfiguration): Step[] {
  const cleanUp: Step = { stage: "CLEAN_UP", counts: "source", condition: "drained", seconds: 0 };
  if ((configuration.strategy ?? "ROLLING") === "ROLLING")
    return [{ stage: "SCALE_UP", counts: "roll-back", condition: "healthy", seconds: 0 }, cleanUp];
  if (step?.test === undefined) return [cleanUp];
  const stage = step.production === undefined ? "TEST_TRAFFIC_SHIFT" : "PRODUCTION_TRAFFIC_SHIFT";
  const back = { test: 0, production: step.production === undefined ? undefined : 0 };
  return [
    { ...back, stage, counts: "both", condition: "shifted", seconds: 0 },
    { ...cleanUp, ...back },
  ];
}
