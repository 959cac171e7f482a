import type { DeploymentConfiguration, DeploymentLifecycleHook, LoadBalancer } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Engine } from "./engine.ts";
import type { EngineService } from "./engine-service.ts";

/** Section 1.5 of the specification, first half: errors in the answer of the call itself; and the ranges of 1.3. */

let engine: Engine;
let alpha: EngineService;
beforeAll(async () => {
  engine = await Engine.start();
  alpha = await engine.service("alpha", { bakeTimeInMinutes: 0 }, { deregistrationSeconds: 0 });
});
afterAll(() => engine.stop());

const RULE = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/fleet/1/2/3";
const LISTENER = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/fleet/1/2";
const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:hook";
const ROLE = "arn:aws:iam::000000000000:role/hook";

const refuses = (balancers: LoadBalancer[], configuration?: DeploymentConfiguration) =>
  expect(alpha.update({ loadBalancers: balancers, deploymentConfiguration: configuration })).rejects;

/** The service's one entry with some members replaced. */
function entry(more: Partial<LoadBalancer> = {}, advanced: Partial<LoadBalancer["advancedConfiguration"]> = {}) {
  const [own] = alpha.loadBalancers() ?? [];
  const advancedConfiguration = {
    alternateTargetGroupArn: "",
    productionListenerRule: "",
    roleArn: "",
    ...own?.advancedConfiguration,
    ...advanced,
  };
  return { ...own, advancedConfiguration, ...more };
}

describe("load balancers", () => {
  const cases: [string, () => LoadBalancer[], () => string][] = [
    [
      "a listener where a rule belongs",
      () => [entry({}, { productionListenerRule: LISTENER })],
      () =>
        `productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${LISTENER}`,
    ],
    [
      "one rule for both kinds of traffic",
      () => [entry({}, { testListenerRule: alpha.productionRule })],
      () => `The following rules cannot be used as both production and test listener rules: ${alpha.productionRule}`,
    ],
    [
      "one group twice",
      () => [entry(), entry({}, { productionListenerRule: RULE, testListenerRule: `${RULE}4` })],
      () => `Duplicate targetGroupArn found: ${alpha.blue}`,
    ],
    [
      "an entry without advancedConfiguration beside one with it",
      () => [entry(), entry({ targetGroupArn: "arn:other", advancedConfiguration: undefined })],
      () => "Either all or none of the provided loadBalancers must have advancedConfiguration defined",
    ],
    [
      "no advancedConfiguration at all",
      () => [entry({ advancedConfiguration: undefined })],
      () =>
        "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy",
    ],
    [
      "a Classic Load Balancer with advancedConfiguration",
      () => [entry({ targetGroupArn: undefined, loadBalancerName: "classic" })],
      () => "advancedConfiguration field is not allowed with ELBv1 loadBalancers",
    ],
    [
      "both generations of load balancers",
      () => [entry(), entry({ targetGroupArn: undefined, loadBalancerName: "classic" })],
      () =>
        "All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining targetGroupArn)",
    ],
  ];

  test.each(cases)("1.5 refused at once: %s", async (_case, balancers, message) => {
    await refuses(balancers()).toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining(message()),
    });
  });

  test("1.5 refused at once: no test rule where the production rule has one of the groups only", async () => {
    const RuleArn = alpha.productionRule;
    const before = await engine.elb.describeRules({ RuleArns: [RuleArn] });
    await engine.elb.modifyRule({ RuleArn, Actions: [{ Type: "forward", TargetGroupArn: alpha.green }] });
    await refuses([entry({}, { testListenerRule: undefined })]).toMatchObject({
      name: "InvalidParameterException",
      message:
        "For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both targetGroup and alternateTargetGroup",
    });
    await engine.elb.modifyRule({ RuleArn, Actions: before.Rules?.[0]?.Actions });
  });
});

