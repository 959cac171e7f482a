import type { IpPermission } from "@aws-sdk/client-ec2";
import { retag } from "./ec2-tags.ts";
import { attributes, type Between, handler, present, type Scope, type Tag, unlessGone } from "./handler.ts";

/** Security groups, their rules, and VPC endpoints. */
const GONE = /NotFound/;

interface Rule {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly CidrIp?: string;
  readonly CidrIpv6?: string;
  readonly Description?: string;
  readonly SourceSecurityGroupId?: string;
  readonly SourceSecurityGroupName?: string;
  readonly DestinationSecurityGroupId?: string;
  readonly SourcePrefixListId?: string;
  readonly DestinationPrefixListId?: string;
}

function permission(rule: Rule): IpPermission {
  const { IpProtocol, FromPort, ToPort, CidrIp, CidrIpv6, Description } = rule;
  const group = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
  const prefixList = rule.SourcePrefixListId ?? rule.DestinationPrefixListId;
  return {
    IpProtocol,
    FromPort,
    ToPort,
    ...(CidrIp ? { IpRanges: [{ CidrIp, Description }] } : {}),
    ...(CidrIpv6 ? { Ipv6Ranges: [{ CidrIpv6, Description }] } : {}),
    ...(group ? { UserIdGroupPairs: [{ GroupId: group, Description }] } : {}),
    ...(prefixList ? { PrefixListIds: [{ PrefixListId: prefixList, Description }] } : {}),
  };
}

interface SecurityGroup {
  readonly GroupDescription: string;
  readonly GroupName?: string;
  readonly VpcId?: string;
  readonly SecurityGroupIngress?: readonly Rule[];
  readonly SecurityGroupEgress?: readonly Rule[];
  readonly Tags?: readonly Tag[];
}

/** EC2 gives every new group this rule; CloudFormation removes it when the template states its own. */
const ALLOW_ALL: Rule = { IpProtocol: "-1", CidrIp: "0.0.0.0/0" };

const sameRule = (left: Rule, right: Rule): boolean =>
  JSON.stringify(permission(left)) === JSON.stringify(permission(right));
const missingFrom = (rules: readonly Rule[], others: readonly Rule[]): IpPermission[] =>
  rules.filter((rule) => !others.some((other) => sameRule(rule, other))).map(permission);

async function changeRules(id: string, { before, after }: Between<SecurityGroup>, { aws }: Scope): Promise<void> {
  const ingress = [before.SecurityGroupIngress ?? [], after.SecurityGroupIngress ?? []] as const;
  const egress = [before.SecurityGroupEgress ?? [ALLOW_ALL], after.SecurityGroupEgress ?? [ALLOW_ALL]] as const;
  const revokeIn = missingFrom(ingress[0], ingress[1]);
  const allowIn = missingFrom(ingress[1], ingress[0]);
  const revokeOut = missingFrom(egress[0], egress[1]);
  const allowOut = missingFrom(egress[1], egress[0]);
  if (revokeIn.length > 0) await aws.ec2.revokeSecurityGroupIngress({ GroupId: id, IpPermissions: revokeIn });
  if (revokeOut.length > 0) await aws.ec2.revokeSecurityGroupEgress({ GroupId: id, IpPermissions: revokeOut });
  if (allowIn.length > 0) await aws.ec2.authorizeSecurityGroupIngress({ GroupId: id, IpPermissions: allowIn });
  if (allowOut.length > 0) await aws.ec2.authorizeSecurityGroupEgress({ GroupId: id, IpPermissions: allowOut });
}

