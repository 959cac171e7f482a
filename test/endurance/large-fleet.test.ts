import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "@jest/globals";
import { Engine } from "../engine/engine.ts";
import { isTerminal } from "../engine/engine-service.ts";
import { progress } from "./progress.ts";

/** A fleet of tasks in this process that deploys at once: what a service costs must not grow with its neighbours. */

const SIZES = [5, 50, 500];
const TASKS = 2;
const CALLS = 60;

/**
 * What one service costs, of all calls together and of memory, may grow by this factor from 50 to 500 services: 1 is
 * linear growth of the whole. Wide, because other programs share the machine. The first size pays for the start alone
 * and is only reported.
 */
const TOLERANCE = 2;

interface Figures {
  readonly services: number;
  readonly createMs: number;
  readonly deployMs: number;
  readonly describeMs: number;
  readonly updateMs: number;
  readonly heapMiB: number;
}

const say = progress();
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What is really in use: without a collection first, garbage hides it. */
const heapMiB = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

async function measure(size: number): Promise<Figures> {
  const before = heapMiB();
  const engine = await Engine.start();
  try {
    const createMs = await timed(async () => {
      for (let n = 0; n < size; n++) {
        await engine.service(`fleet-${n}`, { bakeTimeInMinutes: 1 }, { desiredCount: TASKS, settle: false });
        say(() => `fleet of ${size}: ${n} services created`);
      }
    });
    await allReach(engine, "v1");
    const updates: number[] = [];
    const deployMs = await timed(async () => {
      for (const service of engine.services) updates.push(await timed(() => service.deploy("v2")));
      await allReach(engine, "v2");
    });
    const describes: number[] = [];
    for (let call = 0; call < CALLS; call++) {
      const service = engine.services[call % size];
      if (service) describes.push(await timed(() => service.describe()));
    }
    expect(engine.driver.containers.size).toBe(size * TASKS);
    const [describeMs, updateMs, used] = [median(describes), median(updates), heapMiB() - before];
    return {
      services: size,
      createMs: createMs / size,
      deployMs: deployMs / size,
      describeMs,
      updateMs,
      heapMiB: used,
    };
  } finally {
    await engine.stop();
  }
}

/** Lets time pass until every service's newest deployment is over, asking for twenty of them per call. */
async function allReach(engine: Engine, version: string): Promise<void> {
  const newest = await Promise.all(
    engine.services.map(async (service) => (await service.describe()).currentServiceDeployment ?? ""),
  );
  let left = newest;
  await engine.until(
    async () => {
      const over = new Set<string>();
      for (let i = 0; i < left.length; i += 20) {
        const serviceDeploymentArns = left.slice(i, i + 20);
        const { serviceDeployments = [] } = await engine.ecs.describeServiceDeployments({ serviceDeploymentArns });
        for (const one of serviceDeployments) {
          if (!isTerminal(one)) continue;
          expect(one.status).toBe("SUCCESSFUL");
          over.add(one.serviceDeploymentArn ?? "");
        }
      }
      left = left.filter((arn) => !over.has(arn));
      say(() => `fleet of ${newest.length}: ${newest.length - left.length} run ${version}`);
      return left.length === 0 ? true : undefined;
    },
    { step: 10, within: 1800 },
  );
}

test("500 services with 1,000 tasks deploy at once; cost per service does not grow with the fleet", async () => {
  const figures: Figures[] = [];
  for (const size of SIZES) figures.push(await measure(size));
  const head =
    "services   ms per creation   ms per deployment   ms per UpdateService   ms per DescribeServices   heap MiB";
  const row = (one: Figures) =>
    [one.services, one.createMs, one.deployMs, one.updateMs, one.describeMs, one.heapMiB]
      .map((value, index) =>
        (index === 0 ? String(value) : value.toFixed(1)).padStart([8, 16, 20, 23, 26, 11][index] ?? 0),
      )
      .join("");
  process.stderr.write(`\n${[head, ...figures.map(row)].join("\n")}\n\n`);
  const [, small, large] = figures;
  if (!small || !large) throw new Error("Two sizes at least are compared.");
  expect(large.createMs).toBeLessThan(small.createMs * TOLERANCE);
  expect(large.deployMs).toBeLessThan(small.deployMs * TOLERANCE);
  // One call while nothing else is asked: linear in the fleet at the worst.
  const growth = large.services / small.services;
  expect(large.updateMs).toBeLessThan(small.updateMs * growth);
  expect(large.describeMs).toBeLessThan(small.describeMs * growth);
  expect(large.heapMiB / large.services).toBeLessThan((small.heapMiB / small.services) * TOLERANCE);
}, 1_800_000);