describe("deployment configuration", () => {
  const lambda: DeploymentLifecycleHook = {
    hookTargetArn: FUNCTION,
    roleArn: ROLE,
    lifecycleStages: ["POST_SCALE_UP"],
  };
  const pause: DeploymentLifecycleHook = { targetType: "PAUSE", lifecycleStages: ["POST_SCALE_UP"] };
  const hooks = (...lifecycleHooks: DeploymentLifecycleHook[]) => ({ lifecycleHooks });
  const minutes = (timeoutInMinutes: number) => ({ timeoutConfiguration: { timeoutInMinutes } });
  const early = { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: "DEFERRED" } as const;

  test.each<[string, DeploymentConfiguration, string]>([
    ["an unknown targetType", hooks({ ...pause, targetType: "EMAIL" as "PAUSE" }), "targetType"],
    [
      "a pause at a stage that shifts traffic",
      hooks({ ...pause, lifecycleStages: ["TEST_TRAFFIC_SHIFT"] }),
      "Invalid lifecycle stage provided for Pause Hook",
    ],
    ["a pause with a function", hooks({ ...pause, hookTargetArn: FUNCTION }), "not allowed for Pause Hooks"],
    ["a pause of more than 14 days", hooks({ ...pause, ...minutes(20_161) }), "between 1 and 20160. Got: 20161"],
    ["a Lambda hook of more than a day", hooks({ ...lambda, ...minutes(1441) }), "between 1 and 1440. Got: 1441"],
    ["a Lambda hook without a function", hooks({ ...lambda, hookTargetArn: undefined }), "hookTargetArn must be"],
    ["a Lambda hook without a role", hooks({ ...lambda, roleArn: undefined }), "roleArn of a Lambda hook must be"],
    ["eleven Lambda hooks", hooks(...Array.from({ length: 11 }, () => lambda)), "at most 10"],
    ["eleven pauses", hooks(...Array.from({ length: 11 }, () => pause)), "at most 10"],
    ["a bake of more than a day", { bakeTimeInMinutes: 1441 }, "bakeTimeInMinutes must be between 0 and 1440"],
    [
      "canary steps of a hundredth",
      { strategy: "CANARY", canaryConfiguration: { canaryPercent: 0.25 } },
      "canaryPercent must be between 0.1 and 100 in steps of 0.1. Got: 0.25",
    ],
    [
      "linear steps below 3",
      { strategy: "LINEAR", linearConfiguration: { stepPercent: 2.9 } },
      "stepPercent must be between 3 and 100 in steps of 0.1. Got: 2.9",
    ],
    [
      "a step bake of more than a day",
      { strategy: "LINEAR", linearConfiguration: { stepBakeTimeInMinutes: 1441 } },
      "stepBakeTimeInMinutes must be between 0 and 1440",
    ],
    ["canary steps of another strategy", { canaryConfiguration: { canaryPercent: 5 } }, "not allowed with strategy"],
    [
      "a breaker threshold of 0",
      {
        deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: "COUNT", value: 0 } },
      },
      "thresholdConfiguration.value must be between 1",
    ],
    ["alarms without names", { alarms: { enable: true, rollback: true, alarmNames: [] } }, "at least one alarm"],
    ["early success of another strategy", { earlySuccessCriteria: early }, "only allowed with the ROLLING"],
    [
      "early success below the healthy minimum",
      { strategy: "ROLLING", minimumHealthyPercent: 100, earlySuccessCriteria: { ...early, healthyPercent: 50 } },
      "must not be less than minimumHealthyPercent (100). Got: 50",
    ],
  ])("1.3 refused at once: %s", async (_case, deploymentConfiguration, message) => {
    await expect(alpha.update({ deploymentConfiguration })).rejects.toThrow(message);
  });

  test("1.5 all problems are told at once", async () => {
    const deploymentConfiguration = { bakeTimeInMinutes: -1, ...hooks({ ...pause, lifecycleStages: [] }) };
    const error = await alpha.update({ deploymentConfiguration }).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(
      /Invalid lifecycle stage provided for Pause Hook .*bakeTimeInMinutes must be between/,
    );
  });
});

