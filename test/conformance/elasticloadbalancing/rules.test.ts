import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fixedResponse, forward, Network } from "./network.ts";

let network: Network;
let ListenerArn = "";

beforeAll(async () => {
  network = await Network.start();
  ListenerArn = await network.listener(await network.loadBalancer(), 18_980);
});
afterAll(() => network.stop());

const priorities = async () => {
  const { Rules = [] } = await network.elb.describeRules({ ListenerArn });
  return Rules.map(({ Priority }) => Priority);
};

test("CreateRule: with every kind of condition, weights and stickiness of groups; a priority is used once", async () => {
  const [blue, green] = [await network.targetGroup(), await network.targetGroup()];
  const action = forward([blue, 90], [green, 10]);
  const request = {
    ListenerArn,
    Priority: 10,
    Conditions: [
      { Field: "path-pattern", PathPatternConfig: { Values: ["/api/*"] } },
      { Field: "host-header", HostHeaderConfig: { Values: ["api.example.com"] } },
      { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Team", Values: ["blue"] } },
      { Field: "http-request-method", HttpRequestMethodConfig: { Values: ["GET"] } },
      { Field: "source-ip", SourceIpConfig: { Values: ["10.0.0.0/8"] } },
    ],
    Actions: [
      {
        ...action,
        ForwardConfig: { ...action.ForwardConfig, TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 } },
      },
    ],
  };
  const { Rules } = await network.elb.createRule(request);
  const [made] = Rules ?? [];
  network.later(() => network.elb.deleteRule({ RuleArn: made?.RuleArn }));
  expect(made).toMatchObject({ Priority: "10", IsDefault: false });
  expect(made?.Conditions).toHaveLength(5);
  expect(made?.Actions?.[0]?.ForwardConfig).toMatchObject({
    TargetGroups: expect.arrayContaining([
      { TargetGroupArn: blue, Weight: 90 },
      { TargetGroupArn: green, Weight: 10 },
    ]),
    TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
  });
  await expect(network.elb.createRule(request)).rejects.toMatchObject({ name: "PriorityInUseException" });
});

test("DescribeRules: of a listener, by priority, the default last; by ARN", async () => {
  const RuleArn = await network.rule(ListenerArn, 5);
  expect((await priorities()).at(-1)).toBe("default");
  const { Rules } = await network.elb.describeRules({ RuleArns: [RuleArn] });
  expect(Rules).toMatchObject([{ RuleArn, Priority: "5", Conditions: [{ Field: "path-pattern", Values: ["/5"] }] }]);
});

test("ModifyRule: actions change, conditions stay, and the other way round", async () => {
  const RuleArn = await network.rule(ListenerArn, 20);
  const acted = await network.elb.modifyRule({ RuleArn, Actions: [fixedResponse("503")] });
  expect(acted.Rules?.[0]).toMatchObject({ Conditions: [{ Values: ["/20"] }] });
  expect(acted.Rules?.[0]?.Actions?.[0]?.FixedResponseConfig?.StatusCode).toBe("503");
  const moved = await network.elb.modifyRule({ RuleArn, Conditions: [{ Field: "path-pattern", Values: ["/moved"] }] });
  expect(moved.Rules?.[0]?.Conditions?.[0]?.Values).toEqual(["/moved"]);
  expect(moved.Rules?.[0]?.Actions?.[0]?.FixedResponseConfig?.StatusCode).toBe("503");
});

test("SetRulePriorities: rules change places at once", async () => {
  const [first, second] = [await network.rule(ListenerArn, 30), await network.rule(ListenerArn, 31)];
  const { Rules } = await network.elb.setRulePriorities({
    RulePriorities: [
      { RuleArn: first, Priority: 31 },
      { RuleArn: second, Priority: 30 },
    ],
  });
  expect(Object.fromEntries(Rules?.map(({ RuleArn, Priority }) => [RuleArn, Priority]) ?? [])).toEqual({
    [first]: "31",
    [second]: "30",
  });
});

test("DeleteRule: gone; the default rule cannot be deleted", async () => {
  const RuleArn = await network.rule(ListenerArn, 40);
  await network.elb.deleteRule({ RuleArn });
  expect(await priorities()).not.toContain("40");
  const { Rules } = await network.elb.describeRules({ ListenerArn });
  const fallback = Rules?.find(({ IsDefault }) => IsDefault)?.RuleArn;
  await expect(network.elb.deleteRule({ RuleArn: fallback })).rejects.toMatchObject({
    name: "OperationNotPermittedException",
  });
});
