import type { DeploymentConfiguration, ServiceDeploymentStatus } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { DeploymentRecord } from "../model.ts";
import { breakerThreshold } from "./breaker.ts";
import { answerHook, type HookIds } from "./hooks.ts";
import { advance, currentStep, type Observation, requestRollback, supersede } from "./machine.ts";
import { forwardPlan, productionSteps } from "./plan.ts";

/** The transitions that ECS's guide allows. */
const ALLOWED: Readonly<Record<string, readonly ServiceDeploymentStatus[]>> = {
  PENDING: ["IN_PROGRESS", "ROLLBACK_REQUESTED", "STOP_REQUESTED", "STOPPED"],
  IN_PROGRESS: ["SUCCESSFUL", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "STOPPED"],
  STOP_REQUESTED: ["STOPPED"],
  ROLLBACK_REQUESTED: ["SUCCESSFUL", "ROLLBACK_IN_PROGRESS", "STOPPED"],
  ROLLBACK_IN_PROGRESS: ["ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"],
};

const START = new Date("2026-01-01T00:00:00Z");
const at = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);

/** Ids that tell how many were made. */
function counted(): HookIds {
  let ids = 0;
  return { hook: (type) => `ecs-${type}-${ids++}`, execution: () => `execution-${ids}` };
}

function record(configuration: DeploymentConfiguration, more: Partial<DeploymentRecord> = {}): DeploymentRecord {
  return {
    arn: "deployment",
    serviceArn: "service",
    clusterArn: "cluster",
    rolloutId: "ecs-svc/1",
    targetRevisionArn: "green",
    candidateArn: "blue",
    configuration,
    createdAt: START,
    sourceRevisionArns: ["blue"],
    routes: [],
    status: "PENDING",
    direction: "forward",
    plan: forwardPlan({ configuration, mustReconcile: false }),
    index: 0,
    enteredAt: START,
    hooks: [],
    hookDetails: {},
    alarms: { status: "DISABLED", triggered: [] },
    imageAttempts: 0,
    announced: [],
    written: {},
    failureCount: 0,
    threshold: 3,
    breaker: "DISABLED",
    updatedAt: START,
    ...more,
  };
}

/** What an observer of a well-behaved world sees: tasks follow what the step wants at once. */
function obliging(deployment: DeploymentRecord, now: Date): Observation {
  const counts = currentStep(deployment)?.counts ?? "source";
  const all = { present: 1, healthy: 1 };
  const none = { present: 0, healthy: 0 };
  const target = counts === "source" || counts === "roll-back" ? none : all;
  return { now, desiredCount: 1, target, source: counts === "target" ? none : all, othersPresent: 0, isShifted: true };
}

/** Runs a deployment second by second; returns every stage it entered and the record at the end. */
function run(
  start: DeploymentRecord,
  act: (deployment: DeploymentRecord, second: number) => DeploymentRecord = (one) => one,
) {
  let deployment = start;
  const ids = counted();
  const stages: string[] = [];
  for (let second = 0; second < 100_000; second++) {
    deployment = act(deployment, second);
    const next = advance(deployment, obliging(deployment, at(second)), ids);
    if (next !== deployment && (next.index !== deployment.index || deployment.status === "PENDING"))
      stages.push(currentStep(next)?.stage ?? "");
    deployment = next;
    if (!ALLOWED[deployment.status]) break;
  }
  return { deployment, stages };
}

