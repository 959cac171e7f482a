import {
  attributes,
  type Between,
  type Existing,
  handler,
  present,
  type Scope,
  type Tag,
  tagChanges,
  unlessGone,
} from "./handler.ts";
import { physicalName } from "./naming.ts";

const GONE = /NoSuchEntity/;
type Document = object | string;

const text = (document: Document): string => (typeof document === "string" ? document : JSON.stringify(document));
const added = (before: readonly string[] = [], after: readonly string[] = []) =>
  after.filter((one) => !before.includes(one));

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: Document;
}

interface Role {
  readonly RoleName?: string;
  readonly AssumeRolePolicyDocument: Document;
  readonly Description?: string;
  readonly ManagedPolicyArns?: readonly string[];
  readonly MaxSessionDuration?: number;
  readonly Path?: string;
  readonly PermissionsBoundary?: string;
  readonly Policies?: readonly InlinePolicy[];
  readonly Tags?: readonly Tag[];
}

type RoleParts = Pick<Role, "ManagedPolicyArns" | "Policies">;

async function changePolicies(name: string, { before, after }: Between<RoleParts>, { aws }: Scope): Promise<void> {
  for (const arn of added(after.ManagedPolicyArns, before.ManagedPolicyArns))
    await unlessGone(GONE, () => aws.iam.detachRolePolicy({ RoleName: name, PolicyArn: arn }));
  const kept = (after.Policies ?? []).map((policy) => policy.PolicyName);
  for (const { PolicyName } of before.Policies ?? [])
    if (!kept.includes(PolicyName))
      await unlessGone(GONE, () => aws.iam.deleteRolePolicy({ RoleName: name, PolicyName }));
  for (const arn of added(before.ManagedPolicyArns, after.ManagedPolicyArns))
    await aws.iam.attachRolePolicy({ RoleName: name, PolicyArn: arn });
  for (const { PolicyName, PolicyDocument } of after.Policies ?? [])
    await aws.iam.putRolePolicy({ RoleName: name, PolicyName, PolicyDocument: text(PolicyDocument) });
}

async function updateRole(role: Role, existing: Existing<Role>, scope: Scope): Promise<void> {
  const { aws } = scope;
  const RoleName = existing.physicalId;
  const before = existing.properties;
  await aws.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: text(role.AssumeRolePolicyDocument) });
  if (role.Description !== before.Description || role.MaxSessionDuration !== before.MaxSessionDuration)
    await aws.iam.updateRole({
      RoleName,
      Description: role.Description ?? "",
      MaxSessionDuration: role.MaxSessionDuration,
    });
  if (role.PermissionsBoundary !== before.PermissionsBoundary) {
    if (role.PermissionsBoundary === undefined) await aws.iam.deleteRolePermissionsBoundary({ RoleName });
    else await aws.iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: role.PermissionsBoundary });
  }
  await changePolicies(RoleName, { before, after: role }, scope);
  const { set, remove } = tagChanges(before.Tags, role.Tags);
  if (set.length > 0) await aws.iam.tagRole({ RoleName, Tags: set });
  if (remove.length > 0) await aws.iam.untagRole({ RoleName, TagKeys: remove });
}

const role = handler<Role>({
  nameProperty: "RoleName",
  create: async (properties, scope) => {
    const name = properties.RoleName ?? physicalName(scope, 64);
    const { Role: made } = await scope.aws.iam.createRole({
      RoleName: name,
      AssumeRolePolicyDocument: text(properties.AssumeRolePolicyDocument),
      Description: properties.Description,
      MaxSessionDuration: properties.MaxSessionDuration,
      Path: properties.Path,
      PermissionsBoundary: properties.PermissionsBoundary,
      Tags: properties.Tags ? [...properties.Tags] : undefined,
    });
    scope.initiated(name);
    await changePolicies(name, { before: {}, after: properties }, scope);
    return { physicalId: name, attributes: attributes({ Arn: made?.Arn, RoleId: made?.RoleId }) };
  },
  update: async (properties, existing, scope) => {
    await updateRole(properties, existing, scope);
    return existing;
  },
  delete: async (existing, scope) => {
    const RoleName = existing.physicalId;
    await unlessGone(GONE, () => changePolicies(RoleName, { before: existing.properties, after: {} }, scope));
    await unlessGone(GONE, () => scope.aws.iam.deleteRole({ RoleName }));
  },
});

