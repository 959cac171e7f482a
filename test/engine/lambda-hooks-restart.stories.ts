import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { manualClock } from "../../infra/sandbox/clock.ts";
import { InProcessDriver } from "../../infra/sandbox/compute/in-process.fixture.ts";
import { Engine } from "./engine.ts";
import { HookFunction, SUCCEEDED } from "./hook-function.ts";

/** Section 3.1 of the specification: what Lambda hooks owe to a sandbox that stops in between. */

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "hooks-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

test("3.1 a hook that was IN_PROGRESS when the sandbox stopped is asked again, with what it had returned", async () => {
  const clock = manualClock();
  const compute = new InProcessDriver();
  const first = await Engine.start({ dataDir, compute, clock });
  const hook = await HookFunction.start(first, "hook");
  hook.answer = () => ({ returned: { hookStatus: "IN_PROGRESS", hookDetails: { seen: 1 } } });
  const alpha = await first.service("alpha", { bakeTimeInMinutes: 0 });
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks: [hook.at("POST_SCALE_UP")] });
  await alpha.until(arn, () => hook.events.length === 1);
  await first.stop();
  hook.answer = () => SUCCEEDED;
  const second = await Engine.start({ dataDir, compute, clock, seed: 2, isRestart: true });
  const deployment = async () =>
    (await second.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] })).serviceDeployments?.[0];
  await second.until(async () => ((await deployment())?.status === "SUCCESSFUL" ? true : undefined));
  expect(hook.events).toHaveLength(2);
  expect(hook.events[1]).toMatchObject({ executionId: hook.events[0]?.executionId, hookDetails: { seen: 1 } });
  await second.stop();
  await hook.close();
});