describe("operations on a deployment", () => {
  test("1.5 ContinueServiceDeployment: the five ways in which it is refused", async () => {
    const lifecycleHooks = [{ targetType: "PAUSE" as const, lifecycleStages: ["POST_SCALE_UP" as const] }];
    const serviceDeploymentArn = await alpha.deploy("v2", {}, { lifecycleHooks });
    const hookId = await alpha.pauses(serviceDeploymentArn);
    const answer = (arn: string, id: string) =>
      expect(engine.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId: id })).rejects;
    await answer(serviceDeploymentArn, "pause").toMatchObject({
      name: "InvalidParameterException",
      message: "Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}",
    });
    const gone = "Provided hookId is either completed, unavailable, or not associated with the given Resource ARN";
    await answer(serviceDeploymentArn, `ecs-pause-${"A".repeat(43)}`).toThrow(gone);
    await answer(`${serviceDeploymentArn}x`, hookId).toMatchObject({
      name: "ServiceDeploymentNotFoundException",
      message: "The service deployment does not exist.",
    });
    await engine.ecs.continueServiceDeployment({ serviceDeploymentArn, hookId });
    await answer(serviceDeploymentArn, hookId).toThrow(gone);
    await alpha.reaches(serviceDeploymentArn, "SUCCESSFUL");
    await answer(serviceDeploymentArn, hookId).toThrow(
      "Continuing a service deployment is not allowed for service deployment in terminal states.",
    );
  });

  test("1.1 StopServiceDeployment: unknown, over, and the stop type that the API names but does not take", async () => {
    const stop = (serviceDeploymentArn: string, stopType?: "ABORT") =>
      expect(engine.ecs.stopServiceDeployment({ serviceDeploymentArn, stopType })).rejects;
    await stop(`${alpha.first}x`).toMatchObject({ name: "ServiceDeploymentNotFoundException" });
    await stop(alpha.first).toMatchObject({ name: "ConflictException" });
    await stop(alpha.first, "ABORT").toThrow("Invalid stopType. Valid values are: ROLLBACK");
  });

  test("1.1 ListServiceDeployments filters by status and time and pages", async () => {
    const list = (more: object) => engine.ecs.listServiceDeployments({ cluster: "fleet", service: "alpha", ...more });
    const { serviceDeployments: all = [] } = await list({});
    expect(all.length).toBeGreaterThanOrEqual(2);
    const [newest, oldest] = [all[0], all.at(-1)];
    expect(newest?.createdAt?.getTime()).toBeGreaterThanOrEqual(oldest?.createdAt?.getTime() ?? 0);
    expect((await list({ status: ["STOPPED"] })).serviceDeployments).toEqual([]);
    expect((await list({ createdAt: { before: oldest?.createdAt } })).serviceDeployments).toEqual([oldest]);
    const first = await list({ maxResults: 1 });
    const second = await list({ maxResults: 1, nextToken: first.nextToken });
    expect([...(first.serviceDeployments ?? []), ...(second.serviceDeployments ?? [])]).toEqual(all.slice(0, 2));
    await expect(list({ maxResults: 101 })).rejects.toThrow("maxResults must be from 1 to 100");
  });

  test("1.1 DescribeServiceDeployments and DescribeServiceRevisions take 20 ARNs and name those that are missing", async () => {
    const arns = Array.from({ length: 21 }, (_, index) => `${alpha.first}${index}`);
    const { ecs } = engine;
    await expect(ecs.describeServiceDeployments({ serviceDeploymentArns: arns })).rejects.toThrow("Got: 21");
    await expect(ecs.describeServiceRevisions({ serviceRevisionArns: arns })).rejects.toThrow("Got: 21");
    const [missing = ""] = arns;
    const { failures } = await ecs.describeServiceDeployments({ serviceDeploymentArns: [missing] });
    expect(failures).toEqual([{ arn: missing, reason: "MISSING" }]);
  });

  test("1.1 UpdateService names what the sandbox would take without doing anything about it", async () => {
    const unknown = {
      serviceRegistries: [{ registryArn: "arn:aws:servicediscovery:us-east-1:000000000000:service/srv-1" }],
      vpcLatticeConfigurations: [{ roleArn: ROLE, targetGroupArn: "arn:group", portName: "web" }],
      placementStrategy: [{ type: "spread" as const }],
    };
    const problems = /Placement.*not supported with FARGATE.*leave serviceRegistries out.*leave vpcLattice.* out/;
    await expect(alpha.update(unknown)).rejects.toThrow(problems);
  });

  test("2.6 a service changes from ROLLING to BLUE_GREEN only while no deployment runs", async () => {
    const rolling = await engine.service(
      "rolling",
      { strategy: "ROLLING", bakeTimeInMinutes: 0 },
      { balancer: "none" },
    );
    const change = { deploymentConfiguration: { strategy: "BLUE_GREEN" as const } };
    const arn = await rolling.deploy("v2");
    await expect(rolling.update(change)).rejects.toThrow("cannot change from ROLLING to BLUE_GREEN");
    await rolling.reaches(arn, "SUCCESSFUL");
    expect((await rolling.update(change)).deploymentConfiguration?.strategy).toBe("BLUE_GREEN");
  });
});