const securityGroup = handler<SecurityGroup>({
  nameProperty: "GroupName",
  create: async (properties, scope) => {
    const { GroupDescription, VpcId, Tags } = properties;
    const answer = await scope.aws.ec2.createSecurityGroup({
      Description: GroupDescription,
      GroupName: properties.GroupName ?? `${scope.stackName}-${scope.logicalId}-${scope.id(12, "ABCDEFGHIJKLMNOP")}`,
      VpcId,
      ...(Tags?.length ? { TagSpecifications: [{ ResourceType: "security-group", Tags: [...Tags] }] } : {}),
    });
    const id = present(answer.GroupId, "GroupId");
    scope.initiated(id, attributes({ GroupId: id, Id: id, VpcId }));
    // The new group holds EC2's own egress rule only.
    const fresh: SecurityGroup = { GroupDescription };
    await changeRules(id, { before: fresh, after: properties }, scope);
    return { physicalId: id, attributes: attributes({ GroupId: id, Id: id, VpcId }) };
  },
  update: async (properties, existing, scope) => {
    const id = existing.physicalId;
    await changeRules(id, { before: existing.properties, after: properties }, scope);
    await retag(id, { before: existing.properties.Tags, after: properties.Tags }, scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.ec2.deleteSecurityGroup({ GroupId: physicalId })),
});

type GroupRule = Rule & { readonly GroupId?: string };

const groupOf = (rule: GroupRule): string => present(rule.GroupId, "GroupId (groups by name are EC2-Classic)");

/** Rules in and out differ only in which operations make and take them. */
const groupRule = (
  authorize: "authorizeSecurityGroupIngress" | "authorizeSecurityGroupEgress",
  revoke: "revokeSecurityGroupIngress" | "revokeSecurityGroupEgress",
) =>
  handler<GroupRule>({
    create: async (rule, { aws, id }) => {
      const answer = await aws.ec2[authorize]({ GroupId: groupOf(rule), IpPermissions: [permission(rule)] });
      const ruleId = answer.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? `sgr-${id(17)}`;
      return { physicalId: ruleId, attributes: { Id: ruleId } };
    },
    delete: ({ properties }, { aws }) =>
      unlessGone(GONE, () =>
        aws.ec2[revoke]({ GroupId: groupOf(properties), IpPermissions: [permission(properties)] }),
      ),
  });

const ingress = groupRule("authorizeSecurityGroupIngress", "revokeSecurityGroupIngress");
const egress = groupRule("authorizeSecurityGroupEgress", "revokeSecurityGroupEgress");

interface Endpoint {
  readonly VpcId: string;
  readonly ServiceName?: string;
  readonly VpcEndpointType?: "Interface" | "Gateway" | "GatewayLoadBalancer";
  readonly PolicyDocument?: object | string;
  readonly PrivateDnsEnabled?: boolean;
  readonly RouteTableIds?: readonly string[];
  readonly SubnetIds?: readonly string[];
  readonly SecurityGroupIds?: readonly string[];
  readonly Tags?: readonly Tag[];
}

const policyText = (document: object | string | undefined): string | undefined =>
  document === undefined || typeof document === "string" ? document : JSON.stringify(document);

const list = (values: readonly string[] | undefined) => (values ? [...values] : undefined);

/** What `values` has and `than` has not; absent when there is nothing. */
function others(values: readonly string[] = [], than: readonly string[] = []): string[] | undefined {
  const found = values.filter((value) => !than.includes(value));
  return found.length > 0 ? found : undefined;
}

const endpoint = handler<Endpoint>({
  create: async (properties, { aws }) => {
    const answer = await aws.ec2.createVpcEndpoint({
      VpcId: properties.VpcId,
      ServiceName: properties.ServiceName,
      VpcEndpointType: properties.VpcEndpointType,
      PolicyDocument: policyText(properties.PolicyDocument),
      PrivateDnsEnabled: properties.PrivateDnsEnabled,
      RouteTableIds: list(properties.RouteTableIds),
      SubnetIds: list(properties.SubnetIds),
      SecurityGroupIds: list(properties.SecurityGroupIds),
      ...(properties.Tags?.length
        ? { TagSpecifications: [{ ResourceType: "vpc-endpoint", Tags: [...properties.Tags] }] }
        : {}),
    });
    const id = present(answer.VpcEndpoint?.VpcEndpointId, "VpcEndpointId");
    return {
      physicalId: id,
      attributes: {
        Id: id,
        DnsEntries: [],
        NetworkInterfaceIds: [],
        CreationTimestamp: String(answer.VpcEndpoint?.CreationTimestamp ?? ""),
      },
    };
  },
  update: async (properties, existing, scope) => {
    const VpcEndpointId = existing.physicalId;
    const before = existing.properties;
    await scope.aws.ec2.modifyVpcEndpoint({
      VpcEndpointId,
      ...(properties.PolicyDocument === undefined
        ? { ResetPolicy: before.PolicyDocument !== undefined }
        : { PolicyDocument: policyText(properties.PolicyDocument) }),
      PrivateDnsEnabled: properties.PrivateDnsEnabled,
      AddRouteTableIds: others(properties.RouteTableIds, before.RouteTableIds),
      RemoveRouteTableIds: others(before.RouteTableIds, properties.RouteTableIds),
      AddSubnetIds: others(properties.SubnetIds, before.SubnetIds),
      RemoveSubnetIds: others(before.SubnetIds, properties.SubnetIds),
      AddSecurityGroupIds: others(properties.SecurityGroupIds, before.SecurityGroupIds),
      RemoveSecurityGroupIds: others(before.SecurityGroupIds, properties.SecurityGroupIds),
    });
    await retag(VpcEndpointId, { before: before.Tags, after: properties.Tags }, scope);
    return existing;
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(GONE, () => aws.ec2.deleteVpcEndpoints({ VpcEndpointIds: [physicalId] })),
});

export const accessHandlers = {
  "AWS::EC2::SecurityGroup": securityGroup,
  "AWS::EC2::SecurityGroupIngress": ingress,
  "AWS::EC2::SecurityGroupEgress": egress,
  "AWS::EC2::VPCEndpoint": endpoint,
};
