import { retag } from "./ec2-tags.ts";
import { attributes, type Existing, handler, present, type Scope, type Tag, unlessGone } from "./handler.ts";

/** VPC, subnets, gateways and routes. EC2 answers `Invalid….NotFound` when something is already gone. */
const GONE = /NotFound|InvalidAssociationID/;

interface Tagged {
  readonly Tags?: readonly Tag[];
}

const tagSpecification = (type: string, { Tags }: Tagged) =>
  Tags && Tags.length > 0 ? { TagSpecifications: [{ ResourceType: type as "vpc", Tags: [...Tags] }] } : {};

const tagsOf = (existing: Existing<Tagged>, after: Tagged) => ({ before: existing.properties.Tags, after: after.Tags });

interface Vpc extends Tagged {
  readonly CidrBlock?: string;
  readonly EnableDnsHostnames?: boolean;
  readonly EnableDnsSupport?: boolean;
  readonly InstanceTenancy?: "default" | "dedicated";
}

async function vpcAttributes(id: string, { aws }: Scope) {
  const vpc = present((await aws.ec2.describeVpcs({ VpcIds: [id] })).Vpcs?.[0], "the VPC");
  const groups = await aws.ec2.describeSecurityGroups({
    Filters: [
      { Name: "vpc-id", Values: [id] },
      { Name: "group-name", Values: ["default"] },
    ],
  });
  return attributes({
    VpcId: id,
    CidrBlock: vpc.CidrBlock,
    DefaultSecurityGroup: groups.SecurityGroups?.[0]?.GroupId ?? "",
    CidrBlockAssociations: vpc.CidrBlockAssociationSet?.map((one) => one.AssociationId ?? "") ?? [],
    Ipv6CidrBlocks: [],
    DefaultNetworkAcl: `acl-${id.slice("vpc-".length)}`,
  });
}

async function vpcSettings(id: string, vpc: Vpc, { aws }: Scope): Promise<void> {
  const { EnableDnsSupport, EnableDnsHostnames } = vpc;
  if (EnableDnsSupport !== undefined)
    await aws.ec2.modifyVpcAttribute({ VpcId: id, EnableDnsSupport: { Value: EnableDnsSupport } });
  if (EnableDnsHostnames !== undefined)
    await aws.ec2.modifyVpcAttribute({ VpcId: id, EnableDnsHostnames: { Value: EnableDnsHostnames } });
}

