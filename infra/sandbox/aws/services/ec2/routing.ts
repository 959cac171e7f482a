import type { EC2, Route, RouteTable } from "@aws-sdk/client-ec2";
import { AwsError, type Operations } from "../../kernel.ts";
import { parseBlock } from "./cidr.ts";
import { all, dependency, describe, get, invalidValue, type Network, tagsFor } from "./network.ts";

/** Route tables, their routes and associations. */
interface Target {
  readonly GatewayId?: string | undefined;
  readonly NatGatewayId?: string | undefined;
  readonly NetworkInterfaceId?: string | undefined;
}

function vpcOfTarget(network: Network, { GatewayId, NatGatewayId, NetworkInterfaceId }: Target): string | undefined {
  if (GatewayId?.startsWith("vpce-")) return get(network.endpoints, GatewayId).VpcId;
  if (GatewayId) return get(network.internetGateways, GatewayId).Attachments?.[0]?.VpcId;
  if (NatGatewayId) return get(network.natGateways, NatGatewayId).VpcId;
  return get(network.interfaces, NetworkInterfaceId).VpcId;
}

/** @throws AwsError when there is no target, the sandbox does not know its kind, or it is of another VPC. */
function checkedTarget(network: Network, table: RouteTable, input: Target): Target {
  const { GatewayId, NatGatewayId, NetworkInterfaceId } = input;
  const given = [GatewayId, NatGatewayId, NetworkInterfaceId].filter((id) => id !== undefined);
  if (given.length !== 1)
    throw new AwsError(
      "InvalidParameterCombination",
      `A route needs exactly one target of GatewayId, NatGatewayId and NetworkInterfaceId, got ${given.length}; the sandbox has no other kinds.`,
    );
  if (vpcOfTarget(network, input) !== table.VpcId)
    throw invalidValue(
      `route table ${table.RouteTableId} and network gateway ${given[0]} belong to different networks`,
    );
  return {
    ...(GatewayId ? { GatewayId } : {}),
    ...(NatGatewayId ? { NatGatewayId } : {}),
    ...(NetworkInterfaceId ? { NetworkInterfaceId } : {}),
  };
}

const sameDestination = (route: Route, cidr: string | undefined, ipv6: string | undefined): boolean =>
  cidr !== undefined ? route.DestinationCidrBlock === cidr : route.DestinationIpv6CidrBlock === ipv6;

function checkDestination(cidr: string | undefined, ipv6: string | undefined): void {
  if (cidr === undefined && ipv6 === undefined)
    throw new AwsError(
      "MissingParameter",
      "The request must contain the parameter destinationCidrBlock or destinationIpv6CidrBlock",
    );
  if (cidr !== undefined && !parseBlock(cidr))
    throw invalidValue(
      `Value (${cidr}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`,
    );
}

function routes(network: Network): Operations<EC2> {
  const missing = (table: RouteTable, destination: string | undefined) =>
    new AwsError(
      "InvalidRoute.NotFound",
      `no route with destination-cidr-block ${destination} in route table ${table.RouteTableId}`,
    );
  return {
    CreateRoute: ({ RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock, ...target }) => {
      const table = get(network.routeTables, RouteTableId);
      checkDestination(DestinationCidrBlock, DestinationIpv6CidrBlock);
      if (table.Routes?.some((route) => sameDestination(route, DestinationCidrBlock, DestinationIpv6CidrBlock)))
        throw new AwsError(
          "RouteAlreadyExists",
          `The route identified by ${DestinationCidrBlock ?? DestinationIpv6CidrBlock} already exists.`,
        );
      const destination = DestinationCidrBlock ? { DestinationCidrBlock } : { DestinationIpv6CidrBlock };
      const route: Route = {
        ...destination,
        ...checkedTarget(network, table, target),
        Origin: "CreateRoute",
        State: "active",
      };
      table.Routes = [...(table.Routes ?? []), route];
      return { Return: true };
    },
    ReplaceRoute: ({ RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock, ...target }) => {
      const table = get(network.routeTables, RouteTableId);
      const index = (table.Routes ?? []).findIndex((route) =>
        sameDestination(route, DestinationCidrBlock, DestinationIpv6CidrBlock),
      );
      if (index < 0) throw missing(table, DestinationCidrBlock);
      const destination = DestinationCidrBlock ? { DestinationCidrBlock } : { DestinationIpv6CidrBlock };
      const route: Route = {
        ...destination,
        ...checkedTarget(network, table, target),
        Origin: "CreateRoute",
        State: "active",
      };
      table.Routes = (table.Routes ?? []).with(index, route);
      return {};
    },
    DeleteRoute: ({ RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock }) => {
      const table = get(network.routeTables, RouteTableId);
      const rest = (table.Routes ?? []).filter(
        (route) =>
          route.GatewayId === "local" || !sameDestination(route, DestinationCidrBlock, DestinationIpv6CidrBlock),
      );
      if (rest.length === table.Routes?.length) throw missing(table, DestinationCidrBlock ?? DestinationIpv6CidrBlock);
      table.Routes = rest;
      return {};
    },
  };
}

