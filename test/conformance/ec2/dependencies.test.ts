import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ec2 } from "../../../infra/sandbox/aws/services/ec2/service.ts";
import { type Harness, startHarness } from "../harness.ts";

let sandbox: Harness;
let client: EC2Client;
let VpcId: string;
beforeAll(async () => {
  sandbox = await startHarness([ec2]);
  client = new EC2Client(sandbox.config);
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  VpcId = Vpc?.VpcId ?? "";
});
afterAll(() => sandbox.stop());

const subnet = async (CidrBlock: string, AvailabilityZone = "us-east-1a") =>
  (await client.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }))).Subnet?.SubnetId ?? "";

describe("VPCs and subnets", () => {
  test("are found by tags and filters; an unknown filter is refused", async () => {
    await client.send(new CreateTagsCommand({ Resources: [VpcId], Tags: [{ Key: "Name", Value: "fleet-1" }] }));
    const find = async (Name: string, value: string) =>
      (await client.send(new DescribeVpcsCommand({ Filters: [{ Name, Values: [value] }] }))).Vpcs?.length;
    expect([
      await find("tag:Name", "fleet-*"),
      await find("tag:Name", "other"),
      await find("is-default", "false"),
    ]).toEqual([1, 0, 1]);
    await expect(find("colour", "red")).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });

  test("refuse overlaps, strangers and wrong sizes", async () => {
    await subnet("10.0.0.0/24");
    await expect(subnet("10.0.0.128/25")).rejects.toMatchObject({ name: "InvalidSubnet.Conflict" });
    await expect(subnet("10.1.0.0/24")).rejects.toMatchObject({ name: "InvalidSubnet.Range" });
    await expect(subnet("10.0.9.0/24", "eu-west-1a")).rejects.toMatchObject({ name: "InvalidParameterValue" });
    const unknown = client.send(new CreateSubnetCommand({ VpcId: "vpc-1", CidrBlock: "10.0.0.0/24" }));
    await expect(unknown).rejects.toMatchObject({ name: "InvalidVpcID.NotFound" });
    await expect(client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/8" }))).rejects.toMatchObject({
      name: "InvalidVpc.Range",
    });
    const { Subnets } = await client.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] }),
    );
    expect(
      Subnets?.map(({ AvailableIpAddressCount, AvailabilityZoneId }) => [AvailableIpAddressCount, AvailabilityZoneId]),
    ).toEqual([[251, "use1-az1"]]);
  });

  test("a dry run changes nothing", async () => {
    const dry = client.send(new DeleteVpcCommand({ VpcId, DryRun: true }));
    await expect(dry).rejects.toMatchObject({ name: "DryRunOperation" });
    expect((await client.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))).Vpcs).toHaveLength(1);
  });
});

test("ways out: gateways, routes, endpoints, and what depends on them", async () => {
  const SubnetId = await subnet("10.0.1.0/24");
  const { AllocationId } = await client.send(new AllocateAddressCommand({}));
  const createNat = () => client.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
  await expect(createNat()).rejects.toMatchObject({ name: "Gateway.NotAttached" });
  const { InternetGateway } = await client.send(new CreateInternetGatewayCommand({}));
  const GatewayId = InternetGateway?.InternetGatewayId;
  const { RouteTable } = await client.send(new CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable?.RouteTableId;
  const route = (DestinationCidrBlock: string, target: object) =>
    client.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock, ...target }));
  await expect(route("0.0.0.0/0", { GatewayId })).rejects.toMatchObject({ name: "InvalidParameterValue" });
  await client.send(new AttachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId }));
  await route("0.0.0.0/0", { GatewayId });
  await expect(route("0.0.0.0/0", { GatewayId })).rejects.toMatchObject({ name: "RouteAlreadyExists" });
  await expect(route("1.0.0.0/8", {})).rejects.toMatchObject({ name: "InvalidParameterCombination" });
  const { NatGateway } = await createNat();
  expect(NatGateway?.NatGatewayAddresses?.[0]?.PublicIp).toMatch(/^203\.0\.113\./);
  await client.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  const filter = [{ Name: "association.subnet-id", Values: [SubnetId] }];
  const { RouteTables } = await client.send(new DescribeRouteTablesCommand({ Filters: filter }));
  expect(RouteTables?.[0]?.Routes?.map(({ GatewayId: id }) => id)).toEqual(["local", GatewayId]);
  const endpoint = { VpcId, ServiceName: "com.amazonaws.us-east-1.s3", RouteTableIds: [RouteTableId ?? ""] };
  expect((await client.send(new CreateVpcEndpointCommand(endpoint))).VpcEndpoint?.VpcEndpointType).toBe("Gateway");
  await expect(client.send(new DeleteSubnetCommand({ SubnetId }))).rejects.toMatchObject({
    name: "DependencyViolation",
  });
  await expect(client.send(new DeleteVpcCommand({ VpcId }))).rejects.toMatchObject({ name: "DependencyViolation" });
});

