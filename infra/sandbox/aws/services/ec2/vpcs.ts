import type { EC2, Vpc } from "@aws-sdk/client-ec2";
import { AwsError, type Operations } from "../../kernel.ts";
import { parseBlock } from "./cidr.ts";
import { all, dependency, describe, get, type Network, type StoredVpc, tagsFor } from "./network.ts";
import { addGroup } from "./security-groups.ts";

/** VPCs with what AWS makes along with them: a main route table and a default security group. */
const shown = ({ dnsSupport: _, dnsHostnames: __, ...vpc }: StoredVpc): Vpc => vpc;

function checkBlock(cidr: string): void {
  const block = parseBlock(cidr);
  if (!block)
    throw new AwsError(
      "InvalidParameterValue",
      `Value (${cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  if (block.prefix < 16 || block.prefix > 28)
    throw new AwsError("InvalidVpc.Range", `The CIDR '${cidr}' is invalid: its length must be between /16 and /28.`);
}

function addMainTable(network: Network, vpcId: string, cidr: string): void {
  const id = network.newId("rtb");
  const association = {
    Main: true,
    RouteTableAssociationId: network.newId("rtbassoc"),
    RouteTableId: id,
    AssociationState: { State: "associated" as const },
  };
  const local = {
    DestinationCidrBlock: cidr,
    GatewayId: "local",
    Origin: "CreateRouteTable" as const,
    State: "active" as const,
  };
  network.routeTables.items.set(id, {
    RouteTableId: id,
    VpcId: vpcId,
    OwnerId: network.account,
    Routes: [local],
    Associations: [association],
    PropagatingVgws: [],
    Tags: [],
  });
}

/** Names what still uses the VPC, in the order in which one would delete it. */
function dependents(network: Network, vpcId: string): string[] {
  const of = <T>(items: T[], vpc: (item: T) => string | undefined, id: (item: T) => string | undefined) =>
    items.filter((item) => vpc(item) === vpcId).map((item) => id(item) ?? "");
  return [
    ...of(
      all(network.natGateways).filter(({ State }) => State !== "deleted"),
      ({ VpcId }) => VpcId,
      ({ NatGatewayId }) => NatGatewayId,
    ),
    ...of(
      all(network.endpoints),
      ({ VpcId }) => VpcId,
      ({ VpcEndpointId }) => VpcEndpointId,
    ),
    ...of(
      all(network.interfaces),
      ({ VpcId }) => VpcId,
      ({ NetworkInterfaceId }) => NetworkInterfaceId,
    ),
    ...of(
      all(network.subnets),
      ({ VpcId }) => VpcId,
      ({ SubnetId }) => SubnetId,
    ),
    ...of(
      all(network.internetGateways),
      ({ Attachments }) => Attachments?.[0]?.VpcId,
      ({ InternetGatewayId }) => InternetGatewayId,
    ),
    ...of(
      all(network.routeTables).filter(({ Associations }) => !Associations?.some(({ Main }) => Main)),
      ({ VpcId }) => VpcId,
      ({ RouteTableId }) => RouteTableId,
    ),
    ...of(
      all(network.groups).filter(({ group }) => group.GroupName !== "default"),
      ({ group }) => group.VpcId,
      ({ group }) => group.GroupId,
    ),
  ];
}

function removeDefaults(network: Network, vpcId: string): void {
  for (const { RouteTableId = "", VpcId } of all(network.routeTables))
    if (VpcId === vpcId) network.routeTables.items.delete(RouteTableId);
  for (const { group } of all(network.groups))
    if (group.VpcId === vpcId) network.groups.items.delete(group.GroupId ?? "");
}

export function vpcs(network: Network): Operations<EC2> {
  return {
    CreateVpc: ({ CidrBlock = "", InstanceTenancy = "default", TagSpecifications }) => {
      checkBlock(CidrBlock);
      const VpcId = network.newId("vpc");
      const block = {
        AssociationId: network.newId("vpc-cidr-assoc"),
        CidrBlock,
        CidrBlockState: { State: "associated" as const },
      };
      const vpc: StoredVpc = {
        VpcId,
        CidrBlock,
        InstanceTenancy,
        State: "available",
        IsDefault: false,
        OwnerId: network.account,
        DhcpOptionsId: "default",
        CidrBlockAssociationSet: [block],
        Ipv6CidrBlockAssociationSet: [],
        Tags: tagsFor(TagSpecifications, "vpc"),
        dnsSupport: true,
        dnsHostnames: false,
      };
      network.vpcs.items.set(VpcId, vpc);
      addMainTable(network, VpcId, CidrBlock);
      addGroup(network, { name: "default", description: "default VPC security group", vpcId: VpcId, tags: [] });
      return { Vpc: shown(vpc) };
    },
    DescribeVpcs: ({ VpcIds, Filters, NextToken, MaxResults }) => {
      const { items, nextToken } = describe(network.vpcs, {
        ids: VpcIds,
        filters: Filters,
        token: NextToken,
        limit: MaxResults,
      });
      return { Vpcs: items.map(shown), NextToken: nextToken };
    },
    ModifyVpcAttribute: ({ VpcId, EnableDnsHostnames, EnableDnsSupport }) => {
      const vpc = get(network.vpcs, VpcId);
      vpc.dnsHostnames = EnableDnsHostnames?.Value ?? vpc.dnsHostnames;
      vpc.dnsSupport = EnableDnsSupport?.Value ?? vpc.dnsSupport;
      return {};
    },
    DescribeVpcAttribute: ({ VpcId, Attribute }) => {
      const { dnsSupport, dnsHostnames } = get(network.vpcs, VpcId);
      if (Attribute === "enableDnsSupport") return { VpcId, EnableDnsSupport: { Value: dnsSupport } };
      if (Attribute === "enableDnsHostnames") return { VpcId, EnableDnsHostnames: { Value: dnsHostnames } };
      return { VpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
    },
    DeleteVpc: ({ VpcId = "" }) => {
      get(network.vpcs, VpcId);
      const used = dependents(network, VpcId);
      if (used.length > 0)
        throw dependency(`The vpc '${VpcId}' has dependencies and cannot be deleted: ${used.join(", ")}.`);
      removeDefaults(network, VpcId);
      network.vpcs.items.delete(VpcId);
      return {};
    },
  };
}
