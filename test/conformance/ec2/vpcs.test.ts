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

test("DescribeRegions: holds the one we are in", async () => {
  const region = await client.config.region();
  const { Regions } = await client.describeRegions({});
  expect(Regions?.map(({ RegionName }) => RegionName)).toContain(region);
});

test("DescribeAvailabilityZones: of the region, available", async () => {
  const { AvailabilityZones = [] } = await client.describeAvailabilityZones({});
  const region = await client.config.region();
  expect(AvailabilityZones.length).toBeGreaterThanOrEqual(2);
  expect(AvailabilityZones.every(({ ZoneName = "", State }) => ZoneName.startsWith(region) && State)).toBe(true);
});

test("CreateVpc: available with its block; a block that is too large is refused", () =>
  networks.withVpc(async (VpcId) => {
    const { Vpcs } = await client.describeVpcs({ VpcIds: [VpcId] });
    expect(Vpcs?.[0]).toMatchObject({ CidrBlock: "10.0.0.0/16", IsDefault: false });
    await expect(client.createVpc({ CidrBlock: "10.0.0.0/8" })).rejects.toMatchObject(named("InvalidVpc.Range"));
  }));

test("DescribeVpcs: by filter; an unknown id is an error", () =>
  networks.withVpc(async (VpcId) => {
    const { Vpcs } = await client.describeVpcs({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] });
    expect(Vpcs).toHaveLength(1);
    await expect(client.describeVpcs({ VpcIds: ["vpc-00000000000000000"] })).rejects.toMatchObject(
      named("InvalidVpcID.NotFound"),
    );
  }));

const dnsHostnames = async (VpcId: string) =>
  (await client.describeVpcAttribute({ VpcId, Attribute: "enableDnsHostnames" })).EnableDnsHostnames?.Value;

test("DescribeVpcAttribute: no host names in a new VPC", () =>
  networks.withVpc(async (VpcId) => {
    expect(await dnsHostnames(VpcId)).toBe(false);
  }));

test("ModifyVpcAttribute: is what comes back", () =>
  networks.withVpc(async (VpcId) => {
    await client.modifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } });
    expect(await dnsHostnames(VpcId)).toBe(true);
  }));

test("DeleteVpc: not while something is in it", () =>
  networks.withSubnet(async (_, VpcId) => {
    await expect(client.deleteVpc({ VpcId })).rejects.toMatchObject(named("DependencyViolation"));
  }));

test("CreateSubnet: inside the VPC, beside the others", () =>
  networks.withSubnet(async (SubnetId, VpcId) => {
    const create = (CidrBlock: string) => client.createSubnet({ VpcId, CidrBlock });
    await expect(create("10.0.1.128/25")).rejects.toMatchObject(named("InvalidSubnet.Conflict"));
    await expect(create("10.9.0.0/24")).rejects.toMatchObject(named("InvalidSubnet.Range"));
    expect(SubnetId).toMatch(/^subnet-/);
  }));

test("DescribeSubnets: five addresses of a block are taken", () =>
  networks.withSubnet(async (SubnetId) => {
    const { Subnets } = await client.describeSubnets({ SubnetIds: [SubnetId] });
    expect(Subnets?.[0]).toMatchObject({ CidrBlock: "10.0.1.0/24", AvailableIpAddressCount: 251 });
  }));

test("ModifySubnetAttribute: public addresses at launch", () =>
  networks.withSubnet(async (SubnetId) => {
    await client.modifySubnetAttribute({ SubnetId, MapPublicIpOnLaunch: { Value: true } });
    const { Subnets } = await client.describeSubnets({ SubnetIds: [SubnetId] });
    expect(Subnets?.[0]?.MapPublicIpOnLaunch).toBe(true);
  }));

test("DeleteSubnet: an unknown one is an error", async () => {
  await expect(client.deleteSubnet({ SubnetId: "subnet-00000000000000000" })).rejects.toMatchObject(
    named("InvalidSubnetID.NotFound"),
  );
});

test("CreateTags: are found with what they are on", () =>
  networks.withVpc(async (VpcId) => {
    const Name = target.unique("name");
    await client.createTags({ Resources: [VpcId], Tags: [{ Key: "Name", Value: Name }] });
    const { Vpcs } = await client.describeVpcs({ Filters: [{ Name: "tag:Name", Values: [Name] }] });
    expect(Vpcs?.map((vpc) => vpc.VpcId)).toEqual([VpcId]);
  }));

const tagsOf = async (id: string) =>
  (await client.describeTags({ Filters: [{ Name: "resource-id", Values: [id] }] })).Tags;

test("DescribeTags: key, value and kind of resource", () =>
  networks.withVpc(async (VpcId) => {
    await client.createTags({ Resources: [VpcId], Tags: [{ Key: "a", Value: "b" }] });
    expect(await tagsOf(VpcId)).toEqual([{ Key: "a", Value: "b", ResourceId: VpcId, ResourceType: "vpc" }]);
  }));

test("DeleteTags: by key", () =>
  networks.withVpc(async (VpcId) => {
    await client.createTags({ Resources: [VpcId], Tags: [{ Key: "a", Value: "b" }] });
    await client.deleteTags({ Resources: [VpcId], Tags: [{ Key: "a" }] });
    expect(await tagsOf(VpcId)).toEqual([]);
  }));

/** A network interface that is gone after the test. */
const withInterface = (run: (NetworkInterfaceId: string) => Promise<void>) =>
  networks.withSubnet(async (SubnetId) => {
    const { NetworkInterface } = await client.createNetworkInterface({ SubnetId, Description: "of a test" });
    const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? "";
    try {
      await run(NetworkInterfaceId);
    } finally {
      await client.deleteNetworkInterface({ NetworkInterfaceId }).catch(() => undefined);
    }
  });

test("CreateNetworkInterface: has an address of its subnet", () =>
  withInterface(async (id) => {
    const { NetworkInterfaces } = await client.describeNetworkInterfaces({ NetworkInterfaceIds: [id] });
    expect(NetworkInterfaces?.[0]?.PrivateIpAddress).toMatch(/^10\.0\.1\.\d+$/);
  }));

test("DescribeNetworkInterfaces: what it is for", () =>
  withInterface(async (id) => {
    const { NetworkInterfaces } = await client.describeNetworkInterfaces({ NetworkInterfaceIds: [id] });
    expect(NetworkInterfaces?.[0]).toMatchObject({ Description: "of a test", NetworkInterfaceId: id });
  }));

test("DeleteNetworkInterface: is gone", () =>
  withInterface(async (NetworkInterfaceId) => {
    await client.deleteNetworkInterface({ NetworkInterfaceId });
    const found = client.describeNetworkInterfaces({ NetworkInterfaceIds: [NetworkInterfaceId] });
    await expect(found).rejects.toMatchObject(named("InvalidNetworkInterfaceID.NotFound"));
  }));
