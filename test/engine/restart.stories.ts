import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceDeployment } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { manualClock } from "../../infra/sandbox/clock.ts";
import { InProcessDriver } from "../../infra/sandbox/compute/in-process.fixture.ts";
import { Engine } from "./engine.ts";
import { openHook } from "./engine-service.ts";

/** Build 10: deployments go on after a restart, however far the clock is from where it was. */
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "restart-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

const START = Date.UTC(2026, 0, 1);
const GAPS = [
  ["ten hours later", 10 * 3600],
  ["an hour before where it was", -3600],
] as const;

/** Stops a sandbox in the middle of `before` and starts another on the same state, `gap` seconds from there. */
async function restarted(gap: number, before: (engine: Engine) => Promise<string>) {
  const compute = new InProcessDriver();
  const first = await Engine.start({ dataDir, compute, clock: manualClock(new Date(START)) });
  const arn = await before(first).finally(() => first.stop());
  const clock = manualClock(new Date(first.clock.now().getTime() + gap * 1000));
  const second = await Engine.start({ dataDir, compute, clock, seed: 2, isRestart: true });
  const deployment = async (): Promise<ServiceDeployment> => {
    const { serviceDeployments } = await second.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] });
    return serviceDeployments?.[0] ?? {};
  };
  return { engine: second, arn, deployment };
}

test.each(GAPS)("10: a bake goes on for as long as was left of it, %s", async (_, gap) => {
  const { engine, deployment } = await restarted(gap, async (first) => {
    const alpha = await first.service("alpha", { bakeTimeInMinutes: 10 });
    const arn = await alpha.deploy("v2");
    await first.until(async () => ((await alpha.deployment(arn)).lifecycleStage === "BAKE_TIME" ? true : undefined));
    await first.advance(240);
    return arn;
  });
  try {
    await engine.advance(300);
    expect(await deployment()).toMatchObject({ status: "IN_PROGRESS", lifecycleStage: "BAKE_TIME" });
    await engine.advance(180);
    expect((await deployment()).status).toBe("SUCCESSFUL");
  } finally {
    await engine.stop();
  }
});

test.each(GAPS)("10: a PAUSE hook keeps its id and what was left of its time, %s", async (_, gap) => {
  let id: string | undefined;
  const { engine, arn, deployment } = await restarted(gap, async (first) => {
    const hook = {
      targetType: "PAUSE" as const,
      lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT" as const],
      timeoutConfiguration: { timeoutInMinutes: 20, action: "ROLLBACK" as const },
    };
    const alpha = await first.service("alpha", { bakeTimeInMinutes: 1 });
    const started = await alpha.deploy("v2", {}, { lifecycleHooks: [hook] });
    id = await first.until(async () => openHook(await alpha.deployment(started)));
    await first.advance(600);
    return started;
  });
  try {
    await engine.advance(480);
    expect(openHook(await deployment())).toBe(id);
    await engine.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId: id, action: "CONTINUE" });
    await engine.until(async () => ((await deployment()).status === "SUCCESSFUL" ? true : undefined), { within: 900 });
  } finally {
    await engine.stop();
  }
});
