import type { DeploymentConfiguration, ServiceDeployment } from "@aws-sdk/client-ecs";
import { Fleet } from "../../infra/sandbox/aws/services/ecs/fleet.fixture.ts";
import { SteadyLoad } from "./steady-load.ts";

/**
 * Consecutive deployments of real child processes under a steady load, on a clock that runs 60 times as fast. Which
 * version served each request is what the target itself answered.
 */
export interface RolloutResult {
  readonly requests: number;
  readonly rate: number;
  readonly lost: readonly string[];
  readonly windows: readonly Window[];
  /** Status of each deployment. */
  readonly statuses: readonly string[];
}

/** A time in which the production rule gave the new version one share, and how many requests it served then. */
export interface Window {
  readonly version: string;
  readonly percent: number;
  readonly requests: number;
  readonly served: number;
}

const SCALE = 60;
const PER_SECOND = 200;
const LOOK_MS = 25;
const WINDOW_REQUESTS = 200;

/** Before every step and after the last: the weights stand still there for as long as the measurement takes. */
const lifecycleHooks: DeploymentConfiguration["lifecycleHooks"] = [
  { targetType: "PAUSE", lifecycleStages: ["PRE_PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"] },
];

const CONFIGURATIONS: readonly DeploymentConfiguration[] = [
  { strategy: "BLUE_GREEN", bakeTimeInMinutes: 1, lifecycleHooks },
  {
    strategy: "CANARY",
    bakeTimeInMinutes: 1,
    lifecycleHooks,
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 0 },
  },
  {
    strategy: "LINEAR",
    bakeTimeInMinutes: 1,
    lifecycleHooks,
    linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 0 },
  },
];

const OVER = new Set(["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"]);

export async function rollUnderLoad(deployments: number, say: (line: () => string) => void): Promise<RolloutResult> {
  const fleet = new Fleet(SCALE);
  await fleet.start();
  try {
    await fleet.build();
    const service = await fleet.create(await fleet.define(await fleet.push("v0")));
    await fleet.reaches(service.currentServiceDeployment ?? "", "SUCCESSFUL", 60);
    const load = new SteadyLoad(`${fleet.productionUrl}/work`, PER_SECOND);
    try {
      const windows: Window[] = [];
      const statuses: string[] = [];
      for (let n = 1; n <= deployments; n++) {
        const version = `v${n}`;
        const definition = await fleet.define(await fleet.push(version));
        const arn = await fleet.deploy(definition, CONFIGURATIONS[n % CONFIGURATIONS.length]);
        windows.push(...(await follow(fleet, load, { arn, version })));
        statuses.push((await fleet.deployment(arn)).status ?? "");
        say(
          () => `load: ${n} of ${deployments} deployments, ${load.samples.length} requests, ${load.lost.length} lost`,
        );
      }
      const { rate } = load;
      await load.stop();
      const lost = load.lost.map(({ loss = "" }) => loss);
      return { requests: load.samples.length, rate, lost, windows, statuses };
    } finally {
      await load.stop();
    }
  } finally {
    await fleet.stop();
  }
}

const shareOf = ({ targetServiceRevision }: ServiceDeployment): number =>
  targetServiceRevision?.requestedProductionTrafficWeight ?? 0;

/** Sees a deployment to its end; at every pause the weight stands still until enough requests were measured. */
async function follow(fleet: Fleet, load: SteadyLoad, { arn, version }: { arn: string; version: string }) {
  const windows: Window[] = [];
  for (;;) {
    const deployment = await fleet.deployment(arn);
    if (OVER.has(deployment.status ?? "")) return windows;
    const hook = deployment.lifecycleHookDetails?.find(({ status }) => status === "AWAITING_ACTION");
    if (hook) {
      windows.push(await measure(load, version, shareOf(deployment)));
      await fleet.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId: hook.hookId });
    } else await pause();
  }
}

async function measure(load: SteadyLoad, version: string, percent: number): Promise<Window> {
  const from = performance.now();
  const inside = () => load.samples.filter(({ sentAt }) => sentAt >= from);
  while (inside().length < WINDOW_REQUESTS) await pause();
  const samples = inside();
  const served = samples.filter((sample) => sample.version === version).length;
  return { version, percent, requests: samples.length, served };
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LOOK_MS));

/**
 * Whether a share agrees with its weight: the Wilson score interval of the measured share contains it. `quantile` 4.76
 * is the two-sided 99.9 % level, with Bonferroni's correction for up to 500 windows (0.001 / 1000 on each side).
 */
export function agrees({ percent, requests, served }: Window, quantile = 4.76): boolean {
  const share = served / requests;
  const square = quantile ** 2;
  const centre = (share + square / (2 * requests)) / (1 + square / requests);
  const spread =
    (quantile / (1 + square / requests)) *
    Math.sqrt((share * (1 - share)) / requests + square / (4 * requests * requests));
  return Math.abs(percent / 100 - centre) <= spread + Number.EPSILON;
}
