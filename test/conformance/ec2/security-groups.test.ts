import { EC2 } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ec2 } from "../../../infra/sandbox/aws/services/ec2/service.ts";
import { startTarget, type Target } from "../target.ts";
import { Networks } from "./networks.ts";

let target: Target;
let client: EC2;
const networks = new Networks(() => client);
beforeAll(async () => {
  target = await startTarget([ec2]);
  client = new EC2(target.config);
});
afterAll(() => target.stop());

const named = (name: string) => ({ name });
const HTTP = [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }];
const EVERYTHING = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];

const group = async (GroupId: string) =>
  (await client.describeSecurityGroups({ GroupIds: [GroupId] })).SecurityGroups?.[0];

test("CreateSecurityGroup: lets everything out and nothing in", () =>
  networks.withGroup(async (GroupId) => {
    const found = await group(GroupId);
    expect(found?.IpPermissions).toEqual([]);
    expect(found?.IpPermissionsEgress).toMatchObject(EVERYTHING);
  }));

test("DescribeSecurityGroups: by name within a VPC", () =>
  networks.withGroup(async (GroupId, VpcId) => {
    const Filters = [
      { Name: "vpc-id", Values: [VpcId] },
      { Name: "group-name", Values: ["g"] },
    ];
    const { SecurityGroups } = await client.describeSecurityGroups({ Filters });
    expect(SecurityGroups?.map((found) => found.GroupId)).toEqual([GroupId]);
  }));

test("AuthorizeSecurityGroupIngress: a rule, once", () =>
  networks.withGroup(async (GroupId) => {
    await client.authorizeSecurityGroupIngress({ GroupId, IpPermissions: HTTP });
    expect((await group(GroupId))?.IpPermissions).toMatchObject(HTTP);
    const again = client.authorizeSecurityGroupIngress({ GroupId, IpPermissions: HTTP });
    await expect(again).rejects.toMatchObject(named("InvalidPermission.Duplicate"));
  }));

test("RevokeSecurityGroupIngress: the rule is gone", () =>
  networks.withGroup(async (GroupId) => {
    await client.authorizeSecurityGroupIngress({ GroupId, IpPermissions: HTTP });
    await client.revokeSecurityGroupIngress({ GroupId, IpPermissions: HTTP });
    expect((await group(GroupId))?.IpPermissions).toEqual([]);
  }));

test("AuthorizeSecurityGroupEgress: one more way out", () =>
  networks.withGroup(async (GroupId) => {
    await client.authorizeSecurityGroupEgress({ GroupId, IpPermissions: HTTP });
    expect((await group(GroupId))?.IpPermissionsEgress).toHaveLength(2);
  }));

test("RevokeSecurityGroupEgress: nothing gets out", () =>
  networks.withGroup(async (GroupId) => {
    await client.revokeSecurityGroupEgress({ GroupId, IpPermissions: EVERYTHING });
    expect((await group(GroupId))?.IpPermissionsEgress).toEqual([]);
  }));

test("DescribeSecurityGroupRules: each rule with its id", () =>
  networks.withGroup(async (GroupId) => {
    await client.authorizeSecurityGroupIngress({ GroupId, IpPermissions: HTTP });
    const Filters = [{ Name: "group-id", Values: [GroupId] }];
    const { SecurityGroupRules } = await client.describeSecurityGroupRules({ Filters });
    const ingress = SecurityGroupRules?.find(({ IsEgress }) => !IsEgress);
    expect(ingress).toMatchObject({ FromPort: 80, CidrIpv4: "10.0.0.0/8", GroupId });
    expect(ingress?.SecurityGroupRuleId).toMatch(/^sgr-/);
  }));

test("DeleteSecurityGroup: not while another one names it", () =>
  networks.withGroup(async (GroupId, VpcId) => {
    const other = await client.createSecurityGroup({ GroupName: "other", Description: "other", VpcId });
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId }] }];
    await client.authorizeSecurityGroupIngress({ GroupId: other.GroupId, IpPermissions });
    await expect(client.deleteSecurityGroup({ GroupId })).rejects.toMatchObject(named("DependencyViolation"));
    await client.deleteSecurityGroup({ GroupId: other.GroupId });
    await client.deleteSecurityGroup({ GroupId });
    await expect(group(GroupId)).rejects.toMatchObject(named("InvalidGroup.NotFound"));
  }));