const vpc = handler<Vpc>({
  create: async (properties, scope) => {
    const { Vpc: made } = await scope.aws.ec2.createVpc({
      CidrBlock: properties.CidrBlock,
      InstanceTenancy: properties.InstanceTenancy,
      ...tagSpecification("vpc", properties),
    });
    const id = present(made?.VpcId, "VpcId");
    scope.initiated(id);
    await vpcSettings(id, properties, scope);
    return { physicalId: id, attributes: await vpcAttributes(id, scope) };
  },
  update: async (properties, existing, scope) => {
    await vpcSettings(existing.physicalId, properties, scope);
    await retag(existing.physicalId, tagsOf(existing, properties), scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.ec2.deleteVpc({ VpcId: physicalId })),
});

interface Subnet extends Tagged {
  readonly VpcId: string;
  readonly CidrBlock?: string;
  readonly AvailabilityZone?: string;
  readonly MapPublicIpOnLaunch?: boolean;
}

const subnet = handler<Subnet>({
  create: async (properties, scope) => {
    const { VpcId, CidrBlock, AvailabilityZone, MapPublicIpOnLaunch } = properties;
    const answer = await scope.aws.ec2.createSubnet({
      VpcId,
      CidrBlock,
      AvailabilityZone,
      ...tagSpecification("subnet", properties),
    });
    const id = present(answer.Subnet?.SubnetId, "SubnetId");
    scope.initiated(id);
    if (MapPublicIpOnLaunch !== undefined)
      await scope.aws.ec2.modifySubnetAttribute({ SubnetId: id, MapPublicIpOnLaunch: { Value: MapPublicIpOnLaunch } });
    return {
      physicalId: id,
      attributes: attributes({
        SubnetId: id,
        VpcId,
        CidrBlock: answer.Subnet?.CidrBlock,
        AvailabilityZone: answer.Subnet?.AvailabilityZone,
        AvailabilityZoneId: answer.Subnet?.AvailabilityZoneId,
        NetworkAclAssociationId: `aclassoc-${id.slice("subnet-".length)}`,
        Ipv6CidrBlocks: [],
      }),
    };
  },
  update: async (properties, existing, scope) => {
    const { MapPublicIpOnLaunch = false } = properties;
    await scope.aws.ec2.modifySubnetAttribute({
      SubnetId: existing.physicalId,
      MapPublicIpOnLaunch: { Value: MapPublicIpOnLaunch },
    });
    await retag(existing.physicalId, tagsOf(existing, properties), scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.ec2.deleteSubnet({ SubnetId: physicalId })),
});

interface RouteTable extends Tagged {
  readonly VpcId: string;
}

const routeTable = handler<RouteTable>({
  create: async (properties, { aws }) => {
    const answer = await aws.ec2.createRouteTable({
      VpcId: properties.VpcId,
      ...tagSpecification("route-table", properties),
    });
    const id = present(answer.RouteTable?.RouteTableId, "RouteTableId");
    return { physicalId: id, attributes: { RouteTableId: id } };
  },
  update: async (properties, existing, scope) => {
    await retag(existing.physicalId, tagsOf(existing, properties), scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.ec2.deleteRouteTable({ RouteTableId: physicalId })),
});

interface Route {
  readonly RouteTableId: string;
  readonly DestinationCidrBlock?: string;
  readonly DestinationIpv6CidrBlock?: string;
  readonly DestinationPrefixListId?: string;
  readonly GatewayId?: string;
  readonly NatGatewayId?: string;
}

const destination = (route: Route): string =>
  route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? "";

const route = handler<Route>({
  create: async (properties, { aws }) => {
    await aws.ec2.createRoute({ ...properties });
    return {
      physicalId: `${properties.RouteTableId}|${destination(properties)}`,
      attributes: { CidrBlock: destination(properties) },
    };
  },
  update: async (properties, existing, { aws }) => {
    await aws.ec2.replaceRoute({ ...properties });
    return existing;
  },
  delete: ({ properties }, { aws }) =>
    unlessGone(GONE, () => {
      const { RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId } = properties;
      return aws.ec2.deleteRoute({
        RouteTableId,
        DestinationCidrBlock,
        DestinationIpv6CidrBlock,
        DestinationPrefixListId,
      });
    }),
});

const association = handler<{ readonly RouteTableId: string; readonly SubnetId: string }>({
  create: async ({ RouteTableId, SubnetId }, { aws }) => {
    const id = present((await aws.ec2.associateRouteTable({ RouteTableId, SubnetId })).AssociationId, "AssociationId");
    return { physicalId: id, attributes: { Id: id } };
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(GONE, () => aws.ec2.disassociateRouteTable({ AssociationId: physicalId })),
});

const internetGateway = handler<Tagged>({
  create: async (properties, { aws }) => {
    const answer = await aws.ec2.createInternetGateway(tagSpecification("internet-gateway", properties));
    const id = present(answer.InternetGateway?.InternetGatewayId, "InternetGatewayId");
    return { physicalId: id, attributes: { InternetGatewayId: id } };
  },
  update: async (properties, existing, scope) => {
    await retag(existing.physicalId, tagsOf(existing, properties), scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(GONE, () => aws.ec2.deleteInternetGateway({ InternetGatewayId: physicalId })),
});

interface Attachment {
  readonly VpcId: string;
  readonly InternetGatewayId?: string;
  readonly VpnGatewayId?: string;
}

const attachment = handler<Attachment>({
  create: async ({ VpcId, InternetGatewayId, VpnGatewayId }, { aws }) => {
    if (VpnGatewayId !== undefined) throw new Error("VpnGatewayId is not implemented by this sandbox");
    await aws.ec2.attachInternetGateway({ VpcId, InternetGatewayId });
    return { physicalId: `IGW|${VpcId}`, attributes: { AttachmentType: "IGW" } };
  },
  delete: ({ properties: { VpcId, InternetGatewayId } }, { aws }) =>
    unlessGone(/NotFound|NotAttached/, () => aws.ec2.detachInternetGateway({ VpcId, InternetGatewayId })),
});

interface Eip extends Tagged {
  readonly Domain?: "vpc" | "standard";
}

const eip = handler<Eip>({
  create: async (properties, { aws }) => {
    const answer = await aws.ec2.allocateAddress({
      Domain: properties.Domain ?? "vpc",
      ...tagSpecification("elastic-ip", properties),
    });
    const address = present(answer.PublicIp, "PublicIp");
    return {
      physicalId: address,
      attributes: attributes({ PublicIp: address, AllocationId: present(answer.AllocationId, "AllocationId") }),
    };
  },
  update: async (properties, existing, scope) => {
    await retag(String(existing.attributes.AllocationId), tagsOf(existing, properties), scope);
    return existing;
  },
  delete: (existing, { aws }) =>
    unlessGone(GONE, () => aws.ec2.releaseAddress({ AllocationId: String(existing.attributes.AllocationId) })),
});

interface NatGateway extends Tagged {
  readonly SubnetId?: string;
  readonly AllocationId?: string;
  readonly ConnectivityType?: "public" | "private";
}

const natGateway = handler<NatGateway>({
  create: async (properties, { aws }) => {
    const { SubnetId, AllocationId, ConnectivityType } = properties;
    const answer = await aws.ec2.createNatGateway({
      SubnetId,
      AllocationId,
      ConnectivityType,
      ...tagSpecification("natgateway", properties),
    });
    const id = present(answer.NatGateway?.NatGatewayId, "NatGatewayId");
    return { physicalId: id, attributes: { NatGatewayId: id } };
  },
  update: async (properties, existing, scope) => {
    await retag(existing.physicalId, tagsOf(existing, properties), scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.ec2.deleteNatGateway({ NatGatewayId: physicalId })),
});

export const networkHandlers = {
  "AWS::EC2::VPC": vpc,
  "AWS::EC2::Subnet": subnet,
  "AWS::EC2::RouteTable": routeTable,
  "AWS::EC2::Route": route,
  "AWS::EC2::SubnetRouteTableAssociation": association,
  "AWS::EC2::InternetGateway": internetGateway,
  "AWS::EC2::VPCGatewayAttachment": attachment,
  "AWS::EC2::EIP": eip,
  "AWS::EC2::NatGateway": natGateway,
};
