import type { Address, EC2, NatGateway, VpcEndpoint } from "@aws-sdk/client-ec2";
import { AwsError, type Operations } from "../../kernel.ts";
import { all, dependency, describe, get, invalidValue, type Network, tagsFor } from "./network.ts";

/** The policy of an endpoint that is given none: full access. Source: the SDK's documentation of CreateVpcEndpoint. */
const FULL_ACCESS = JSON.stringify({ Statement: [{ Action: "*", Effect: "Allow", Principal: "*", Resource: "*" }] });

/** Ways out of a VPC: internet and NAT gateways, elastic addresses, endpoints. Recorded: no packet passes through them. */
export function internetGateways(network: Network): Operations<EC2> {
  return {
    CreateInternetGateway: ({ TagSpecifications }) => {
      const InternetGatewayId = network.newId("igw");
      const InternetGateway = {
        InternetGatewayId,
        OwnerId: network.account,
        Attachments: [],
        Tags: tagsFor(TagSpecifications, "internet-gateway"),
      };
      network.internetGateways.items.set(InternetGatewayId, InternetGateway);
      return { InternetGateway };
    },
    DescribeInternetGateways: ({ InternetGatewayIds, Filters, NextToken, MaxResults }) => {
      const question = { ids: InternetGatewayIds, filters: Filters, token: NextToken, limit: MaxResults };
      const { items, nextToken } = describe(network.internetGateways, question);
      return { InternetGateways: items, NextToken: nextToken };
    },
    AttachInternetGateway: ({ InternetGatewayId, VpcId }) => {
      const gateway = get(network.internetGateways, InternetGatewayId);
      get(network.vpcs, VpcId);
      if (gateway.Attachments?.length)
        throw new AwsError(
          "Resource.AlreadyAssociated",
          `resource ${InternetGatewayId} is already attached to network ${gateway.Attachments[0]?.VpcId}`,
        );
      if (all(network.internetGateways).some(({ Attachments }) => Attachments?.some((item) => item.VpcId === VpcId)))
        throw invalidValue(`Network ${VpcId} already has an internet gateway attached`);
      gateway.Attachments = [{ VpcId, State: "available" as never }];
      return {};
    },
    DetachInternetGateway: ({ InternetGatewayId, VpcId }) => {
      const gateway = get(network.internetGateways, InternetGatewayId);
      if (!gateway.Attachments?.some((item) => item.VpcId === VpcId))
        throw new AwsError("Gateway.NotAttached", `resource ${InternetGatewayId} is not attached to network ${VpcId}`);
      if (all(network.natGateways).some((nat) => nat.VpcId === VpcId && nat.State !== "deleted"))
        throw dependency(
          `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
        );
      gateway.Attachments = [];
      return {};
    },
    DeleteInternetGateway: ({ InternetGatewayId = "" }) => {
      const { Attachments = [] } = get(network.internetGateways, InternetGatewayId);
      if (Attachments.length > 0)
        throw dependency(`The internetGateway '${InternetGatewayId}' has dependencies and cannot be deleted.`);
      network.internetGateways.items.delete(InternetGatewayId);
      return {};
    },
  };
}

/** Addresses of 203.0.113.0/24, which RFC 5737 keeps for examples. */
function publicAddress(network: Network): string {
  const taken = new Set(all(network.addresses).map(({ PublicIp }) => PublicIp));
  for (let host = 1; host < 255; host++) if (!taken.has(`203.0.113.${host}`)) return `203.0.113.${host}`;
  throw new AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
}

export function addresses(network: Network): Operations<EC2> {
  return {
    AllocateAddress: ({ TagSpecifications }) => {
      const address: Address = {
        AllocationId: network.newId("eipalloc"),
        PublicIp: publicAddress(network),
        Domain: "vpc",
        NetworkBorderGroup: network.region,
        PublicIpv4Pool: "amazon",
        Tags: tagsFor(TagSpecifications, "elastic-ip"),
      };
      network.addresses.items.set(address.AllocationId ?? "", address);
      return {
        AllocationId: address.AllocationId,
        PublicIp: address.PublicIp,
        Domain: "vpc",
        NetworkBorderGroup: network.region,
      };
    },
    DescribeAddresses: ({ AllocationIds, PublicIps, Filters }) => {
      const { items } = describe(network.addresses, { ids: AllocationIds, filters: Filters });
      return { Addresses: items.filter(({ PublicIp = "" }) => !PublicIps?.length || PublicIps.includes(PublicIp)) };
    },
    ReleaseAddress: ({ AllocationId = "" }) => {
      const { AssociationId, PublicIp } = get(network.addresses, AllocationId);
      if (AssociationId) throw new AwsError("InvalidIPAddress.InUse", `Address ${PublicIp} is in use.`);
      network.addresses.items.delete(AllocationId);
      return {};
    },
  };
}

export function natGateways(network: Network): Operations<EC2> {
  return {
    CreateNatGateway: ({ SubnetId, AllocationId, ConnectivityType = "public", TagSpecifications }) => {
      const { VpcId } = get(network.subnets, SubnetId);
      if (ConnectivityType === "public" && !AllocationId)
        throw new AwsError(
          "MissingParameter",
          "The request must contain the parameter AllocationId for a public NAT gateway",
        );
      const address = AllocationId ? get(network.addresses, AllocationId) : undefined;
      if (address?.AssociationId)
        throw new AwsError("Resource.AlreadyAssociated", `Elastic IP address [${AllocationId}] is already associated`);
      if (
        ConnectivityType === "public" &&
        !all(network.internetGateways).some(({ Attachments }) => Attachments?.some((item) => item.VpcId === VpcId))
      )
        throw new AwsError("Gateway.NotAttached", `Network ${VpcId} has no Internet gateway attached`);
      const NatGatewayId = network.newId("nat");
      if (address) address.AssociationId = network.newId("eipassoc");
      const NatGateway: NatGateway = {
        NatGatewayId,
        SubnetId,
        VpcId,
        ConnectivityType,
        State: "available",
        CreateTime: network.now(),
        NatGatewayAddresses: address
          ? [
              {
                AllocationId,
                AssociationId: address.AssociationId,
                PublicIp: address.PublicIp,
                IsPrimary: true,
                Status: "succeeded",
              },
            ]
          : [],
        Tags: tagsFor(TagSpecifications, "natgateway"),
      };
      network.natGateways.items.set(NatGatewayId, NatGateway);
      return { NatGateway };
    },
    DescribeNatGateways: ({ NatGatewayIds, Filter, NextToken, MaxResults }) => {
      const question = { ids: NatGatewayIds, filters: Filter, token: NextToken, limit: MaxResults };
      const { items, nextToken } = describe(network.natGateways, question);
      return { NatGateways: items, NextToken: nextToken };
    },
    DeleteNatGateway: ({ NatGatewayId = "" }) => {
      const gateway = get(network.natGateways, NatGatewayId);
      for (const { AllocationId = "" } of gateway.NatGatewayAddresses ?? []) {
        const address = network.addresses.items.get(AllocationId);
        if (address) address.AssociationId = undefined;
      }
      // A deleted gateway stays visible for a while, as waiters of clients expect.
      gateway.State = "deleted";
      gateway.DeleteTime = network.now();
      return { NatGatewayId };
    },
  };
}

function checkParts(
  network: Network,
  input: { RouteTableIds?: string[]; SubnetIds?: string[]; SecurityGroupIds?: string[] },
): void {
  for (const id of input.RouteTableIds ?? []) get(network.routeTables, id);
  for (const id of input.SubnetIds ?? []) get(network.subnets, id);
  for (const id of input.SecurityGroupIds ?? []) get(network.groups, id);
}

const groupsOf = (network: Network, ids: readonly string[]) =>
  ids.map((id) => get(network.groups, id).group).map(({ GroupId, GroupName }) => ({ GroupId, GroupName }));

export function endpoints(network: Network): Operations<EC2> {
  return {
    CreateVpcEndpoint: (input) => {
      const {
        VpcId,
        ServiceName = "",
        VpcEndpointType = "Gateway",
        RouteTableIds = [],
        SubnetIds = [],
        SecurityGroupIds = [],
      } = input;
      get(network.vpcs, VpcId);
      checkParts(network, input);
      if (!/^[a-z0-9.-]+\.[a-z0-9-]+\.[a-z0-9.-]+$/.test(ServiceName))
        throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${ServiceName}' does not exist`);
      const endpoint: VpcEndpoint = {
        VpcEndpointId: network.newId("vpce"),
        VpcEndpointType,
        VpcId,
        ServiceName,
        State: "available" as never,
        PolicyDocument: input.PolicyDocument ?? FULL_ACCESS,
        RouteTableIds,
        SubnetIds,
        Groups: groupsOf(network, SecurityGroupIds),
        PrivateDnsEnabled: input.PrivateDnsEnabled ?? VpcEndpointType === "Interface",
        DnsEntries: [],
        NetworkInterfaceIds: [],
        CreationTimestamp: network.now(),
        OwnerId: network.account,
        Tags: tagsFor(input.TagSpecifications, "vpc-endpoint"),
      };
      network.endpoints.items.set(endpoint.VpcEndpointId ?? "", endpoint);
      return { VpcEndpoint: endpoint };
    },
    DescribeVpcEndpoints: ({ VpcEndpointIds, Filters, NextToken, MaxResults }) => {
      const question = { ids: VpcEndpointIds, filters: Filters, token: NextToken, limit: MaxResults };
      const { items, nextToken } = describe(network.endpoints, question);
      return { VpcEndpoints: items, NextToken: nextToken };
    },
    ModifyVpcEndpoint: (input) => {
      const endpoint = get(network.endpoints, input.VpcEndpointId);
      checkParts(network, {
        RouteTableIds: input.AddRouteTableIds,
        SubnetIds: input.AddSubnetIds,
        SecurityGroupIds: input.AddSecurityGroupIds,
      });
      const changed = (old: string[] = [], add: string[] = [], remove: string[] = []) =>
        [...new Set([...old, ...add])].filter((id) => !remove.includes(id));
      endpoint.RouteTableIds = changed(endpoint.RouteTableIds, input.AddRouteTableIds, input.RemoveRouteTableIds);
      endpoint.SubnetIds = changed(endpoint.SubnetIds, input.AddSubnetIds, input.RemoveSubnetIds);
      const groups = (endpoint.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
      endpoint.Groups = groupsOf(network, changed(groups, input.AddSecurityGroupIds, input.RemoveSecurityGroupIds));
      endpoint.PolicyDocument = input.ResetPolicy ? FULL_ACCESS : (input.PolicyDocument ?? endpoint.PolicyDocument);
      endpoint.PrivateDnsEnabled = input.PrivateDnsEnabled ?? endpoint.PrivateDnsEnabled;
      return { Return: true };
    },
    DeleteVpcEndpoints: ({ VpcEndpointIds = [] }) => {
      const missing = VpcEndpointIds.filter((id) => !network.endpoints.items.delete(id));
      const failure = (id: string) => ({
        Code: "InvalidVpcEndpoint.NotFound",
        Message: `The VpcEndpoint ID '${id}' does not exist`,
      });
      return { Unsuccessful: missing.map((id) => ({ ResourceId: id, Error: failure(id) })) };
    },
  };
}
