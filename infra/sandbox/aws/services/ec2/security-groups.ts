import type { EC2, IpPermission, SecurityGroup, SecurityGroupRule, Tag } from "@aws-sdk/client-ec2";
import { AwsError, type Operations } from "../../kernel.ts";
import { parseBlock } from "./cidr.ts";
import { all, dependency, describe, get, invalidValue, type Network, type StoredGroup, tagsFor } from "./network.ts";

/** Security groups; rules are kept one by one and shown grouped, as AWS does both. */
interface NewGroup {
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: Tag[];
}

const everything: IpPermission = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };

export function addGroup(network: Network, { name, description, vpcId, tags }: NewGroup): StoredGroup {
  const GroupId = network.newId("sg");
  const group: SecurityGroup = {
    GroupId,
    GroupName: name,
    Description: description,
    VpcId: vpcId,
    OwnerId: network.account,
    SecurityGroupArn: `arn:aws:ec2:${network.region}:${network.account}:security-group/${GroupId}`,
    Tags: tags,
  };
  const stored: StoredGroup = { group, rules: [] };
  network.groups.items.set(GroupId, stored);
  stored.rules = rulesOf(network, stored, everything, true);
  if (name === "default")
    stored.rules.push(...rulesOf(network, stored, { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId }] }, false));
  return stored;
}

const protocolNames: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp", "1": "icmp", all: "-1" };
const protocolOf = (given: string | undefined): string => protocolNames[given ?? ""] ?? given ?? "-1";

function ports(permission: IpPermission): { FromPort: number; ToPort: number } {
  if (protocolOf(permission.IpProtocol) === "-1") return { FromPort: -1, ToPort: -1 };
  const { FromPort, ToPort } = permission;
  if (FromPort === undefined || ToPort === undefined)
    throw new AwsError("MissingParameter", "The request must contain FromPort and ToPort for this protocol");
  if (FromPort > ToPort || FromPort < -1 || ToPort > 65_535)
    throw invalidValue(
      `Invalid value '${FromPort}-${ToPort}' for portRange. Must be between 0 and 65535, first not above last.`,
    );
  return { FromPort, ToPort };
}

type Peer = Pick<SecurityGroupRule, "CidrIpv4" | "CidrIpv6" | "PrefixListId" | "ReferencedGroupInfo" | "Description">;

function peersOf(
  network: Network,
  { IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [], PrefixListIds = [] }: IpPermission,
): Peer[] {
  for (const { CidrIp = "" } of IpRanges)
    if (!parseBlock(CidrIp)) throw invalidValue(`CIDR block ${CidrIp} is malformed`);
  const groups = UserIdGroupPairs.map((pair): Peer => {
    const { group } = get(network.groups, pair.GroupId);
    return { ReferencedGroupInfo: { GroupId: group.GroupId, UserId: network.account }, Description: pair.Description };
  });
  const peers: Peer[] = [
    ...IpRanges.map(({ CidrIp, Description }) => ({ CidrIpv4: CidrIp, Description })),
    ...Ipv6Ranges.map(({ CidrIpv6, Description }) => ({ CidrIpv6, Description })),
    ...PrefixListIds.map(({ PrefixListId, Description }) => ({ PrefixListId, Description })),
    ...groups,
  ];
  if (peers.length === 0)
    throw new AwsError("MissingParameter", "A rule must name an IP range, a prefix list or a security group");
  return peers;
}

function rulesOf(
  network: Network,
  { group }: StoredGroup,
  permission: IpPermission,
  IsEgress: boolean,
): SecurityGroupRule[] {
  const common = {
    GroupId: group.GroupId,
    GroupOwnerId: network.account,
    IsEgress,
    IpProtocol: protocolOf(permission.IpProtocol),
  };
  const range = ports(permission);
  return peersOf(network, permission).map((peer) => ({
    SecurityGroupRuleId: network.newId("sgr"),
    ...common,
    ...range,
    ...peer,
    Tags: [],
  }));
}

