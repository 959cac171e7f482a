import { EventBridge } from "@aws-sdk/client-eventbridge";
import { Lambda } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";
import { HookFunction } from "./hook-function.ts";

/** Section 2.8 of the specification, as far as deployments and their hooks go: what EventBridge delivers of them. */

interface Delivered {
  readonly "detail-type": string;
  readonly source: string;
  readonly resources: string[];
  readonly detail: Record<string, unknown>;
}

let engine: Engine;
let listener: HookFunction;
beforeAll(async () => {
  engine = await Engine.start();
  listener = await HookFunction.start(engine, "listener");
  const events = engine.client(EventBridge);
  const { RuleArn } = await events.putRule({ Name: "ecs", EventPattern: JSON.stringify({ source: ["aws.ecs"] }) });
  await engine.client(Lambda).addPermission({
    FunctionName: "listener",
    StatementId: "events",
    Action: "lambda:InvokeFunction",
    Principal: "events.amazonaws.com",
    SourceArn: RuleArn,
  });
  await events.putTargets({ Rule: "ecs", Targets: [{ Id: "listener", Arn: listener.arn }] });
});
afterAll(async () => {
  await listener.stop();
  await engine.stop();
});

const delivered = (type: string) =>
  (listener.events as unknown as Delivered[]).filter((event) => event["detail-type"] === type);

test("2.8 deployments tell their start, end and failure by the classic id; hooks tell every change of state", async () => {
  const alpha = await engine.service("alpha", { bakeTimeInMinutes: 0 }, { deregistrationSeconds: 0 });
  const lifecycleHooks = [{ targetType: "PAUSE" as const, lifecycleStages: ["POST_SCALE_UP" as const] }];
  const deploymentCircuitBreaker = { enable: true, rollback: true };
  const arn = await alpha.deploy("v2", {}, { lifecycleHooks, deploymentCircuitBreaker });
  const hookId = await alpha.pauses(arn);
  await alpha.answers(arn, hookId, "ROLLBACK");
  await alpha.reaches(arn, "ROLLBACK_SUCCESSFUL");
  await engine.advance(10);
  const states = delivered("ECS Deployment State Change");
  expect(states.map(({ detail }) => [detail.eventType, detail.eventName])).toEqual([
    ["INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS"],
    ["INFO", "SERVICE_DEPLOYMENT_COMPLETED"],
    ["INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS"],
    ["ERROR", "SERVICE_DEPLOYMENT_FAILED"],
  ]);
  for (const { source, resources, detail } of states) {
    expect([source, resources]).toEqual(["aws.ecs", [alpha.arn]]);
    expect(detail).toMatchObject({ deploymentId: expect.stringMatching(/^ecs-svc\/\d+$/), reason: expect.any(String) });
  }
  const hooks = delivered("ECS Hook State Change");
  expect(hooks.map(({ detail }) => detail.eventName)).toEqual(["HOOK_AWAITING_ACTION", "HOOK_FAILED"]);
  expect(hooks[0]).toMatchObject({
    resources: [arn],
    detail: {
      eventType: "INFO",
      hookId,
      hookType: "PAUSE",
      lifecycleStage: "POST_SCALE_UP",
      serviceArn: alpha.arn,
      serviceDeploymentArn: arn,
      expiresAt: expect.any(String),
    },
  });
});
