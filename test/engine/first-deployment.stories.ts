import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";

/** Section 2.5 of the specification: the first deployment of a service. */

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start();
});
afterEach(() => engine.clear());
afterAll(() => engine.stop());

test("2.5: creation runs the full pipeline: a pause hook waits although nothing serves yet", async () => {
  const lifecycleHooks = [{ targetType: "PAUSE" as const, lifecycleStages: ["PRE_SCALE_UP" as const] }];
  const alpha = await engine.service("alpha", { lifecycleHooks }, { settle: false });
  const hook = await alpha.pauses(alpha.first);
  expect(await alpha.running()).toEqual({});
  expect(await alpha.asks(alpha.productionUrl)).toBe("503");
  await alpha.answers(alpha.first, hook);
  await alpha.reaches(alpha.first, "SUCCESSFUL");
  expect(await alpha.asks(alpha.productionUrl)).toBe("v1");
});

test("2.5: failure gives ROLLBACK_FAILED; the real cause is only in the service's events", async () => {
  const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };
  const alpha = await engine.service("alpha", breaker, { behaviour: { kind: "crash" }, settle: false });
  const over = await alpha.reaches(alpha.first, "ROLLBACK_FAILED");
  expect(over.statusReason).toBe("No rollback candidate was found to run the rollback.");
  expect(await alpha.events()).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /deployment failed: Service deployment rolled back because the circuit breaker threshold was exceeded\./,
      ),
    ]),
  );
});

test("2.5: a first deployment has a target and no source revision", async () => {
  const alpha = await engine.service("alpha");
  const deployment = await alpha.deployment(alpha.first);
  expect(deployment.sourceServiceRevisions).toEqual([]);
  expect(deployment.targetServiceRevision?.arn).toMatch(/:service-revision\/fleet\/alpha\/\d+$/);
});

test("2.5: the first revision gets the group that the production rule does not point at, and the rules follow", async () => {
  const alpha = await engine.service("alpha");
  const { targetServiceRevision } = await alpha.deployment(alpha.first);
  const { serviceRevisions: [revision] = [] } = await engine.ecs.describeServiceRevisions({
    serviceRevisionArns: [targetServiceRevision?.arn ?? ""],
  });
  expect(revision?.resolvedConfiguration?.loadBalancers).toEqual([
    { targetGroupArn: alpha.green, productionListenerRule: alpha.productionRule },
  ]);
  expect([await alpha.production(), await alpha.test()]).toEqual([
    { blue: 0, green: 100 },
    { blue: 0, green: 100 },
  ]);
});

test("2.5: after a failed creation an update with a good version brings the service up", async () => {
  const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };
  const alpha = await engine.service("alpha", breaker, { behaviour: { kind: "crash" }, settle: false });
  await alpha.reaches(alpha.first, "ROLLBACK_FAILED");
  const arn = await alpha.deploy("v2");
  await alpha.reaches(arn, "SUCCESSFUL");
  expect(await alpha.asks(alpha.productionUrl)).toBe("v2");
  expect(await alpha.running()).toEqual({ v2: 1 });
});