const identity = (rule: SecurityGroupRule): string =>
  [
    rule.IsEgress,
    rule.IpProtocol,
    rule.FromPort,
    rule.ToPort,
    rule.CidrIpv4,
    rule.CidrIpv6,
    rule.PrefixListId,
    rule.ReferencedGroupInfo?.GroupId,
  ].join("|");

/** Rules of the same protocol and ports are one permission. */
function permissionsOf(rules: readonly SecurityGroupRule[], account: string): IpPermission[] {
  const permissions = new Map<
    string,
    Required<Pick<IpPermission, "IpRanges" | "Ipv6Ranges" | "PrefixListIds" | "UserIdGroupPairs">> & IpPermission
  >();
  for (const rule of rules) {
    const key = `${rule.IpProtocol}|${rule.FromPort}|${rule.ToPort}`;
    const range = rule.IpProtocol === "-1" ? {} : { FromPort: rule.FromPort, ToPort: rule.ToPort };
    const permission = permissions.get(key) ?? {
      IpProtocol: rule.IpProtocol,
      ...range,
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    };
    permissions.set(key, permission);
    const { Description } = rule;
    if (rule.CidrIpv4) permission.IpRanges.push({ CidrIp: rule.CidrIpv4, Description });
    if (rule.CidrIpv6) permission.Ipv6Ranges.push({ CidrIpv6: rule.CidrIpv6, Description });
    if (rule.PrefixListId) permission.PrefixListIds.push({ PrefixListId: rule.PrefixListId, Description });
    if (rule.ReferencedGroupInfo)
      permission.UserIdGroupPairs.push({ GroupId: rule.ReferencedGroupInfo.GroupId, UserId: account, Description });
  }
  return [...permissions.values()];
}

const shown = ({ group, rules }: StoredGroup, account: string): SecurityGroup => ({
  ...group,
  IpPermissions: permissionsOf(
    rules.filter(({ IsEgress }) => !IsEgress),
    account,
  ),
  IpPermissionsEgress: permissionsOf(
    rules.filter(({ IsEgress }) => IsEgress),
    account,
  ),
});

interface RuleInput {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly IpPermissions?: IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SecurityGroupRuleIds?: string[] | undefined;
}

/** The older way to give one rule is by parameters of its own. */
const permissionsIn = (input: RuleInput): IpPermission[] =>
  input.IpPermissions ??
  (input.CidrIp
    ? [
        {
          IpProtocol: input.IpProtocol,
          FromPort: input.FromPort,
          ToPort: input.ToPort,
          IpRanges: [{ CidrIp: input.CidrIp }],
        },
      ]
    : []);

function authorize(network: Network, input: RuleInput, egress: boolean) {
  const stored = get(network.groups, input.GroupId);
  const added = permissionsIn(input).flatMap((permission) => rulesOf(network, stored, permission, egress));
  if (added.length === 0)
    throw new AwsError("MissingParameter", "The request must contain the parameter ipPermissions");
  const known = new Set(stored.rules.map(identity));
  for (const rule of added) {
    if (known.has(identity(rule)))
      throw new AwsError(
        "InvalidPermission.Duplicate",
        `the specified rule "peer: ${rule.CidrIpv4 ?? rule.ReferencedGroupInfo?.GroupId ?? rule.CidrIpv6}, ${rule.IpProtocol}, from port: ${rule.FromPort}, to port: ${rule.ToPort}, ALLOW" already exists`,
      );
    known.add(identity(rule));
  }
  stored.rules.push(...added);
  return { Return: true, SecurityGroupRules: added };
}

function revoke(network: Network, input: RuleInput, egress: boolean) {
  const stored = get(network.groups, input.GroupId);
  const named = new Set(input.SecurityGroupRuleIds ?? []);
  const wanted = new Set(
    permissionsIn(input)
      .flatMap((permission) => rulesOf(network, stored, permission, egress))
      .map(identity),
  );
  const gone = stored.rules.filter(
    (rule) => rule.IsEgress === egress && (wanted.has(identity(rule)) || named.has(rule.SecurityGroupRuleId ?? "")),
  );
  if (gone.length < wanted.size + named.size)
    throw new AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
  stored.rules = stored.rules.filter((rule) => !gone.includes(rule));
  return { Return: true };
}

