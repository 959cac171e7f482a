import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Fleet } from "./fleet.fixture.ts";
import { load } from "./load.fixture.ts";
import { until } from "./until.fixture.ts";

const PAUSE = (minutes: number) => ({
  lifecycleHooks: [
    {
      targetType: "PAUSE" as const,
      lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT" as const],
      timeoutConfiguration: { timeoutInMinutes: minutes, action: "ROLLBACK" as const },
    },
  ],
});
const NO_PAUSE = { lifecycleHooks: [] };

describe("blue/green deployments, one after the other", () => {
  const fleet = new Fleet();
  const definitions: Record<string, string> = {};
  let stopLoad = async () => ({ asked: 0, lost: ["no load was started"] });

  beforeAll(async () => {
    await fleet.start();
    await fleet.build();
    for (const [version, kind] of [
      ["one", "good"],
      ["two", "good"],
      ["three", "good"],
      ["four", "crash"],
      ["five", "unhealthy"],
    ] as const)
      definitions[version] = await fleet.define(await fleet.push(version, kind));
  });
  afterAll(() => fleet.stop());

  test("the first revision goes to the group that the production rule is not weighted to", async () => {
    const { currentServiceDeployment } = await fleet.create(definitions.one ?? "");
    const deployment = await fleet.reaches(currentServiceDeployment ?? "", "SUCCESSFUL");
    expect(deployment).toMatchObject({ lifecycleStage: "CLEAN_UP", sourceServiceRevisions: [] });
    expect(await fleet.weights(fleet.productionRule)).toEqual({ blue: 0, green: 100 });
    expect(await fleet.version(fleet.productionUrl)).toBe("one");
    stopLoad = load(fleet.productionUrl);
    const [revisionArn = ""] = [deployment.targetServiceRevision?.arn];
    const { serviceRevisions } = await fleet.ecs.describeServiceRevisions({ serviceRevisionArns: [revisionArn] });
    expect(serviceRevisions).toMatchObject([
      {
        resolvedConfiguration: {
          loadBalancers: [{ targetGroupArn: fleet.green, productionListenerRule: fleet.productionRule }],
        },
      },
    ]);
    expect(serviceRevisions?.[0]?.containerImages?.[0]?.imageDigest).toMatch(/^sha256:/);
  });

  test("a pause holds test traffic on green until it is continued", async () => {
    const arn = await fleet.deploy(definitions.two ?? "", PAUSE(60));
    const hookId = await fleet.pauses(arn);
    expect(hookId).toMatch(/^ecs-pause-[A-Za-z0-9_-]{43}$/);
    expect(await fleet.deployment(arn)).toMatchObject({
      status: "IN_PROGRESS",
      lifecycleStage: "POST_TEST_TRAFFIC_SHIFT",
    });
    expect(await fleet.version(fleet.testUrl)).toBe("two");
    expect(await fleet.version(fleet.productionUrl)).toBe("one");
    expect((await fleet.service()).deployments?.map((one) => one.status)).toEqual(["PRIMARY", "ACTIVE"]);
    await expect(fleet.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId: "mine" })).rejects.toThrow(
      "Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}",
    );
    await fleet.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId });
    await expect(fleet.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId })).rejects.toThrow(
      "Provided hookId is either completed, unavailable, or not associated with the given Resource ARN",
    );
    await fleet.reaches(arn, "SUCCESSFUL");
    expect(await fleet.weights(fleet.productionRule)).toEqual({ blue: 100, green: 0 });
    expect(await fleet.version(fleet.productionUrl)).toBe("two");
    const service = await until(async () => {
      const found = await fleet.service();
      return found.deployments?.[0]?.rolloutState === "COMPLETED" ? found : undefined;
    });
    expect(service).toMatchObject({ runningCount: 1, desiredCount: 1, deployments: [{ status: "PRIMARY" }] });
    await expect(fleet.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId })).rejects.toThrow(
      "terminal states",
    );
  });

  test("a pause that nobody answers rolls back; production never moved", async () => {
    const arn = await fleet.deploy(definitions.three ?? "", PAUSE(1));
    await fleet.pauses(arn);
    const deployment = await fleet.reaches(arn, "ROLLBACK_SUCCESSFUL");
    expect(deployment.statusReason).toBe(
      "Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT pause hook timed out.",
    );
    expect(deployment.lifecycleHookDetails).toMatchObject([{ status: "TIMED_OUT", timeoutAction: "ROLLBACK" }]);
    expect(await fleet.weights(fleet.productionRule)).toEqual({ blue: 100, green: 0 });
    expect(await fleet.weights(fleet.testRule)).toEqual({ blue: 100, green: 0 });
    expect((await fleet.service()).taskDefinition).toBe(definitions.two);
  });

  test("a revision that crashes trips the circuit breaker and is rolled back", async () => {
    const arn = await fleet.deploy(definitions.four ?? "", {
      ...NO_PAUSE,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    });
    const deployment = await fleet.reaches(arn, "ROLLBACK_SUCCESSFUL");
    expect(deployment.statusReason).toBe(
      "Service deployment rolled back because the circuit breaker threshold was exceeded.",
    );
    expect(deployment.deploymentCircuitBreaker).toEqual({ status: "TRIGGERED", failureCount: 3, threshold: 3 });
    const { taskArns } = await fleet.ecs.listTasks({
      cluster: "fleet",
      serviceName: "alpha",
      desiredStatus: "STOPPED",
    });
    const { tasks } = await fleet.ecs.describeTasks({ cluster: "fleet", tasks: taskArns });
    const crashed = tasks?.filter((task) => task.taskDefinitionArn === definitions.four) ?? [];
    expect(crashed.length).toBeGreaterThanOrEqual(3);
    expect(crashed[0]).toMatchObject({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
    });
    expect(crashed[0]?.containers?.[0]?.exitCode).toBe(3);
    expect(await fleet.version(fleet.productionUrl)).toBe("two");
  });

  test("a revision that never gets healthy is rolled back, and the cause is in the events", async () => {
    const arn = await fleet.deploy(definitions.five ?? "");
    await fleet.reaches(arn, "ROLLBACK_SUCCESSFUL");
    const messages = (await fleet.service()).events?.map((event) => event.message) ?? [];
    expect(messages.some((message) => /is unhealthy in \(target-group .*\) due to \(reason /.test(message ?? ""))).toBe(
      true,
    );
    expect(
      messages.some((message) => /deployment failed: Service deployment rolled back because/.test(message ?? "")),
    ).toBe(true);
    expect(await fleet.version(fleet.productionUrl)).toBe("two");
  });

  test("a newer deployment supersedes one that waits", async () => {
    const older = await fleet.deploy(definitions.one ?? "", PAUSE(60));
    const hookId = await fleet.pauses(older);
    const newer = await fleet.deploy(definitions.three ?? "", NO_PAUSE);
    await fleet.reaches(older, "STOPPED");
    await expect(fleet.ecs.continueServiceDeployment({ serviceDeploymentArn: older, hookId })).rejects.toThrow(
      "terminal states",
    );
    const deployment = await fleet.reaches(newer, "SUCCESSFUL");
    expect(deployment.sourceServiceRevisions).toHaveLength(2);
    expect(await fleet.version(fleet.productionUrl)).toBe("three");
  });

  test("StopServiceDeployment rolls back from the bake at once", async () => {
    const arn = await fleet.deploy(definitions.one ?? "", { bakeTimeInMinutes: 60 });
    await until(async () => ((await fleet.deployment(arn)).lifecycleStage === "BAKE_TIME" ? true : undefined));
    expect(await fleet.version(fleet.productionUrl)).toBe("one");
    await fleet.ecs.stopServiceDeployment({ serviceDeploymentArn: arn, stopType: "ROLLBACK" });
    await until(async () => ((await fleet.version(fleet.productionUrl)) === "three" ? true : undefined), 2);
    await fleet.reaches(arn, "ROLLBACK_SUCCESSFUL");
    await expect(fleet.ecs.stopServiceDeployment({ serviceDeploymentArn: arn })).rejects.toMatchObject({
      name: "ConflictException",
    });
  });

  test("canary moves a share first, with a pause before each step", async () => {
    const arn = await fleet.deploy(definitions.two ?? "", {
      strategy: "CANARY",
      bakeTimeInMinutes: 1,
      canaryConfiguration: { canaryPercent: 12.5, canaryBakeTimeInMinutes: 1 },
      lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages: ["PRE_PRODUCTION_TRAFFIC_SHIFT"] }],
    });
    const first = await fleet.pauses(arn);
    await fleet.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId: first });
    const second = await fleet.pauses(arn);
    expect(second).not.toBe(first);
    const weights = await fleet.weights(fleet.productionRule);
    expect(Math.min(weights.blue, weights.green)).toBe(12.5);
    await fleet.ecs.continueServiceDeployment({ serviceDeploymentArn: arn, hookId: second });
    await fleet.reaches(arn, "SUCCESSFUL");
    expect(await fleet.version(fleet.productionUrl)).toBe("two");
  });

  test("all of this lost not one request", async () => {
    const { asked, lost } = await stopLoad();
    expect(lost).toEqual([]);
    expect(asked).toBeGreaterThan(50);
  });

  test("a rule that splits production traffic refuses the next deployment", async () => {
    const before = await fleet.elb.describeRules({ RuleArns: [fleet.productionRule] });
    const halves = [fleet.blue, fleet.green].map((TargetGroupArn) => ({ TargetGroupArn, Weight: 50 }));
    await fleet.elb.modifyRule({
      RuleArn: fleet.productionRule,
      Actions: [{ Type: "forward", ForwardConfig: { TargetGroups: halves } }],
    });
    const arn = await fleet.deploy(definitions.one ?? "", { strategy: "BLUE_GREEN" });
    const deployment = await fleet.reaches(arn, "ROLLBACK_SUCCESSFUL");
    expect(deployment.statusReason).toMatch(
      /should have exactly one target group serving traffic but found 2 target groups/,
    );
    await fleet.elb.modifyRule({ RuleArn: fleet.productionRule, Actions: before.Rules?.[0]?.Actions });
  });

  test("the desired count changes without a deployment", async () => {
    const { currentServiceDeployment } = await fleet.service();
    await fleet.ecs.updateService({ cluster: "fleet", service: "alpha", desiredCount: 2 });
    await until(async () => ((await fleet.service()).runningCount === 2 ? true : undefined));
    await fleet.ecs.updateService({ cluster: "fleet", service: "alpha", desiredCount: 1 });
    const service = await until(async () => {
      const found = await fleet.service();
      return found.runningCount === 1 ? found : undefined;
    });
    expect(service.currentServiceDeployment).toBe(currentServiceDeployment);
  });
});

describe("a first deployment that fails", () => {
  const fleet = new Fleet();
  beforeAll(async () => {
    await fleet.start();
    await fleet.build();
  });
  afterAll(() => fleet.stop());

  test("ends as ROLLBACK_FAILED, its cause in the events, and can be deleted", async () => {
    const definition = await fleet.define(await fleet.push("one", "crash"));
    const { currentServiceDeployment: arn = "" } = await fleet.create(definition, {
      deploymentCircuitBreaker: { enable: true, rollback: true },
    });
    const deployment = await fleet.reaches(arn, "ROLLBACK_FAILED");
    expect(deployment.statusReason).toBe("No rollback candidate was found to run the rollback.");
    const service = await fleet.service();
    expect(service.deployments?.[0]).toMatchObject({ rolloutState: "FAILED" });
    expect(service.events?.some((event) => event.message?.includes("circuit breaker threshold was exceeded"))).toBe(
      true,
    );
    await fleet.ecs.deleteService({ cluster: "fleet", service: "alpha", force: true });
    await until(async () => ((await fleet.service()).status === "INACTIVE" ? true : undefined));
  });
});
