import type { DeploymentConfiguration } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { DeploymentRecord } from "../model.ts";
import {
  answerHook,
  dueHooks,
  expireHooks,
  type HookIds,
  hookFailure,
  isOpen,
  missingHooks,
  stageStart,
  takeVerdict,
} from "./hooks.ts";
import { hookEvent, readVerdict } from "./lambda-contract.ts";
import { forwardPlan } from "./plan.ts";
import { trustsEcs } from "./roles.ts";

const START = new Date("2026-01-01T00:00:00Z");
const at = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);

function ids(): HookIds {
  let count = 0;
  return { hook: (type) => `ecs-${type}-${count++}`, execution: () => `execution-${count}` };
}

const configuration: DeploymentConfiguration = {
  strategy: "BLUE_GREEN",
  lifecycleHooks: [
    { targetType: "AWS_LAMBDA", hookTargetArn: "function", lifecycleStages: ["PRE_SCALE_UP"], hookDetails: { a: 1 } },
    { targetType: "PAUSE", lifecycleStages: ["PRE_SCALE_UP"], timeoutConfiguration: { timeoutInMinutes: 5 } },
    { targetType: "PAUSE", lifecycleStages: ["POST_SCALE_UP"] },
  ],
};

/** A deployment in its first stage, with that stage's hooks open. */
function deployment(): DeploymentRecord {
  const record: DeploymentRecord = {
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
    status: "IN_PROGRESS",
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
  };
  return { ...record, hooks: missingHooks(record, START, ids()) };
}

describe("hooks of a stage", () => {
  test("all of it open together, and once only", () => {
    const record = deployment();
    expect(record.hooks.map(({ hookId, status }) => [hookId, status])).toEqual([
      ["ecs-lambda-0", "IN_PROGRESS"],
      ["ecs-pause-1", "AWAITING_ACTION"],
    ]);
    expect(missingHooks(record, at(1), ids())).toEqual([]);
  });

  test("a rollback opens hooks at the two shifting stages only", () => {
    const record = { ...deployment(), direction: "back" as const, hooks: [] };
    expect(missingHooks(record, START, ids())).toEqual([]);
  });

  test("a function is due at once, again after its delay, and no more after its verdict", () => {
    const record = deployment();
    expect(dueHooks(record, START).map(({ hookId }) => hookId)).toEqual(["ecs-lambda-0"]);
    const later = takeVerdict(record, {
      hookId: "ecs-lambda-0",
      verdict: { status: "IN_PROGRESS", delaySeconds: 7, details: { b: 2 } },
      now: at(1),
    });
    expect([dueHooks(later, at(7)).length, dueHooks(later, at(8)).length]).toEqual([0, 1]);
    const [hook] = later.hooks;
    expect(hook && hookEvent(later, hook).hookDetails).toEqual({ a: 1, b: 2 });
    const over = takeVerdict(later, { hookId: "ecs-lambda-0", verdict: { status: "SUCCEEDED" }, now: at(9) });
    expect(dueHooks(over, at(99))).toEqual([]);
    expect(takeVerdict(over, { hookId: "ecs-lambda-0", verdict: { status: "FAILED", detail: "" }, now: at(10) })).toBe(
      over,
    );
  });

  test("an answer changes its own hook only; a refusal says why", () => {
    const record = deployment();
    const continued = answerHook(record, { hookId: "ecs-pause-1", action: "CONTINUE", now: at(1) });
    expect(continued.hooks.map(({ status }) => status)).toEqual(["IN_PROGRESS", "SUCCEEDED"]);
    expect(hookFailure(continued)).toBeUndefined();
    const refused = answerHook(record, { hookId: "ecs-pause-1", action: "ROLLBACK", now: at(1) });
    expect(hookFailure(refused)).toContain("PRE_SCALE_UP");
  });

  test("waiting for a person does not count for the stage's 24 hours", () => {
    const record = deployment();
    expect(stageStart(record, at(200))).toEqual(at(200));
    const expired = expireHooks(record, at(300)) ?? record;
    expect(expired.hooks.filter(isOpen).map(({ targetType }) => targetType)).toEqual(["AWS_LAMBDA"]);
    expect(stageStart(expired, at(900))).toEqual(at(300));
  });
});

describe("the answer of a function", () => {
  test("whatever a function returns, there is a verdict; only a known hookStatus is not FAILED", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (payload) => {
        expect(readVerdict(payload, "function")).toEqual({
          status: "FAILED",
          detail: "ECS was unable to parse the response from function due to HookStatus must not be null",
        });
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (callBackDelay) => {
        const verdict = readVerdict(JSON.stringify({ hookStatus: "IN_PROGRESS", callBackDelay }), "function");
        const isDelay = typeof callBackDelay === "number" && callBackDelay >= 0;
        expect(verdict).toMatchObject({ status: "IN_PROGRESS" });
        expect("delaySeconds" in verdict && verdict.delaySeconds).toBe(isDelay ? callBackDelay : undefined);
      }),
    );
  });
});

test.each<[string, unknown, boolean]>([
  ["ECS alone", { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs.amazonaws.com" } }, true],
  [
    "ECS among others",
    { Effect: "Allow", Action: ["sts:AssumeRole"], Principal: { Service: ["a.amazonaws.com", "ecs.amazonaws.com"] } },
    true,
  ],
  [
    "tasks only",
    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } },
    false,
  ],
  ["a denial", { Effect: "Deny", Action: "sts:AssumeRole", Principal: { Service: "ecs.amazonaws.com" } }, false],
  ["an account", { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "*" } }, false],
])("a trust policy that names %s", (_case, Statement, expected) => {
  expect(trustsEcs(encodeURIComponent(JSON.stringify({ Statement })))).toBe(expected);
});
