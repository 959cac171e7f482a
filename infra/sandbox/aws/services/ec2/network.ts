import type {
  Address,
  Filter,
  InternetGateway,
  NatGateway,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Tag,
  TagSpecification,
  Vpc,
  VpcEndpoint,
} from "@aws-sdk/client-ec2";
import { AwsError, type Collection, type ServiceContext } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";

/** A kind of resource: how it is named, found, filtered. Resources are kept in the shape in which AWS describes them. */
export interface Kind<T> {
  readonly items: Collection<T>;
  readonly prefix: string;
  readonly tagType: string;
  readonly notFound: { readonly code: string; readonly noun: string };
  readonly idOf: (item: T) => string;
  /** Values that a filter of that name compares. */
  readonly filters: Readonly<Record<string, (item: T) => readonly (string | undefined)[]>>;
}

export interface StoredGroup {
  readonly group: SecurityGroup;
  rules: SecurityGroupRule[];
}

/** What DescribeVpcAttribute reports. */
export interface StoredVpc extends Vpc {
  dnsSupport: boolean;
  dnsHostnames: boolean;
}

export interface Network {
  readonly vpcs: Kind<StoredVpc>;
  readonly subnets: Kind<Subnet>;
  readonly routeTables: Kind<RouteTable>;
  readonly internetGateways: Kind<InternetGateway>;
  readonly natGateways: Kind<NatGateway>;
  readonly addresses: Kind<Address>;
  readonly groups: Kind<StoredGroup>;
  readonly endpoints: Kind<VpcEndpoint>;
  readonly interfaces: Kind<NetworkInterface>;
  readonly account: string;
  readonly region: string;
  readonly now: () => Date;
  readonly newId: (prefix: string) => string;
}

export const newNetwork = ({ state, account, region, clock, id }: ServiceContext): Network => ({
  account,
  region,
  now: () => clock.now(),
  newId: (prefix) => `${prefix}-0${id(16)}`,
  vpcs: {
    items: state.collection("vpcs"),
    prefix: "vpc",
    tagType: "vpc",
    notFound: { code: "InvalidVpcID.NotFound", noun: "vpc ID" },
    idOf: ({ VpcId }) => VpcId ?? "",
    filters: {
      "vpc-id": ({ VpcId }) => [VpcId],
      cidr: ({ CidrBlock }) => [CidrBlock],
      "cidr-block": ({ CidrBlock }) => [CidrBlock],
      state: ({ State }) => [State],
      "is-default": ({ IsDefault }) => [String(IsDefault)],
      isDefault: ({ IsDefault }) => [String(IsDefault)],
      "owner-id": ({ OwnerId }) => [OwnerId],
    },
  },
  subnets: {
    items: state.collection("subnets"),
    prefix: "subnet",
    tagType: "subnet",
    notFound: { code: "InvalidSubnetID.NotFound", noun: "subnet ID" },
    idOf: ({ SubnetId }) => SubnetId ?? "",
    filters: {
      "subnet-id": ({ SubnetId }) => [SubnetId],
      "vpc-id": ({ VpcId }) => [VpcId],
      "availability-zone": ({ AvailabilityZone }) => [AvailabilityZone],
      "cidr-block": ({ CidrBlock }) => [CidrBlock],
      state: ({ State }) => [State],
      "map-public-ip-on-launch": ({ MapPublicIpOnLaunch }) => [String(MapPublicIpOnLaunch)],
      "default-for-az": ({ DefaultForAz }) => [String(DefaultForAz)],
    },
  },
  routeTables: {
    items: state.collection("routeTables"),
    prefix: "rtb",
    tagType: "route-table",
    notFound: { code: "InvalidRouteTableID.NotFound", noun: "routeTable ID" },
    idOf: ({ RouteTableId }) => RouteTableId ?? "",
    filters: {
      "route-table-id": ({ RouteTableId }) => [RouteTableId],
      "vpc-id": ({ VpcId }) => [VpcId],
      "association.main": ({ Associations }) => (Associations ?? []).map(({ Main }) => String(Main)),
      "association.subnet-id": ({ Associations }) => (Associations ?? []).map(({ SubnetId }) => SubnetId),
      "association.route-table-association-id": ({ Associations }) =>
        (Associations ?? []).map(({ RouteTableAssociationId }) => RouteTableAssociationId),
      "route.gateway-id": ({ Routes }) => (Routes ?? []).map(({ GatewayId }) => GatewayId),
      "route.nat-gateway-id": ({ Routes }) => (Routes ?? []).map(({ NatGatewayId }) => NatGatewayId),
    },
  },
  internetGateways: {
    items: state.collection("internetGateways"),
    prefix: "igw",
    tagType: "internet-gateway",
    notFound: { code: "InvalidInternetGatewayID.NotFound", noun: "internetGateway ID" },
    idOf: ({ InternetGatewayId }) => InternetGatewayId ?? "",
    filters: {
      "internet-gateway-id": ({ InternetGatewayId }) => [InternetGatewayId],
      "attachment.vpc-id": ({ Attachments }) => (Attachments ?? []).map(({ VpcId }) => VpcId),
      "attachment.state": ({ Attachments }) => (Attachments ?? []).map(({ State }) => State),
    },
  },
  natGateways: {
    items: state.collection("natGateways"),
    prefix: "nat",
    tagType: "natgateway",
    notFound: { code: "NatGatewayNotFound", noun: "NAT gateway" },
    idOf: ({ NatGatewayId }) => NatGatewayId ?? "",
    filters: {
      "nat-gateway-id": ({ NatGatewayId }) => [NatGatewayId],
      "vpc-id": ({ VpcId }) => [VpcId],
      "subnet-id": ({ SubnetId }) => [SubnetId],
      state: ({ State }) => [State],
    },
  },
  addresses: {
    items: state.collection("addresses"),
    prefix: "eipalloc",
    tagType: "elastic-ip",
    notFound: { code: "InvalidAllocationID.NotFound", noun: "allocation ID" },
    idOf: ({ AllocationId }) => AllocationId ?? "",
    filters: {
      "allocation-id": ({ AllocationId }) => [AllocationId],
      "association-id": ({ AssociationId }) => [AssociationId],
      "public-ip": ({ PublicIp }) => [PublicIp],
      domain: ({ Domain }) => [Domain],
    },
  },
  groups: {
    items: state.collection("groups"),
    prefix: "sg",
    tagType: "security-group",
    notFound: { code: "InvalidGroup.NotFound", noun: "security group" },
    idOf: ({ group }) => group.GroupId ?? "",
    filters: {
      "group-id": ({ group }) => [group.GroupId],
      "group-name": ({ group }) => [group.GroupName],
      "vpc-id": ({ group }) => [group.VpcId],
      description: ({ group }) => [group.Description],
    },
  },
  endpoints: {
    items: state.collection("endpoints"),
    prefix: "vpce",
    tagType: "vpc-endpoint",
    notFound: { code: "InvalidVpcEndpointId.NotFound", noun: "Vpc Endpoint Id" },
    idOf: ({ VpcEndpointId }) => VpcEndpointId ?? "",
    filters: {
      "vpc-endpoint-id": ({ VpcEndpointId }) => [VpcEndpointId],
      "vpc-id": ({ VpcId }) => [VpcId],
      "service-name": ({ ServiceName }) => [ServiceName],
      "vpc-endpoint-type": ({ VpcEndpointType }) => [VpcEndpointType],
      "vpc-endpoint-state": ({ State }) => [State],
    },
  },
  interfaces: {
    items: state.collection("interfaces"),
    prefix: "eni",
    tagType: "network-interface",
    notFound: { code: "InvalidNetworkInterfaceID.NotFound", noun: "networkInterface ID" },
    idOf: ({ NetworkInterfaceId }) => NetworkInterfaceId ?? "",
    filters: {
      "network-interface-id": ({ NetworkInterfaceId }) => [NetworkInterfaceId],
      "vpc-id": ({ VpcId }) => [VpcId],
      "subnet-id": ({ SubnetId }) => [SubnetId],
      "group-id": ({ Groups }) => (Groups ?? []).map(({ GroupId }) => GroupId),
      "private-ip-address": ({ PrivateIpAddress }) => [PrivateIpAddress],
      status: ({ Status }) => [Status],
      description: ({ Description }) => [Description],
    },
  },
});

