import type { AttachedPolicy, IAM, Role } from "@aws-sdk/client-iam";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import {
  alreadyExists,
  checkName,
  type Directory,
  deleteConflict,
  isAwsManaged,
  noSuchEntity,
  policyOf,
  roleOf,
  type StoredRole,
  withoutTags,
  withTags,
} from "./model.ts";
import { checkPolicy, checkSize } from "./policy-document.ts";

/** IAM returns policy documents percent-encoded. */
export const encoded = (document: string): string => encodeURIComponent(document);

export const shownRole = (role: StoredRole): Role => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: role.createdAt,
  AssumeRolePolicyDocument: encoded(role.trustPolicy),
  Description: role.description,
  MaxSessionDuration: role.maxSessionSeconds,
  ...(role.boundary
    ? {
        PermissionsBoundary: {
          PermissionsBoundaryType: "PermissionsBoundaryPolicy" as const,
          PermissionsBoundaryArn: role.boundary,
        },
      }
    : {}),
  Tags: role.tags,
});

/** Characters of all inline policies of one role; managed policies per role. */
const inlineLimit = 10_240;
const attachedLimit = 20;

const serviceNames: Readonly<Record<string, string>> = {
  "ecs.amazonaws.com": "AWSServiceRoleForECS",
  "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
  "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
};

function serviceLinkedName(service: string, suffix: string | undefined): string {
  const known = serviceNames[service] ?? `AWSServiceRoleFor${service.split(".")[0]}`;
  return suffix ? `${known}_${suffix}` : known;
}

interface NewRole {
  readonly name: string;
  readonly path: string;
  readonly trustPolicy: string;
}

function newRole(directory: Directory, { name, path, trustPolicy }: NewRole): StoredRole {
  if (directory.roles.has(name)) throw alreadyExists(`Role with name ${name} already exists.`);
  const role: StoredRole = {
    name,
    path,
    trustPolicy,
    id: directory.id("AROA"),
    arn: `arn:aws:iam::${directory.account}:role${path}${name}`,
    createdAt: directory.now(),
    description: undefined,
    maxSessionSeconds: 3600,
    boundary: undefined,
    inline: {},
    attached: [],
    tags: [],
  };
  directory.roles.set(name, role);
  return role;
}

function lifecycle(directory: Directory): Operations<IAM> {
  return {
    CreateRole: (input) => {
      const { RoleName: name = "", Path: path = "/" } = input;
      checkName("role", name, path);
      const trustPolicy = checkPolicy(input.AssumeRolePolicyDocument, "trust");
      const role = newRole(directory, { name, path, trustPolicy });
      role.description = input.Description;
      role.maxSessionSeconds = input.MaxSessionDuration ?? 3600;
      role.boundary = input.PermissionsBoundary;
      role.tags = input.Tags ?? [];
      return { Role: shownRole(role) };
    },
    GetRole: ({ RoleName }) => ({ Role: shownRole(roleOf(directory, RoleName)) }),
    ListRoles: ({ PathPrefix = "/", Marker, MaxItems = 100 }) => {
      const roles = [...directory.roles.values()]
        .filter(({ path }) => path.startsWith(PathPrefix))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const { items, nextToken } = pageOf(roles, { token: Marker, limit: MaxItems, invalidToken: "InvalidInput" });
      return { Roles: items.map(shownRole), IsTruncated: nextToken !== undefined, Marker: nextToken };
    },
    UpdateRole: ({ RoleName, Description, MaxSessionDuration }) => {
      const role = roleOf(directory, RoleName);
      role.description = Description ?? role.description;
      role.maxSessionSeconds = MaxSessionDuration ?? role.maxSessionSeconds;
      return {};
    },
    UpdateAssumeRolePolicy: ({ RoleName, PolicyDocument }) => {
      roleOf(directory, RoleName).trustPolicy = checkPolicy(PolicyDocument, "trust");
      return {};
    },
    PutRolePermissionsBoundary: ({ RoleName, PermissionsBoundary }) => {
      roleOf(directory, RoleName).boundary = PermissionsBoundary;
      return {};
    },
    DeleteRolePermissionsBoundary: ({ RoleName }) => {
      roleOf(directory, RoleName).boundary = undefined;
      return {};
    },
    DeleteRole: ({ RoleName }) => {
      const role = roleOf(directory, RoleName);
      if (role.attached.length > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
      if (Object.keys(role.inline).length > 0)
        throw deleteConflict("Cannot delete entity, must delete policies first.");
      if ([...directory.profiles.values()].some((profile) => profile.role === role.name))
        throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
      directory.roles.delete(role.name);
      return {};
    },
    CreateServiceLinkedRole: ({ AWSServiceName = "", CustomSuffix, Description }) => {
      if (!/^[\w.-]+\.amazonaws\.com$/.test(AWSServiceName))
        throw new AwsError(
          "InvalidInput",
          `AWSServiceName must be like ecs.amazonaws.com, got ${JSON.stringify(AWSServiceName)}.`,
        );
      const name = serviceLinkedName(AWSServiceName, CustomSuffix);
      if (directory.roles.has(name))
        throw new AwsError(
          "InvalidInput",
          `Service role name ${name} has been taken in this account, please try a different suffix.`,
        );
      const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: AWSServiceName } };
      const trustPolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      const role = newRole(directory, { name, path: `/aws-service-role/${AWSServiceName}/`, trustPolicy });
      role.description = Description;
      return { Role: shownRole(role) };
    },
    TagRole: ({ RoleName, Tags = [] }) => {
      const role = roleOf(directory, RoleName);
      role.tags = withTags(role.tags, Tags);
      return {};
    },
    UntagRole: ({ RoleName, TagKeys = [] }) => {
      const role = roleOf(directory, RoleName);
      role.tags = withoutTags(role.tags, TagKeys);
      return {};
    },
    ListRoleTags: ({ RoleName }) => ({ Tags: roleOf(directory, RoleName).tags, IsTruncated: false }),
  };
}

