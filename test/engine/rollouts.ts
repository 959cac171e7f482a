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
const LEAST_REQUESTS = 50; // of a window that says something

const CONFIGURATIONS: readonly DeploymentConfiguration[] = [
  { strategy: "BLUE_GREEN", bakeTimeInMinutes: 1 },
  {
    strategy: "CANARY",
    bakeTimeInMinutes: 1,
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 2 },
  },
  {
    strategy: "LINEAR",
    bakeTimeInMinutes: 1,
    linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 1 },
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
        const spans = await follow(fleet, arn);
        statuses.push((await fleet.deployment(arn)).status ?? "");
        windows.push(...spans.map((span) => measured(load, version, span)));
        say(
          () => `load: ${n} of ${deployments} deployments, ${load.samples.length} requests, ${load.lost.length} lost`,
        );
      }
      const { rate } = load;
      await load.stop();
      const lost = load.lost.map(({ loss = "" }) => loss);
      const meaningful = windows.filter(({ requests }) => requests >= LEAST_REQUESTS);
      return { requests: load.samples.length, rate, lost, windows: meaningful, statuses };
    } finally {
      await load.stop();
    }
  } finally {
    await fleet.stop();
  }
}

/** From the first to the last look that saw the same weight. */
interface Span {
  readonly percent: number;
  readonly from: number;
  to: number;
}

const shareOf = ({ targetServiceRevision }: ServiceDeployment): number =>
  targetServiceRevision?.requestedProductionTrafficWeight ?? 0;

/** Looks at the deployment until it is over; tells which weights it saw, and when. */
async function follow(fleet: Fleet, arn: string): Promise<Span[]> {
  const spans: Span[] = [];
  for (;;) {
    const asked = performance.now();
    const deployment = await fleet.deployment(arn);
    const percent = shareOf(deployment);
    const last = spans.at(-1);
    // The weight held from before this question to after the last one with the same answer.
    if (last?.percent === percent) last.to = asked;
    else spans.push({ percent, from: performance.now(), to: performance.now() });
    if (OVER.has(deployment.status ?? "")) return spans;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function measured({ samples }: SteadyLoad, version: string, { percent, from, to }: Span): Window {
  const inside = samples.filter(({ sentAt, answeredAt }) => sentAt >= from && answeredAt <= to);
  const served = inside.filter((sample) => sample.version === version).length;
  return { version, percent, requests: inside.length, served };
}

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