/** @throws AwsError of the kind, e.g. InvalidVpcID.NotFound */
export function get<T>(kind: Kind<T>, id: string | undefined): T {
  const item = kind.items.get(id ?? "");
  if (item !== undefined) return item;
  throw new AwsError(kind.notFound.code, `The ${kind.notFound.noun} '${id}' does not exist`);
}

export const all = <T>(kind: Kind<T>): T[] => [...kind.items.values()];

/** Tags sit on the resource itself, except on security groups (which keep rules beside it) and interfaces (`TagSet`). */
export function tagged(item: object): { Tags?: Tag[] | undefined } {
  if ("group" in item) return item.group as { Tags?: Tag[] };
  if (!("TagSet" in item)) return item;
  return {
    get Tags() {
      return item.TagSet as Tag[];
    },
    set Tags(tags: Tag[]) {
      item.TagSet = tags;
    },
  };
}

/** `*` and `?` as EC2's filters have them. */
function like(pattern: string, value: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === value;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "s").test(value);
}

function filterValues<T extends object>(kind: Kind<T>, item: T, name: string): readonly (string | undefined)[] {
  const tags = tagged(item).Tags ?? [];
  if (name.startsWith("tag:")) return tags.filter(({ Key }) => Key === name.slice(4)).map(({ Value }) => Value);
  if (name === "tag-key") return tags.map(({ Key }) => Key);
  const read = Object.hasOwn(kind.filters, name) ? kind.filters[name] : undefined;
  if (!read)
    throw new AwsError(
      "InvalidParameterValue",
      `The filter '${name}' is invalid; the sandbox knows ${Object.keys(kind.filters).join(", ")}, tag:<key> and tag-key`,
    );
  return read(item);
}

export interface Question {
  readonly ids?: readonly string[] | undefined;
  readonly filters?: readonly Filter[] | undefined;
  readonly token?: string | undefined;
  readonly limit?: number | undefined;
}

/** What a describe call returns: the ids (all must exist), narrowed by filters, one page of it. */
export function describe<T extends object>(kind: Kind<T>, { ids, filters = [], token, limit = 1000 }: Question) {
  const chosen = ids && ids.length > 0 ? ids.map((id) => get(kind, id)) : all(kind);
  const found = chosen.filter((item) =>
    filters.every(({ Name = "", Values = [] }) => {
      const actual = filterValues(kind, item, Name);
      return Values.some((wanted) => actual.some((value) => value !== undefined && like(wanted, value)));
    }),
  );
  return pageOf(found, { token, limit, invalidToken: "InvalidNextToken" });
}

/** Tags given at creation for this type of resource. */
export const tagsFor = (specifications: readonly TagSpecification[] | undefined, type: string): Tag[] =>
  (specifications ?? []).filter(({ ResourceType }) => ResourceType === type).flatMap(({ Tags }) => Tags ?? []);

export const dependency = (text: string): AwsError => new AwsError("DependencyViolation", text);
export const invalidValue = (text: string): AwsError => new AwsError("InvalidParameterValue", text);
