import type { RequestListener } from "node:http";
import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAM } from "@aws-sdk/client-iam";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";
import type { EngineService } from "./engine-service.ts";

/** Section 1.5 of the specification, second half: errors that a deployment ends with. Those of hooks are in 2.3.1. */

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start();
});
afterEach(() => engine.clear());
afterAll(() => engine.stop());

const INVALID = "Service deployment rolled back because of invalid networking configuration";
const service = () => engine.service("alpha", { bakeTimeInMinutes: 0 }, { deregistrationSeconds: 0 });

const forward = (...groups: [arn: string, weight: number][]): Action[] => [
  {
    Type: "forward",
    ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
  },
];

/** Deploys and returns the reason with which it was rolled back; nothing may have moved. */
async function refused(alpha: EngineService): Promise<string | undefined> {
  const over = await alpha.reaches(await alpha.deploy("v2"), "ROLLBACK_SUCCESSFUL");
  expect(await alpha.running()).toEqual({ v1: 1 });
  expect((await alpha.events()).some((text) => text.endsWith(`deployment failed: ${over.statusReason}`))).toBe(true);
  return over.statusReason;
}

test("1.5 a group that is on neither rule", async () => {
  const alpha = await service();
  for (const RuleArn of [alpha.productionRule, alpha.testRule])
    await engine.elb.modifyRule({ RuleArn, Actions: forward([alpha.green, 1]) });
  expect(await refused(alpha)).toBe(
    `${INVALID}: Target group ${alpha.blue} is not associated with either productionListenerRule or testListenerRule.`,
  );
});

test("1.5 two groups that serve", async () => {
  const alpha = await service();
  const RuleArn = alpha.productionRule;
  await engine.elb.modifyRule({ RuleArn, Actions: forward([alpha.green, 50], [alpha.blue, 50]) });
  expect(await refused(alpha)).toBe(
    `${INVALID}. productionListenerRule ${RuleArn} should have exactly one target group serving traffic but found 2 target groups which are serving traffic`,
  );
});

test("1.5 a group that is not the service's", async () => {
  const alpha = await service();
  const { TargetGroups } = await engine.elb.createTargetGroup({
    Name: "foreign",
    VpcId: engine.vpc,
    Protocol: "HTTP",
    Port: 80,
    TargetType: "ip",
  });
  const foreign = TargetGroups?.[0]?.TargetGroupArn ?? "";
  const Actions = forward([foreign, 1], [alpha.blue, 0], [alpha.green, 0]);
  await engine.elb.modifyRule({ RuleArn: alpha.productionRule, Actions });
  expect(await refused(alpha)).toBe(
    `${INVALID}. Production listener rule is forwarding traffic to unexpected target group ${foreign}. Expected traffic to be forwarded to either targetGroupArn: ${alpha.blue} or alternateTargetGroupArn: ${alpha.green}`,
  );
});

test("1.5 a rule that is gone", async () => {
  const alpha = await service();
  await engine.elb.deleteRule({ RuleArn: alpha.testRule });
  expect(await refused(alpha)).toBe(`${INVALID}. One or more rules not found`);
});

test("1.5 an infrastructure role that ECS may not assume", async () => {
  const alpha = await service();
  const iam = engine.client(IAM);
  const Statement = [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }];
  const trust = async (statement: object[]) =>
    iam.updateAssumeRolePolicy({
      RoleName: "infrastructure",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: statement }),
    });
  await trust(Statement);
  expect(await refused(alpha)).toBe(
    `${INVALID}. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role 'arn:aws:iam::000000000000:role/infrastructure'.`,
  );
  await trust([{ ...Statement[0], Principal: { Service: "ecs.amazonaws.com" } }]);
});

test("1.5 a first deployment that fails: no rollback candidate, the cause in the events", async () => {
  const alpha = await engine.service(
    "alpha",
    { bakeTimeInMinutes: 0 },
    { settle: false, behaviour: { kind: "silent" } },
  );
  await engine.ecs.stopServiceDeployment({ serviceDeploymentArn: alpha.first });
  const over = await alpha.reaches(alpha.first, "ROLLBACK_FAILED");
  expect(over.statusReason).toBe("No rollback candidate was found to run the rollback.");
  expect((await alpha.events()).some((text) => /deployment failed: Service deployment rolled back/.test(text))).toBe(
    true,
  );
});

test("1.3 early success: enough healthy tasks end a rolling deployment; DEFERRED lets the old ones leave afterwards", async () => {
  const criteria = { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: "DEFERRED" as const };
  const configuration = { strategy: "ROLLING" as const, minimumHealthyPercent: 50, earlySuccessCriteria: criteria };
  const alpha = await engine.service("early", configuration, { desiredCount: 2 });
  const ports = new Set<number | undefined>();
  let isWell = false;
  // One of its tasks gets healthy, the other does not before the test says so.
  const listener: RequestListener = ({ socket: { localPort } }, response) => {
    if (ports.size === 0) ports.add(localPort);
    response.statusCode = isWell || ports.has(localPort) ? 200 : 500;
    response.end(JSON.stringify({ version: "v2" }));
  };
  const arn = await alpha.deploy("v2", { listener });
  const over = await alpha.until(arn, ({ status }) => status === "SUCCESSFUL", { step: 1 });
  expect(over.sourceServiceRevisions?.[0]?.runningTaskCount).toBeGreaterThan(0);
  isWell = true;
  await engine.advance(120);
  expect(await alpha.running()).toEqual({ v2: 2 });
});