describe("stages", () => {
  test("blue/green visits every stage once, in ECS's order", () => {
    const { deployment, stages } = run(record({ strategy: "BLUE_GREEN", bakeTimeInMinutes: 5 }));
    expect(deployment.status).toBe("SUCCESSFUL");
    expect(stages).toEqual([
      "PRE_SCALE_UP",
      "SCALE_UP",
      "POST_SCALE_UP",
      "TEST_TRAFFIC_SHIFT",
      "POST_TEST_TRAFFIC_SHIFT",
      "PRE_PRODUCTION_TRAFFIC_SHIFT",
      "PRODUCTION_TRAFFIC_SHIFT",
      "POST_PRODUCTION_TRAFFIC_SHIFT",
      "BAKE_TIME",
      "CLEAN_UP",
    ]);
    expect(deployment.finishedAt?.getTime()).toBeGreaterThanOrEqual(at(300).getTime());
  });

  test("only a deployment that found several revisions reconciles", () => {
    const configuration = { strategy: "BLUE_GREEN" } as const;
    expect(forwardPlan({ configuration, mustReconcile: true })[0]?.stage).toBe("RECONCILE_SERVICE");
    expect(forwardPlan({ configuration, mustReconcile: false })[0]?.stage).toBe("PRE_SCALE_UP");
  });

  test("RECONCILE_SERVICE lasts until the traffic is back and no further revision has tasks", () => {
    const configuration = { strategy: "CANARY" } as const;
    let deployment = record(configuration, { plan: forwardPlan({ configuration, mustReconcile: true }) });
    const see = (more: Partial<Observation> = {}) => {
      deployment = advance(deployment, { ...obliging(deployment, at(1)), ...more }, counted());
      const { stage, production, counts } = currentStep(deployment) ?? {};
      return { stage, production, counts };
    };
    const waits = { stage: "RECONCILE_SERVICE", production: 0, counts: "source" };
    expect(see()).toEqual({ stage: "RECONCILE_SERVICE", production: undefined, counts: "found" });
    expect(see({ othersPresent: 1 })).toEqual(waits);
    expect(see({ othersPresent: 1 })).toEqual(waits);
    expect(see({ isShifted: false })).toEqual(waits);
    expect(see()).toMatchObject({ stage: "PRE_SCALE_UP", counts: "source" });
  });

  test("linear steps grow evenly, end at 100, and the last one does not bake", () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 1000 }), (tenths) => {
        const stepPercent = tenths / 10;
        const steps = productionSteps({ strategy: "LINEAR", linearConfiguration: { stepPercent } });
        expect(steps.at(-1)).toEqual({ percent: 100, seconds: 0 });
        const sizes = steps.map(({ percent }, index) => percent - (steps[index - 1]?.percent ?? 0));
        for (const size of sizes.slice(0, -1)) expect(size).toBeCloseTo(stepPercent, 6);
        expect(sizes.at(-1)).toBeGreaterThan(0);
        expect(sizes.at(-1)).toBeLessThanOrEqual(stepPercent + 1e-6);
      }),
    );
    const percents = productionSteps({ strategy: "LINEAR", linearConfiguration: { stepPercent: 30 } }).map(
      (step) => step.percent,
    );
    expect(percents).toEqual([30, 60, 90, 100]);
  });
});

describe("pause hooks", () => {
  const configuration: DeploymentConfiguration = {
    strategy: "LINEAR",
    linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 },
    lifecycleHooks: [
      {
        targetType: "PAUSE",
        lifecycleStages: ["PRE_PRODUCTION_TRAFFIC_SHIFT"],
        timeoutConfiguration: { timeoutInMinutes: 2 },
      },
    ],
  };
  const answer = (action: "CONTINUE" | "ROLLBACK") => (deployment: DeploymentRecord, second: number) => {
    const open = deployment.hooks.find((hook) => hook.status === "AWAITING_ACTION");
    return open ? answerHook(deployment, { hookId: open.hookId, action, now: at(second) }) : deployment;
  };

  test("every step of production traffic pauses with an id of its own", () => {
    const { deployment } = run(record(configuration), answer("CONTINUE"));
    expect(deployment.status).toBe("SUCCESSFUL");
    expect(deployment.hooks.map((hook) => [hook.hookId, hook.status])).toEqual([
      ["ecs-pause-0", "SUCCEEDED"],
      ["ecs-pause-1", "SUCCEEDED"],
    ]);
  });

  test("ROLLBACK as an answer, or no answer in time, turns the deployment back", () => {
    expect(run(record(configuration), answer("ROLLBACK")).deployment.status).toBe("ROLLBACK_SUCCESSFUL");
    const { deployment } = run(record(configuration));
    expect(deployment.hooks[0]?.status).toBe("TIMED_OUT");
    expect(deployment.statusReason).toContain("PRE_PRODUCTION_TRAFFIC_SHIFT pause hook timed out.");
  });

  test("a timeout action of CONTINUE makes a pause that waits so long and no longer", () => {
    const [hook] = configuration.lifecycleHooks ?? [];
    const lenient = { ...hook, timeoutConfiguration: { timeoutInMinutes: 2, action: "CONTINUE" as const } };
    const { deployment } = run(record({ ...configuration, lifecycleHooks: [lenient] }));
    expect(deployment.status).toBe("SUCCESSFUL");
  });
});

describe("time limits", () => {
  const HOUR = 3600;
  const DAY = 24 * HOUR;

  test("a stage that takes 24 hours turns the deployment back", () => {
    const scaling = record({ strategy: "BLUE_GREEN" }, { status: "IN_PROGRESS", startedAt: START, index: 1 });
    const lacking = (seconds: number) => ({ ...obliging(scaling, at(seconds)), target: { present: 1, healthy: 0 } });
    expect(advance(scaling, lacking(DAY - 1), counted())).toBe(scaling);
    expect(advance(scaling, lacking(DAY), counted())).toMatchObject({
      status: "ROLLBACK_IN_PROGRESS",
      statusReason: "Service deployment rolled back because the SCALE_UP stage took longer than 24 hours.",
    });
  });

  test("a deployment whose stages are all in time turns back after 30 days", () => {
    const linearConfiguration = { stepPercent: 3, stepBakeTimeInMinutes: 1440 };
    let deployment = record({ strategy: "LINEAR", linearConfiguration });
    let hours = 0;
    for (; ALLOWED[deployment.status] && deployment.direction === "forward"; hours++)
      for (let moves = 0; moves < 3; moves++)
        deployment = advance(deployment, obliging(deployment, at(hours * HOUR)), counted());
    expect(deployment.rollback).toMatchObject({
      reason: "Service deployment rolled back because it took longer than 30 days.",
      startedAt: at(30 * DAY),
    });
  });
});

