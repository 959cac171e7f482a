import { describe, expect, test } from "@jest/globals";
import { alphaManifest, commitB, digestB, uriOf } from "./alpha.fixture.ts";
import { isSameDefinition, withImage } from "./registration.ts";
import { deploymentConfiguration } from "./update.ts";

const { rollout } = alphaManifest();
const pause = (stage: string) => ({
  targetType: "PAUSE",
  lifecycleStages: [stage],
  timeoutConfiguration: { timeoutInMinutes: 15, action: "ROLLBACK" },
});

describe("the deployment configuration", () => {
  test("blue/green waits once, at the test listener", () => {
    expect(deploymentConfiguration(rollout, undefined)).toEqual({
      strategy: "BLUE_GREEN",
      bakeTimeInMinutes: 5,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      lifecycleHooks: [pause("POST_TEST_TRAFFIC_SHIFT")],
    });
  });

  test.each([
    ["canary", "CANARY"],
    ["linear", "LINEAR"],
  ] as const)("%s waits again before every step", (strategy, name) => {
    const configuration = deploymentConfiguration({ ...rollout, strategy }, undefined);
    expect(configuration.strategy).toBe(name);
    expect(configuration.lifecycleHooks).toEqual([
      pause("POST_TEST_TRAFFIC_SHIFT"),
      pause("PRE_PRODUCTION_TRAFFIC_SHIFT"),
    ]);
  });

  test("rolling has no pause and no bake, and keeps its percentages", () => {
    const current = { maximumPercent: 200, minimumHealthyPercent: 100 };
    const configuration = deploymentConfiguration({ ...rollout, strategy: "rolling" }, current);
    expect(configuration).toMatchObject({ strategy: "ROLLING", ...current, lifecycleHooks: [] });
    expect(configuration).not.toHaveProperty("bakeTimeInMinutes");
  });

  test("keeps alarms, breaker thresholds and Lambda hooks, and replaces pauses", () => {
    const lambda = { targetType: "AWS_LAMBDA", hookTargetArn: "arn:fn", lifecycleStages: ["POST_SCALE_UP"] } as const;
    const alarms = { alarmNames: ["a"], enable: true, rollback: true };
    const configuration = deploymentConfiguration(rollout, {
      alarms,
      deploymentCircuitBreaker: { enable: false, rollback: false, resetOnHealthyTask: true },
      lifecycleHooks: [
        { ...lambda, lifecycleStages: [...lambda.lifecycleStages] },
        { lifecycleStages: ["POST_SCALE_UP"] },
      ],
    });
    expect(configuration.alarms).toBe(alarms);
    expect(configuration.deploymentCircuitBreaker).toEqual({ enable: true, rollback: true, resetOnHealthyTask: true });
    expect(configuration.lifecycleHooks).toEqual([lambda, pause("POST_TEST_TRAFFIC_SHIFT")]);
  });

  test("a shorter bake replaces the manifest's", () => {
    expect(deploymentConfiguration(rollout, undefined, 1).bakeTimeInMinutes).toBe(1);
  });
});

describe("registering a task definition", () => {
  const live = {
    taskDefinitionArn: "arn:1",
    revision: 1,
    status: "ACTIVE",
    requiresAttributes: [{ name: "x" }],
    compatibilities: ["FARGATE"],
    registeredAt: new Date(0),
    registeredBy: "someone",
    family: "alpha",
    cpu: "256",
    volumes: [],
    containerDefinitions: [
      {
        name: "alpha",
        image: "old",
        environment: [
          { name: "AGENT_COMMIT", value: "old" },
          { name: "EMPTY", value: "" },
        ],
      },
      { name: "sidecar", image: "side" },
    ],
  } as const;
  const copy = () => structuredClone(live) as unknown as Parameters<typeof withImage>[0];
  const wanted = withImage(copy(), [], { container: "alpha", image: uriOf(digestB), commit: commitB });

  test("replaces one image and keeps the rest, empty values too", () => {
    expect(wanted).toEqual({
      family: "alpha",
      cpu: "256",
      volumes: [],
      containerDefinitions: [
        {
          name: "alpha",
          image: uriOf(digestB),
          environment: [
            { name: "AGENT_COMMIT", value: commitB },
            { name: "EMPTY", value: "" },
          ],
        },
        { name: "sidecar", image: "side" },
      ],
    });
  });

  test("recognises what is registered already", () => {
    const registered = { ...copy(), ...wanted, revision: 2, taskDefinitionArn: "arn:2", placementConstraints: [] };
    expect(isSameDefinition(wanted, registered)).toBe(true);
    expect(isSameDefinition(wanted, copy())).toBe(false);
    expect(isSameDefinition(wanted, { ...registered, cpu: "512" })).toBe(false);
  });
});
