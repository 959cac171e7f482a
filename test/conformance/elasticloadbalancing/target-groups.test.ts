import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { forward, Network } from "./network.ts";

let network: Network;
let TargetGroupArn = "";

beforeAll(async () => {
  network = await Network.start();
  TargetGroupArn = await network.targetGroup();
});
afterAll(() => network.stop());

const ADDRESS = "10.77.0.20";
const healthOf = async (group: string, Id: string) =>
  (await network.elb.describeTargetHealth({ TargetGroupArn: group, Targets: [{ Id, Port: 8080 }] }))
    .TargetHealthDescriptions?.[0]?.TargetHealth;

test("CreateTargetGroup: with AWS's defaults of the health check; a name that is taken with other settings is refused", async () => {
  const Name = network.unique("tg");
  const request = { Name, Protocol: "HTTP", Port: 9000, VpcId: network.vpcId, TargetType: "ip" } as const;
  const { TargetGroups } = await network.elb.createTargetGroup({ ...request, HealthCheckPath: "/health" });
  const [made] = TargetGroups ?? [];
  network.later(() => network.elb.deleteTargetGroup({ TargetGroupArn: made?.TargetGroupArn }));
  expect(made).toMatchObject({
    TargetGroupName: Name,
    Protocol: "HTTP",
    ProtocolVersion: "HTTP1",
    Port: 9000,
    TargetType: "ip",
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: 30,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 5,
    UnhealthyThresholdCount: 2,
    HealthCheckPath: "/health",
    HealthCheckPort: "traffic-port",
    Matcher: { HttpCode: "200" },
  });
  await expect(network.elb.createTargetGroup({ ...request, Port: 9001 })).rejects.toMatchObject({
    name: "DuplicateTargetGroupNameException",
  });
});

test("DescribeTargetGroups: by ARN and by name, with the load balancers that use it", async () => {
  const { TargetGroups } = await network.elb.describeTargetGroups({ TargetGroupArns: [TargetGroupArn] });
  expect(TargetGroups).toMatchObject([{ TargetGroupArn, VpcId: network.vpcId }]);
  expect(TargetGroups?.[0]?.LoadBalancerArns ?? []).toEqual([]);
  const Names = [TargetGroups?.[0]?.TargetGroupName ?? ""];
  expect((await network.elb.describeTargetGroups({ Names })).TargetGroups).toHaveLength(1);
  await expect(network.elb.describeTargetGroups({ Names: [network.unique("tg")] })).rejects.toMatchObject({
    name: "TargetGroupNotFoundException",
  });
});

test("ModifyTargetGroup: changes the health check; what is not named stays", async () => {
  const change = { TargetGroupArn, HealthCheckIntervalSeconds: 20, Matcher: { HttpCode: "200-299" } };
  const { TargetGroups } = await network.elb.modifyTargetGroup(change);
  expect(TargetGroups).toMatchObject([
    { HealthCheckIntervalSeconds: 20, Matcher: { HttpCode: "200-299" }, HealthCheckTimeoutSeconds: 5 },
  ]);
});

test("ModifyTargetGroupAttributes: changes what is named; a value out of range is refused", async () => {
  const set = (Key: string, Value: string) =>
    network.elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes: [{ Key, Value }] });
  const { Attributes } = await set("deregistration_delay.timeout_seconds", "15");
  expect(Attributes).toContainEqual({ Key: "deregistration_delay.timeout_seconds", Value: "15" });
  await expect(set("deregistration_delay.timeout_seconds", "9999")).rejects.toMatchObject({
    name: expect.stringMatching(/^(ValidationError|InvalidConfigurationRequest)/),
  });
});

test("DescribeTargetGroupAttributes: every attribute with its value", async () => {
  const { Attributes } = await network.elb.describeTargetGroupAttributes({ TargetGroupArn });
  expect(Object.fromEntries(Attributes?.map(({ Key, Value }) => [Key, Value]) ?? [])).toMatchObject({
    "stickiness.enabled": "false",
    "stickiness.type": "lb_cookie",
    "slow_start.duration_seconds": "0",
    "load_balancing.algorithm.type": "round_robin",
  });
});

test("RegisterTargets: an address becomes a target, which is unused while no listener forwards to its group", async () => {
  await network.elb.registerTargets({ TargetGroupArn, Targets: [{ Id: ADDRESS, Port: 8080 }] });
  expect(await healthOf(TargetGroupArn, ADDRESS)).toMatchObject({ State: "unused", Reason: "Target.NotInUse" });
  const outside = network.elb.registerTargets({ TargetGroupArn, Targets: [{ Id: "not-an-address" }] });
  await expect(outside).rejects.toMatchObject({ name: expect.stringMatching(/^(ValidationError|InvalidTarget)/) });
});

test("DescribeTargetHealth: all targets or those asked for; a stranger is Target.NotRegistered", async () => {
  const { TargetHealthDescriptions } = await network.elb.describeTargetHealth({ TargetGroupArn });
  expect(TargetHealthDescriptions).toMatchObject([{ Target: { Id: ADDRESS, Port: 8080 }, HealthCheckPort: "8080" }]);
  expect(await healthOf(TargetGroupArn, "10.77.0.99")).toMatchObject({
    State: "unused",
    Reason: "Target.NotRegistered",
  });
});

test("DeregisterTargets: a target of a group in use drains; the others stay", async () => {
  const listener = await network.listener(await network.loadBalancer(), 18_976);
  const used = await network.targetGroup();
  const Actions = [forward([used, 1])];
  const Conditions = [{ Field: "path-pattern", Values: ["/drains"] }];
  const { Rules } = await network.elb.createRule({ ListenerArn: listener, Priority: 1, Conditions, Actions });
  network.later(() => network.elb.deleteRule({ RuleArn: Rules?.[0]?.RuleArn }));
  const Targets = ["10.77.0.30", "10.77.0.31"].map((Id) => ({ Id, Port: 8080 }));
  await network.elb.registerTargets({ TargetGroupArn: used, Targets });
  await network.elb.deregisterTargets({ TargetGroupArn: used, Targets: Targets.slice(0, 1) });
  expect((await healthOf(used, "10.77.0.30"))?.State).toMatch(/^(draining|unused)$/);
  expect((await healthOf(used, "10.77.0.31"))?.State).toMatch(/^(initial|unhealthy)$/);
});

test("DeleteTargetGroup: gone; one that a rule uses is ResourceInUse", async () => {
  const used = await network.targetGroup();
  const { Listeners } = await network.elb.createListener({
    LoadBalancerArn: await network.loadBalancer(),
    Port: 18_975,
    Protocol: "HTTP",
    DefaultActions: [forward([used, 1])],
  });
  await expect(network.elb.deleteTargetGroup({ TargetGroupArn: used })).rejects.toMatchObject({
    name: "ResourceInUseException",
  });
  await network.elb.deleteListener({ ListenerArn: Listeners?.[0]?.ListenerArn });
  await network.elb.deleteTargetGroup({ TargetGroupArn: used });
  await expect(network.elb.describeTargetGroups({ TargetGroupArns: [used] })).rejects.toMatchObject({
    name: "TargetGroupNotFoundException",
  });
});
