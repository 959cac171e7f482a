import type { EC2, Subnet } from "@aws-sdk/client-ec2";
import { AwsError, type Operations } from "../../kernel.ts";
import { addressIn, contains, overlaps, parseBlock } from "./cidr.ts";
import { all, dependency, describe, get, invalidValue, type Network, tagsFor } from "./network.ts";

/** Subnets and the interfaces in them. */
export const zonesOf = (region: string): string[] => ["a", "b", "c"].map((letter) => `${region}${letter}`);

/** `us-east-1a` → `use1-az1`. */
export function zoneId(zone: string): string {
  const [area = "", direction = "", number = ""] = zone.slice(0, -1).split("-");
  return `${area}${direction.charAt(0)}${number}-az${zone.charCodeAt(zone.length - 1) - 96}`;
}

function checkedBlock(network: Network, vpcId: string, vpcCidr: string, cidr: string) {
  const [block, outer] = [parseBlock(cidr), parseBlock(vpcCidr)];
  if (!block || !outer)
    throw invalidValue(`Value (${cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  if (block.prefix < 16 || block.prefix > 28 || !contains(outer, block))
    throw new AwsError(
      "InvalidSubnet.Range",
      `The CIDR '${cidr}' is invalid: it must lie in ${vpcCidr} and be between /16 and /28.`,
    );
  const other = all(network.subnets).find((subnet) => {
    const taken = parseBlock(subnet.CidrBlock ?? "");
    return subnet.VpcId === vpcId && taken !== undefined && overlaps(taken, block);
  });
  if (other)
    throw new AwsError(
      "InvalidSubnet.Conflict",
      `The CIDR '${cidr}' conflicts with another subnet: ${other.SubnetId} ${other.CidrBlock}`,
    );
  return block;
}

/** AWS keeps five addresses of every subnet for itself. */
const reserved = 5;

function freeAddress(network: Network, subnet: Subnet): string {
  const block = parseBlock(subnet.CidrBlock ?? "");
  const taken = new Set(all(network.interfaces).map(({ PrivateIpAddress }) => PrivateIpAddress));
  for (let offset = 4; block && offset < block.size - 1; offset++) {
    const address = addressIn(block, offset);
    if (!taken.has(address)) return address;
  }
  throw new AwsError("InsufficientFreeAddressesInSubnet", `The subnet '${subnet.SubnetId}' has no free address.`);
}

export function subnets(network: Network): Operations<EC2> {
  return {
    CreateSubnet: ({ VpcId = "", CidrBlock = "", AvailabilityZone, TagSpecifications }) => {
      const vpc = get(network.vpcs, VpcId);
      const block = checkedBlock(network, VpcId, vpc.CidrBlock ?? "", CidrBlock);
      const zones = zonesOf(network.region);
      const zone = AvailabilityZone ?? zones[0] ?? "";
      if (!zones.includes(zone))
        throw invalidValue(
          `Value (${zone}) for parameter availabilityZone is invalid. Subnets can be created in: ${zones.join(", ")}.`,
        );
      const SubnetId = network.newId("subnet");
      const subnet: Subnet = {
        SubnetId,
        VpcId,
        CidrBlock,
        AvailabilityZone: zone,
        AvailabilityZoneId: zoneId(zone),
        AvailableIpAddressCount: block.size - reserved,
        DefaultForAz: false,
        MapPublicIpOnLaunch: false,
        AssignIpv6AddressOnCreation: false,
        State: "available",
        OwnerId: network.account,
        SubnetArn: `arn:aws:ec2:${network.region}:${network.account}:subnet/${SubnetId}`,
        Ipv6CidrBlockAssociationSet: [],
        Tags: tagsFor(TagSpecifications, "subnet"),
      };
      network.subnets.items.set(SubnetId, subnet);
      return { Subnet: subnet };
    },
    DescribeSubnets: ({ SubnetIds, Filters, NextToken, MaxResults }) => {
      const { items, nextToken } = describe(network.subnets, {
        ids: SubnetIds,
        filters: Filters,
        token: NextToken,
        limit: MaxResults,
      });
      return { Subnets: items, NextToken: nextToken };
    },
    ModifySubnetAttribute: ({ SubnetId, MapPublicIpOnLaunch }) => {
      const subnet = get(network.subnets, SubnetId);
      subnet.MapPublicIpOnLaunch = MapPublicIpOnLaunch?.Value ?? subnet.MapPublicIpOnLaunch;
      return {};
    },
    DeleteSubnet: ({ SubnetId = "" }) => {
      get(network.subnets, SubnetId);
      const inUse = [
        ...all(network.interfaces)
          .filter((item) => item.SubnetId === SubnetId)
          .map(({ NetworkInterfaceId }) => NetworkInterfaceId),
        ...all(network.natGateways)
          .filter((item) => item.SubnetId === SubnetId && item.State !== "deleted")
          .map(({ NatGatewayId }) => NatGatewayId),
        ...all(network.endpoints)
          .filter((item) => item.SubnetIds?.includes(SubnetId))
          .map(({ VpcEndpointId }) => VpcEndpointId),
      ];
      if (inUse.length > 0)
        throw dependency(`The subnet '${SubnetId}' has dependencies and cannot be deleted: ${inUse.join(", ")}.`);
      for (const table of all(network.routeTables))
        table.Associations = table.Associations?.filter((item) => item.SubnetId !== SubnetId);
      network.subnets.items.delete(SubnetId);
      return {};
    },
  };
}

export function interfaces(network: Network): Operations<EC2> {
  return {
    CreateNetworkInterface: ({ SubnetId, Groups = [], Description = "", PrivateIpAddress, TagSpecifications }) => {
      const subnet = get(network.subnets, SubnetId);
      const groups = Groups.map((id) => get(network.groups, id).group);
      const NetworkInterface = {
        NetworkInterfaceId: network.newId("eni"),
        SubnetId,
        VpcId: subnet.VpcId,
        AvailabilityZone: subnet.AvailabilityZone,
        Description,
        OwnerId: network.account,
        PrivateIpAddress: PrivateIpAddress ?? freeAddress(network, subnet),
        Groups: groups.map(({ GroupId, GroupName }) => ({ GroupId, GroupName })),
        InterfaceType: "interface" as const,
        Status: "available" as const,
        TagSet: tagsFor(TagSpecifications, "network-interface"),
      };
      network.interfaces.items.set(NetworkInterface.NetworkInterfaceId, NetworkInterface);
      return { NetworkInterface };
    },
    DescribeNetworkInterfaces: ({ NetworkInterfaceIds, Filters, NextToken, MaxResults }) => {
      const question = { ids: NetworkInterfaceIds, filters: Filters, token: NextToken, limit: MaxResults };
      const { items, nextToken } = describe(network.interfaces, question);
      return { NetworkInterfaces: items, NextToken: nextToken };
    },
    DeleteNetworkInterface: ({ NetworkInterfaceId = "" }) => {
      const { Status } = get(network.interfaces, NetworkInterfaceId);
      if (Status === "in-use")
        throw new AwsError("InvalidNetworkInterface.InUse", `Interface '${NetworkInterfaceId}' is currently in use.`);
      network.interfaces.items.delete(NetworkInterfaceId);
      return {};
    },
  };
}