describe("security groups", () => {
  const create = async (GroupName: string) =>
    (await client.send(new CreateSecurityGroupCommand({ GroupName, Description: "d", VpcId }))).GroupId ?? "";
  const describeGroup = async (id: string) =>
    (await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))).SecurityGroups?.[0];

  test("rules are added, grouped, refused twice, revoked", async () => {
    const GroupId = await create("web");
    await expect(create("web")).rejects.toMatchObject({ name: "InvalidGroup.Duplicate" });
    const IpPermissions = [
      { IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "10.0.0.0/8" }, { CidrIp: "11.0.0.0/8" }] },
    ];
    await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    const again = client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    await expect(again).rejects.toMatchObject({ name: "InvalidPermission.Duplicate" });
    const group = await describeGroup(GroupId);
    expect(group?.IpPermissions).toHaveLength(1);
    expect(group?.IpPermissions?.[0]?.IpRanges?.map(({ CidrIp }) => CidrIp)).toEqual(["10.0.0.0/8", "11.0.0.0/8"]);
    expect(group?.IpPermissionsEgress?.[0]?.IpProtocol).toBe("-1");
    const all = { GroupId, IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }] };
    await client.send(new RevokeSecurityGroupEgressCommand(all));
    await expect(client.send(new RevokeSecurityGroupEgressCommand(all))).rejects.toMatchObject({
      name: "InvalidPermission.NotFound",
    });
  });

  test("stay while a rule or an interface uses them", async () => {
    const [used, user] = [await create("used"), await create("user")];
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: 1, ToPort: 2, UserIdGroupPairs: [{ GroupId: used }] }];
    await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: user, IpPermissions }));
    const SubnetId = await subnet("10.0.2.0/24");
    const created = await client.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups: [user] }));
    const id = created.NetworkInterface?.NetworkInterfaceId ?? "";
    await client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "a", Value: "b" }] }));
    const { NetworkInterfaces } = await client.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
    );
    expect(NetworkInterfaces?.[0]).toMatchObject({ PrivateIpAddress: "10.0.2.4", TagSet: [{ Key: "a", Value: "b" }] });
    for (const GroupId of [used, user])
      await expect(client.send(new DeleteSecurityGroupCommand({ GroupId }))).rejects.toMatchObject({
        name: "DependencyViolation",
      });
  });
});

test("a whole VPC can be deleted again", async () => {
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  await client.send(new DeleteVpcCommand({ VpcId: Vpc?.VpcId }));
  const gone = client.send(new DescribeVpcsCommand({ VpcIds: [Vpc?.VpcId ?? ""] }));
  await expect(gone).rejects.toMatchObject({ name: "InvalidVpcID.NotFound" });
  const Filters = [{ Name: "vpc-id", Values: [Vpc?.VpcId ?? ""] }];
  expect((await client.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups).toEqual([]);
});
