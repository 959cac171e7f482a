import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fixedResponse, forward, Network } from "./network.ts";

let network: Network;
let LoadBalancerArn = "";
let ListenerArn = "";

beforeAll(async () => {
  network = await Network.start();
  LoadBalancerArn = await network.loadBalancer();
  ListenerArn = await network.listener(LoadBalancerArn);
});
afterAll(() => network.stop());

test("CreateListener: with its default rule; a second one on the same port is refused", async () => {
  const group = await network.targetGroup();
  const request = { LoadBalancerArn, Port: 18_978, Protocol: "HTTP", DefaultActions: [forward([group, 1])] } as const;
  const { Listeners } = await network.elb.createListener({ ...request, DefaultActions: [...request.DefaultActions] });
  const [made] = Listeners ?? [];
  network.later(() => network.elb.deleteListener({ ListenerArn: made?.ListenerArn }));
  expect(made).toMatchObject({
    LoadBalancerArn,
    Protocol: "HTTP",
    DefaultActions: [{ Type: "forward", TargetGroupArn: group }],
  });
  expect(made?.ListenerArn).toMatch(/:listener\/app\/.+\/[0-9a-f]{16}\/[0-9a-f]{16}$/);
  const twice = network.elb.createListener({ ...request, DefaultActions: [fixedResponse("404")] });
  await expect(twice).rejects.toMatchObject({ name: "DuplicateListenerException" });
});

test("DescribeListeners: of a load balancer and by ARN", async () => {
  const { Listeners } = await network.elb.describeListeners({ LoadBalancerArn });
  expect(Listeners?.map((one) => one.ListenerArn)).toContain(ListenerArn);
  const byArn = await network.elb.describeListeners({ ListenerArns: [ListenerArn] });
  expect(byArn.Listeners).toMatchObject([{ ListenerArn, Protocol: "HTTP" }]);
});

test("ModifyListener: the default action changes, and with it the default rule", async () => {
  await network.elb.modifyListener({ ListenerArn, DefaultActions: [fixedResponse("410")] });
  const { Rules } = await network.elb.describeRules({ ListenerArn });
  expect(Rules?.find(({ IsDefault }) => IsDefault)?.Actions?.[0]?.FixedResponseConfig?.StatusCode).toBe("410");
});

test("ModifyListenerAttributes: headers that a listener adds and hides", async () => {
  const Key = "routing.http.response.x_frame_options.header_value";
  const { Attributes } = await network.elb.modifyListenerAttributes({
    ListenerArn,
    Attributes: [{ Key, Value: "DENY" }],
  });
  expect(Attributes).toContainEqual({ Key, Value: "DENY" });
});

test("DescribeListenerAttributes: every attribute with its value", async () => {
  const { Attributes } = await network.elb.describeListenerAttributes({ ListenerArn });
  expect(Attributes).toContainEqual({ Key: "routing.http.response.server.enabled", Value: "true" });
});

test("DescribeListenerCertificates: a listener without TLS has none", async () => {
  const { Certificates } = await network.elb.describeListenerCertificates({ ListenerArn });
  expect(Certificates ?? []).toEqual([]);
});

test("DeleteListener: gone with its rules", async () => {
  const doomed = await network.listener(LoadBalancerArn, 18_979);
  const RuleArn = await network.rule(doomed, 1);
  await network.elb.deleteListener({ ListenerArn: doomed });
  await expect(network.elb.describeListeners({ ListenerArns: [doomed] })).rejects.toMatchObject({
    name: "ListenerNotFoundException",
  });
  await expect(network.elb.describeRules({ RuleArns: [RuleArn] })).rejects.toMatchObject({
    name: "RuleNotFoundException",
  });
});
