import { expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";

/** Everything that a run leaves to be seen, as text. */
async function run(seed: number): Promise<string> {
  const engine = await Engine.start({ seed });
  try {
    const seen: unknown[] = [];
    const look = async (what: string) => {
      const { events, deployments } = await alpha.describe();
      const timeline = (await alpha.deployments()).map(({ deploymentConfiguration, ...rest }) => rest);
      const targets = [await alpha.targets(alpha.blue), await alpha.targets(alpha.green)];
      seen.push({ what, at: engine.seconds, events, deployments, timeline, targets, tasks: await alpha.tasks() });
    };
    const alpha = await engine.service("alpha", { bakeTimeInMinutes: 2 }, { desiredCount: 3 });
    await look("first");
    const second = await alpha.deploy("v2", {}, { strategy: "CANARY", canaryConfiguration: { canaryPercent: 10 } });
    for (let step = 0; step < 20; step++) {
      await engine.advance(7);
      await look("canary");
    }
    await alpha.reaches(second, "SUCCESSFUL");
    await alpha.deploy("v3", { kind: "crash" });
    await engine.advance(60);
    await look("crash");
    const third = await alpha.deploy("v4", { kind: "unhealthy" });
    await engine.advance(33);
    await look("superseded");
    await engine.ecs.stopServiceDeployment({ serviceDeploymentArn: third });
    await alpha.reaches(third, "ROLLBACK_SUCCESSFUL");
    for (const container of engine.driver.containers) container.kill();
    await engine.advance(120);
    await look("end");
    return JSON.stringify(seen, null, 1);
  } finally {
    await engine.stop();
  }
}

test("Build 8: a clock driven by hand and the same seed give the same run twice, event for event", async () => {
  const once = await run(7);
  expect(await run(7)).toBe(once);
  expect(await run(8)).not.toBe(once);
}, 120_000);