describe("failures", () => {
  test("without a revision to return to, the rollback fails", () => {
    const first = record(
      { strategy: "BLUE_GREEN" },
      { candidateArn: undefined, breaker: "MONITORING", failureCount: 3 },
    );
    const { deployment } = run({
      ...first,
      configuration: { ...first.configuration, deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    expect(deployment).toMatchObject({
      status: "ROLLBACK_FAILED",
      statusReason: "No rollback candidate was found to run the rollback.",
    });
  });

  test("with rollback switched off the breaker stops the deployment where it is", () => {
    const configuration = { strategy: "ROLLING", deploymentCircuitBreaker: { enable: true, rollback: false } } as const;
    const { deployment } = run(record(configuration, { breaker: "MONITORING", failureCount: 3 }));
    expect(deployment).toMatchObject({ status: "STOPPED", breaker: "TRIGGERED" });
    expect(deployment.rollback).toBeUndefined();
  });

  test("a request to roll back that comes in CLEAN_UP has lost the race", () => {
    const { deployment } = run(record({ strategy: "BLUE_GREEN" }), (one, second) =>
      one.status === "IN_PROGRESS" && currentStep(one)?.stage === "CLEAN_UP" ? requestRollback(one, at(second)) : one,
    );
    expect(deployment.status).toBe("SUCCESSFUL");
  });

  test("rules that no stage has touched stay untouched on the way back", () => {
    const broken = { ...obliging(record({ strategy: "BLUE_GREEN" }), at(1)), problem: "One or more rules not found" };
    const started = advance(record({ strategy: "BLUE_GREEN" }), broken, counted());
    const back = advance(started, broken, counted());
    expect(back.status).toBe("ROLLBACK_IN_PROGRESS");
    expect(back.plan.every((step) => step.production === undefined && step.test === undefined)).toBe(true);
  });

  test("the circuit breaker's threshold follows ECS's formula", () => {
    const by = (desiredCount: number, type?: "COUNT" | "UNBOUNDED_PERCENT", value = 50) =>
      breakerThreshold(
        { enable: true, rollback: true, ...(type && { thresholdConfiguration: { type, value } }) },
        desiredCount,
      );
    expect([by(1), by(25), by(400), by(10_000)]).toEqual([3, 13, 200, 200]);
    expect([by(1, "COUNT", 7), by(10, "UNBOUNDED_PERCENT", 10)]).toEqual([7, 1]);
  });
});

test("whatever is observed and asked for, only ECS's transitions happen", () => {
  const presence = fc.record({ present: fc.nat(3), healthy: fc.nat(3) });
  const observation = fc.record({
    desiredCount: fc.nat(3),
    target: presence,
    source: presence,
    othersPresent: fc.nat(1),
    isShifted: fc.boolean(),
    problem: fc.option(fc.constant("it broke"), { nil: undefined, freq: 20 }),
  });
  const event = fc.record({
    seen: observation,
    seconds: fc.nat(4000),
    ask: fc.constantFrom("", "", "", "stop", "supersede"),
    fails: fc.nat(1),
  });
  const strategy = fc.constantFrom("ROLLING" as const, "BLUE_GREEN" as const, "CANARY" as const, "LINEAR" as const);
  fc.assert(
    fc.property(
      strategy,
      fc.option(fc.constant("blue"), { nil: undefined }),
      fc.array(event, { maxLength: 60 }),
      (kind, candidateArn, events) => {
        const configuration: DeploymentConfiguration = {
          strategy: kind,
          bakeTimeInMinutes: 5,
          deploymentCircuitBreaker: { enable: true, rollback: true },
          lifecycleHooks: [
            { targetType: "PAUSE", lifecycleStages: ["POST_SCALE_UP"], timeoutConfiguration: { timeoutInMinutes: 30 } },
          ],
        };
        let deployment = record(configuration, { candidateArn, breaker: "MONITORING" });
        let clock = 0;
        const accept = (next: DeploymentRecord) => {
          if (next.status !== deployment.status) expect(ALLOWED[deployment.status]).toContain(next.status);
          deployment = next;
        };
        for (const { seen, seconds, ask, fails } of events) {
          clock += seconds;
          deployment = { ...deployment, failureCount: deployment.failureCount + fails };
          if (ask === "stop" && (deployment.status === "PENDING" || deployment.status === "IN_PROGRESS"))
            accept(requestRollback(deployment, at(clock)));
          if (ask === "supersede") accept(supersede(deployment, at(clock)));
          accept(advance(deployment, { ...seen, now: at(clock) }, counted()));
        }
      },
    ),
  );
});