function attachedPolicy(arn: string): AttachedPolicy {
  return { PolicyArn: arn, PolicyName: arn.split("/").at(-1) };
}

function policies(directory: Directory): Operations<IAM> {
  return {
    PutRolePolicy: ({ RoleName, PolicyName = "", PolicyDocument }) => {
      const role = roleOf(directory, RoleName);
      checkName("policy", PolicyName, "/");
      const document = checkPolicy(PolicyDocument, "identity");
      checkSize(Object.values({ ...role.inline, [PolicyName]: document }), inlineLimit, `role ${role.name}`);
      role.inline[PolicyName] = document;
      return {};
    },
    GetRolePolicy: ({ RoleName, PolicyName = "" }) => {
      const document = roleOf(directory, RoleName).inline[PolicyName];
      if (document === undefined) throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
      return { RoleName, PolicyName, PolicyDocument: encoded(document) };
    },
    ListRolePolicies: ({ RoleName }) => ({
      PolicyNames: Object.keys(roleOf(directory, RoleName).inline).sort(),
      IsTruncated: false,
    }),
    DeleteRolePolicy: ({ RoleName, PolicyName = "" }) => {
      const { inline } = roleOf(directory, RoleName);
      if (inline[PolicyName] === undefined)
        throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
      delete inline[PolicyName];
      return {};
    },
    AttachRolePolicy: ({ RoleName, PolicyArn = "" }) => {
      const role = roleOf(directory, RoleName);
      if (!isAwsManaged(PolicyArn)) policyOf(directory, PolicyArn);
      if (role.attached.includes(PolicyArn)) return {};
      if (role.attached.length >= attachedLimit)
        throw new AwsError("LimitExceeded", `Cannot exceed quota for PoliciesPerRole: ${attachedLimit}`, {
          status: 409,
        });
      role.attached.push(PolicyArn);
      return {};
    },
    DetachRolePolicy: ({ RoleName, PolicyArn = "" }) => {
      const role = roleOf(directory, RoleName);
      if (!role.attached.includes(PolicyArn)) throw noSuchEntity(`Policy ${PolicyArn} was not found.`);
      role.attached = role.attached.filter((arn) => arn !== PolicyArn);
      return {};
    },
    ListAttachedRolePolicies: ({ RoleName }) => ({
      AttachedPolicies: roleOf(directory, RoleName).attached.map(attachedPolicy),
      IsTruncated: false,
    }),
  };
}

export const roles = (directory: Directory): Operations<IAM> => ({ ...lifecycle(directory), ...policies(directory) });
