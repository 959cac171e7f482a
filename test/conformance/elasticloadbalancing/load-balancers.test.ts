import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Network } from "./network.ts";

let network: Network;
let LoadBalancerArn = "";

beforeAll(async () => {
  network = await Network.start();
  LoadBalancerArn = await network.loadBalancer();
});
afterAll(() => network.stop());

test("CreateLoadBalancer: an application load balancer over two zones; again with the same settings it is the same", async () => {
  const Name = network.unique("lb");
  const request = { Name, Scheme: "internal" as const, Subnets: [...network.subnets] };
  const { LoadBalancers } = await network.elb.createLoadBalancer(request);
  const [made] = LoadBalancers ?? [];
  network.later(() => network.elb.deleteLoadBalancer({ LoadBalancerArn: made?.LoadBalancerArn }));
  expect(made).toMatchObject({
    LoadBalancerName: Name,
    Scheme: "internal",
    Type: "application",
    IpAddressType: "ipv4",
    VpcId: network.vpcId,
    LoadBalancerArn: expect.stringMatching(`^arn:aws:elasticloadbalancing:.*:loadbalancer/app/${Name}/[0-9a-f]{16}$`),
  });
  expect(made?.AvailabilityZones?.map(({ SubnetId }) => SubnetId).sort()).toEqual([...network.subnets].sort());
  const again = await network.elb.createLoadBalancer(request);
  expect(again.LoadBalancers?.[0]?.LoadBalancerArn).toBe(made?.LoadBalancerArn);
  const one = network.elb.createLoadBalancer({ Name: network.unique("lb"), Subnets: network.subnets.slice(0, 1) });
  await expect(one).rejects.toMatchObject({ name: expect.stringMatching(/^(ValidationError|InvalidSubnet)/) });
});

test("DescribeLoadBalancers: by ARN and by name; one that is not there is LoadBalancerNotFound", async () => {
  const { LoadBalancers } = await network.elb.describeLoadBalancers({ LoadBalancerArns: [LoadBalancerArn] });
  const [found] = LoadBalancers ?? [];
  expect(found).toMatchObject({ LoadBalancerArn, CreatedTime: expect.any(Date), DNSName: expect.any(String) });
  const byName = await network.elb.describeLoadBalancers({ Names: [found?.LoadBalancerName ?? ""] });
  expect(byName.LoadBalancers?.map((one) => one.LoadBalancerArn)).toEqual([LoadBalancerArn]);
  await expect(network.elb.describeLoadBalancers({ Names: [network.unique("lb")] })).rejects.toMatchObject({
    name: "LoadBalancerNotFoundException",
  });
});

test("ModifyLoadBalancerAttributes: changes what is named and nothing else; an unknown key is refused", async () => {
  const Attributes = [{ Key: "idle_timeout.timeout_seconds", Value: "75" }];
  const { Attributes: after } = await network.elb.modifyLoadBalancerAttributes({ LoadBalancerArn, Attributes });
  expect(after).toContainEqual({ Key: "idle_timeout.timeout_seconds", Value: "75" });
  const unknown = { LoadBalancerArn, Attributes: [{ Key: "no.such.attribute", Value: "1" }] };
  await expect(network.elb.modifyLoadBalancerAttributes(unknown)).rejects.toMatchObject({
    name: expect.stringMatching(/^(ValidationError|InvalidConfigurationRequest)/),
  });
});

test("DescribeLoadBalancerAttributes: every attribute with AWS's default", async () => {
  const { Attributes } = await network.elb.describeLoadBalancerAttributes({ LoadBalancerArn });
  const found = new Map(Attributes?.map(({ Key, Value }) => [Key, Value]));
  expect(Object.fromEntries(found)).toMatchObject({
    "access_logs.s3.enabled": "false",
    "deletion_protection.enabled": "false",
    "routing.http2.enabled": "true",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "client_keep_alive.seconds": "3600",
  });
});

test("SetSecurityGroups: replaces the groups of a load balancer", async () => {
  const group = await network.securityGroup();
  const { SecurityGroupIds } = await network.elb.setSecurityGroups({ LoadBalancerArn, SecurityGroups: [group] });
  expect(SecurityGroupIds).toEqual([group]);
  const { LoadBalancers } = await network.elb.describeLoadBalancers({ LoadBalancerArns: [LoadBalancerArn] });
  expect(LoadBalancers?.[0]?.SecurityGroups).toEqual([group]);
});

test("SetSubnets: names the zones of a load balancer anew", async () => {
  const { AvailabilityZones } = await network.elb.setSubnets({ LoadBalancerArn, Subnets: [...network.subnets] });
  expect(AvailabilityZones?.map(({ SubnetId }) => SubnetId).sort()).toEqual([...network.subnets].sort());
});

test("SetIpAddressType: the type that a load balancer has can be set again", async () => {
  const { IpAddressType } = await network.elb.setIpAddressType({ LoadBalancerArn, IpAddressType: "ipv4" });
  expect(IpAddressType).toBe("ipv4");
});

test("DeleteLoadBalancer: it is gone; deletion protection keeps it; deleting what is gone succeeds", async () => {
  const doomed = await network.loadBalancer();
  const protect = (Value: string) =>
    network.elb.modifyLoadBalancerAttributes({
      LoadBalancerArn: doomed,
      Attributes: [{ Key: "deletion_protection.enabled", Value }],
    });
  await protect("true");
  await expect(network.elb.deleteLoadBalancer({ LoadBalancerArn: doomed })).rejects.toMatchObject({
    name: "OperationNotPermittedException",
  });
  await protect("false");
  await network.elb.deleteLoadBalancer({ LoadBalancerArn: doomed });
  await expect(network.elb.describeLoadBalancers({ LoadBalancerArns: [doomed] })).rejects.toMatchObject({
    name: "LoadBalancerNotFoundException",
  });
  await network.elb.deleteLoadBalancer({ LoadBalancerArn: doomed });
});

test("DescribeAccountLimits: the quotas of an account", async () => {
  const { Limits } = await network.elb.describeAccountLimits({ PageSize: 100 });
  expect(Limits?.map(({ Name }) => Name)).toEqual(
    expect.arrayContaining(["application-load-balancers", "target-groups", "rules-per-application-load-balancer"]),
  );
});