function users(network: Network, groupId: string): string[] {
  const referring = all(network.groups).filter(
    ({ group, rules }) =>
      group.GroupId !== groupId && rules.some(({ ReferencedGroupInfo }) => ReferencedGroupInfo?.GroupId === groupId),
  );
  return [
    ...referring.map(({ group }) => group.GroupId ?? ""),
    ...all(network.interfaces)
      .filter(({ Groups }) => Groups?.some(({ GroupId }) => GroupId === groupId))
      .map(({ NetworkInterfaceId }) => NetworkInterfaceId ?? ""),
    ...all(network.endpoints)
      .filter(({ Groups }) => Groups?.some(({ GroupId }) => GroupId === groupId))
      .map(({ VpcEndpointId }) => VpcEndpointId ?? ""),
  ];
}

export function securityGroups(network: Network): Operations<EC2> {
  return {
    CreateSecurityGroup: ({ GroupName = "", Description = "", VpcId, TagSpecifications }) => {
      if (!VpcId) throw new AwsError("VPCIdNotSpecified", "No default VPC for this user");
      get(network.vpcs, VpcId);
      if (/^sg-/.test(GroupName))
        throw invalidValue(`Value (${GroupName}) for parameter GroupName is invalid. It must not begin with sg-.`);
      if (all(network.groups).some(({ group }) => group.VpcId === VpcId && group.GroupName === GroupName))
        throw new AwsError(
          "InvalidGroup.Duplicate",
          `The security group '${GroupName}' already exists for VPC '${VpcId}'`,
        );
      const tags = tagsFor(TagSpecifications, "security-group");
      const { group } = addGroup(network, { name: GroupName, description: Description, vpcId: VpcId, tags });
      return { GroupId: group.GroupId, SecurityGroupArn: group.SecurityGroupArn, Tags: tags };
    },
    DescribeSecurityGroups: ({ GroupIds, GroupNames, Filters, NextToken, MaxResults }) => {
      const { items, nextToken } = describe(network.groups, {
        ids: GroupIds,
        filters: Filters,
        token: NextToken,
        limit: MaxResults,
      });
      const named = items.filter(({ group }) => !GroupNames?.length || GroupNames.includes(group.GroupName ?? ""));
      return { SecurityGroups: named.map((item) => shown(item, network.account)), NextToken: nextToken };
    },
    DescribeSecurityGroupRules: ({ SecurityGroupRuleIds, Filters = [] }) => {
      const groupIds = Filters.filter(({ Name }) => Name === "group-id").flatMap(({ Values }) => Values ?? []);
      const SecurityGroupRules = all(network.groups)
        .flatMap(({ rules }) => rules)
        .filter(({ GroupId = "" }) => groupIds.length === 0 || groupIds.includes(GroupId))
        .filter(
          ({ SecurityGroupRuleId = "" }) =>
            !SecurityGroupRuleIds?.length || SecurityGroupRuleIds.includes(SecurityGroupRuleId),
        );
      return { SecurityGroupRules };
    },
    AuthorizeSecurityGroupIngress: (input) => authorize(network, input, false),
    AuthorizeSecurityGroupEgress: (input) => authorize(network, input, true),
    RevokeSecurityGroupIngress: (input) => revoke(network, input, false),
    RevokeSecurityGroupEgress: (input) => revoke(network, input, true),
    DeleteSecurityGroup: ({ GroupId = "" }) => {
      const { group } = get(network.groups, GroupId);
      if (group.GroupName === "default")
        throw new AwsError(
          "CannotDelete",
          `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`,
        );
      const used = users(network, GroupId);
      if (used.length > 0) throw dependency(`resource ${GroupId} has a dependent object: ${used.join(", ")}`);
      network.groups.items.delete(GroupId);
      return { Return: true, GroupId };
    },
  };
}