interface Policy extends InlinePolicy {
  readonly Roles?: readonly string[];
  readonly Users?: readonly string[];
  readonly Groups?: readonly string[];
}

async function putPolicy(policy: Policy, before: readonly string[], scope: Scope): Promise<void> {
  if (policy.Users?.length || policy.Groups?.length)
    throw new Error("Users and Groups are not implemented by this sandbox; attach the policy to Roles");
  const PolicyDocument = text(policy.PolicyDocument);
  for (const RoleName of policy.Roles ?? [])
    await scope.aws.iam.putRolePolicy({ RoleName, PolicyName: policy.PolicyName, PolicyDocument });
  for (const RoleName of added(policy.Roles, before))
    await unlessGone(GONE, () => scope.aws.iam.deleteRolePolicy({ RoleName, PolicyName: policy.PolicyName }));
}

async function dropPolicy({ PolicyName, Roles = [] }: Policy, { aws }: Scope): Promise<void> {
  for (const RoleName of Roles) await unlessGone(GONE, () => aws.iam.deleteRolePolicy({ RoleName, PolicyName }));
}

const policy = handler<Policy>({
  create: async (properties, scope) => {
    await putPolicy(properties, [], scope);
    const id = physicalName(scope, 64);
    return { physicalId: id, attributes: { Id: id } };
  },
  update: async (properties, existing, scope) => {
    const renamed = existing.properties.PolicyName !== properties.PolicyName;
    if (renamed) await dropPolicy(existing.properties, scope);
    await putPolicy(properties, renamed ? [] : (existing.properties.Roles ?? []), scope);
    return existing;
  },
  delete: (existing, scope) => dropPolicy(existing.properties, scope),
});

interface ManagedPolicy {
  readonly ManagedPolicyName?: string;
  readonly PolicyDocument: Document;
  readonly Description?: string;
  readonly Path?: string;
  readonly Roles?: readonly string[];
}

/** IAM keeps at most five versions, and deletes no policy that has more than its default one. */
async function dropOldVersions(PolicyArn: string, { iam }: Scope["aws"]): Promise<void> {
  const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn });
  for (const { VersionId, IsDefaultVersion } of Versions)
    if (!IsDefaultVersion) await iam.deletePolicyVersion({ PolicyArn, VersionId });
}

const managedPolicy = handler<ManagedPolicy>({
  nameProperty: "ManagedPolicyName",
  create: async (properties, scope) => {
    const { Policy: made } = await scope.aws.iam.createPolicy({
      PolicyName: properties.ManagedPolicyName ?? physicalName(scope, 128),
      PolicyDocument: text(properties.PolicyDocument),
      Description: properties.Description,
      Path: properties.Path,
    });
    const arn = present(made?.Arn, "Arn");
    scope.initiated(arn);
    for (const RoleName of properties.Roles ?? []) await scope.aws.iam.attachRolePolicy({ RoleName, PolicyArn: arn });
    return {
      physicalId: arn,
      attributes: attributes({
        PolicyArn: arn,
        PolicyId: made?.PolicyId,
        AttachmentCount: properties.Roles?.length ?? 0,
      }),
    };
  },
  update: async (properties, existing, { aws }) => {
    const PolicyArn = existing.physicalId;
    await aws.iam.createPolicyVersion({
      PolicyArn,
      PolicyDocument: text(properties.PolicyDocument),
      SetAsDefault: true,
    });
    await dropOldVersions(PolicyArn, aws);
    for (const RoleName of added(existing.properties.Roles, properties.Roles))
      await aws.iam.attachRolePolicy({ RoleName, PolicyArn });
    for (const RoleName of added(properties.Roles, existing.properties.Roles))
      await unlessGone(GONE, () => aws.iam.detachRolePolicy({ RoleName, PolicyArn }));
    return existing;
  },
  delete: async ({ physicalId: PolicyArn, properties }, { aws }) => {
    for (const RoleName of properties.Roles ?? [])
      await unlessGone(GONE, () => aws.iam.detachRolePolicy({ RoleName, PolicyArn }));
    await unlessGone(GONE, async () => {
      await dropOldVersions(PolicyArn, aws);
      await aws.iam.deletePolicy({ PolicyArn });
    });
  },
});