function associations(network: Network): Operations<EC2> {
  const owner = (id: string | undefined): RouteTable => {
    const table = all(network.routeTables).find(({ Associations }) =>
      Associations?.some((item) => item.RouteTableAssociationId === id),
    );
    if (!table) throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
    return table;
  };
  const associate = (RouteTableId: string | undefined, SubnetId: string | undefined) => {
    const table = get(network.routeTables, RouteTableId);
    const RouteTableAssociationId = network.newId("rtbassoc");
    const AssociationState = { State: "associated" as const };
    table.Associations = [
      ...(table.Associations ?? []),
      { Main: false, RouteTableAssociationId, RouteTableId, SubnetId, AssociationState },
    ];
    return { id: RouteTableAssociationId, state: AssociationState };
  };
  const remove = (id: string | undefined): string | undefined => {
    const table = owner(id);
    const association = table.Associations?.find((item) => item.RouteTableAssociationId === id);
    if (association?.Main) throw invalidValue(`cannot disassociate the main route table association ${id}`);
    table.Associations = table.Associations?.filter((item) => item !== association);
    return association?.SubnetId;
  };
  return {
    AssociateRouteTable: ({ RouteTableId, SubnetId }) => {
      get(network.subnets, SubnetId);
      const existing = all(network.routeTables).find(({ Associations }) =>
        Associations?.some((item) => item.SubnetId === SubnetId),
      );
      if (existing)
        throw new AwsError(
          "Resource.AlreadyAssociated",
          `the specified association for route table ${existing.RouteTableId} conflicts with an existing association`,
        );
      const { id, state } = associate(RouteTableId, SubnetId);
      return { AssociationId: id, AssociationState: state };
    },
    DisassociateRouteTable: ({ AssociationId }) => {
      remove(AssociationId);
      return {};
    },
    ReplaceRouteTableAssociation: ({ AssociationId, RouteTableId }) => {
      get(network.routeTables, RouteTableId);
      const { id, state } = associate(RouteTableId, remove(AssociationId));
      return { NewAssociationId: id, AssociationState: state };
    },
  };
}

export function routing(network: Network): Operations<EC2> {
  return {
    CreateRouteTable: ({ VpcId, TagSpecifications }) => {
      const vpc = get(network.vpcs, VpcId);
      const RouteTableId = network.newId("rtb");
      const local: Route = {
        DestinationCidrBlock: vpc.CidrBlock,
        GatewayId: "local",
        Origin: "CreateRouteTable",
        State: "active",
      };
      const table: RouteTable = {
        RouteTableId,
        VpcId,
        OwnerId: network.account,
        Routes: [local],
        Associations: [],
        PropagatingVgws: [],
        Tags: tagsFor(TagSpecifications, "route-table"),
      };
      network.routeTables.items.set(RouteTableId, table);
      return { RouteTable: table };
    },
    DescribeRouteTables: ({ RouteTableIds, Filters, NextToken, MaxResults }) => {
      const question = { ids: RouteTableIds, filters: Filters, token: NextToken, limit: MaxResults };
      const { items, nextToken } = describe(network.routeTables, question);
      return { RouteTables: items, NextToken: nextToken };
    },
    DeleteRouteTable: ({ RouteTableId = "" }) => {
      const { Associations = [] } = get(network.routeTables, RouteTableId);
      if (Associations.length > 0)
        throw dependency(`The routeTable '${RouteTableId}' has dependencies and cannot be deleted.`);
      network.routeTables.items.delete(RouteTableId);
      return {};
    },
    ...routes(network),
    ...associations(network),
  };
}