interface InstanceProfile {
  readonly InstanceProfileName?: string;
  readonly Path?: string;
  readonly Roles: readonly string[];
}

const instanceProfile = handler<InstanceProfile>({
  nameProperty: "InstanceProfileName",
  create: async (properties, scope) => {
    const name = properties.InstanceProfileName ?? physicalName(scope, 128);
    const answer = await scope.aws.iam.createInstanceProfile({ InstanceProfileName: name, Path: properties.Path });
    scope.initiated(name);
    for (const RoleName of properties.Roles)
      await scope.aws.iam.addRoleToInstanceProfile({ InstanceProfileName: name, RoleName });
    return { physicalId: name, attributes: attributes({ Arn: answer.InstanceProfile?.Arn }) };
  },
  delete: async ({ physicalId: InstanceProfileName, properties }, { aws }) => {
    for (const RoleName of properties.Roles)
      await unlessGone(GONE, () => aws.iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }));
    await unlessGone(GONE, () => aws.iam.deleteInstanceProfile({ InstanceProfileName }));
  },
});

interface OidcProvider {
  readonly Url?: string;
  readonly ClientIdList?: readonly string[];
  readonly ThumbprintList?: readonly string[];
  readonly Tags?: readonly Tag[];
}

const oidcProvider = handler<OidcProvider>({
  create: async ({ Url, ClientIdList, ThumbprintList, Tags }, { aws }) => {
    const answer = await aws.iam.createOpenIDConnectProvider({
      Url,
      ClientIDList: ClientIdList ? [...ClientIdList] : undefined,
      ThumbprintList: ThumbprintList ? [...ThumbprintList] : undefined,
      Tags: Tags ? [...Tags] : undefined,
    });
    const arn = present(answer.OpenIDConnectProviderArn, "OpenIDConnectProviderArn");
    return { physicalId: arn, attributes: { Arn: arn } };
  },
  update: async ({ ClientIdList, ThumbprintList, Tags }, existing, { aws }) => {
    const OpenIDConnectProviderArn = existing.physicalId;
    const before = existing.properties;
    if (ThumbprintList && JSON.stringify(ThumbprintList) !== JSON.stringify(before.ThumbprintList))
      await aws.iam.updateOpenIDConnectProviderThumbprint({
        OpenIDConnectProviderArn,
        ThumbprintList: [...ThumbprintList],
      });
    for (const ClientID of added(before.ClientIdList, ClientIdList))
      await aws.iam.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID });
    for (const ClientID of added(ClientIdList, before.ClientIdList))
      await aws.iam.removeClientIDFromOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID });
    const { set, remove } = tagChanges(before.Tags, Tags);
    if (set.length > 0) await aws.iam.tagOpenIDConnectProvider({ OpenIDConnectProviderArn, Tags: set });
    if (remove.length > 0) await aws.iam.untagOpenIDConnectProvider({ OpenIDConnectProviderArn, TagKeys: remove });
    return existing;
  },
  delete: ({ physicalId }, { aws }) =>
    unlessGone(GONE, () => aws.iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: physicalId })),
});

export const iamHandlers = {
  "AWS::IAM::Role": role,
  "AWS::IAM::Policy": policy,
  "AWS::IAM::ManagedPolicy": managedPolicy,
  "AWS::IAM::InstanceProfile": instanceProfile,
  "AWS::IAM::OIDCProvider": oidcProvider,
};
