import type { IAM, Policy } from "@aws-sdk/client-iam";
import { AwsError, type Operations } from "../../kernel.ts";
import {
  alreadyExists,
  checkName,
  type Directory,
  deleteConflict,
  noSuchEntity,
  policyOf,
  type StoredPolicy,
  withoutTags,
  withTags,
} from "./model.ts";
import { checkPolicy, checkSize } from "./policy-document.ts";
import { encoded } from "./roles.ts";

/** Managed policies of the account, with up to five versions each. */
const versionLimit = 5;
const sizeLimit = 6144;

const attachments = ({ roles }: Directory, arn: string): string[] =>
  [...roles.values()].filter(({ attached }) => attached.includes(arn)).map(({ name }) => name);

const shown = (directory: Directory, policy: StoredPolicy): Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersion,
  AttachmentCount: attachments(directory, policy.arn).length,
  PermissionsBoundaryUsageCount: 0,
  IsAttachable: true,
  Description: policy.description,
  CreateDate: policy.createdAt,
  UpdateDate: policy.updatedAt,
  Tags: policy.tags,
});

function checkDocument(text: string | undefined, name: string): string {
  const document = checkPolicy(text, "identity");
  checkSize([document], sizeLimit, `policy ${name}`);
  return document;
}

function versionOf(policy: StoredPolicy, id: string | undefined) {
  const version = policy.versions.find((candidate) => candidate.id === id);
  if (!version) throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
  return version;
}

export function policies(directory: Directory): Operations<IAM> {
  const shownVersion = (policy: StoredPolicy, id: string) => {
    const { document, createdAt } = versionOf(policy, id);
    return {
      Document: encoded(document),
      VersionId: id,
      IsDefaultVersion: id === policy.defaultVersion,
      CreateDate: createdAt,
    };
  };
  return {
    CreatePolicy: ({ PolicyName: name = "", Path: path = "/", PolicyDocument, Description, Tags = [] }) => {
      checkName("policy", name, path);
      const document = checkDocument(PolicyDocument, name);
      const arn = `arn:aws:iam::${directory.account}:policy${path}${name}`;
      if (directory.policies.has(arn))
        throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
      const now = directory.now();
      const policy: StoredPolicy = {
        name,
        path,
        arn,
        id: directory.id("ANPA"),
        createdAt: now,
        updatedAt: now,
        description: Description,
        versions: [{ id: "v1", document, createdAt: now }],
        defaultVersion: "v1",
        lastVersion: 1,
        tags: Tags,
      };
      directory.policies.set(arn, policy);
      return { Policy: shown(directory, policy) };
    },
    GetPolicy: ({ PolicyArn }) => ({ Policy: shown(directory, policyOf(directory, PolicyArn)) }),
    ListPolicies: ({ OnlyAttached = false, PathPrefix = "/" }) => ({
      Policies: [...directory.policies.values()]
        .filter(
          ({ path, arn }) => path.startsWith(PathPrefix) && (!OnlyAttached || attachments(directory, arn).length > 0),
        )
        .map((policy) => shown(directory, policy)),
      IsTruncated: false,
    }),
    DeletePolicy: ({ PolicyArn }) => {
      const policy = policyOf(directory, PolicyArn);
      if (attachments(directory, policy.arn).length > 0)
        throw deleteConflict("Cannot delete a policy attached to entities.");
      if (policy.versions.length > 1)
        throw deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions.",
        );
      directory.policies.delete(policy.arn);
      return {};
    },
    CreatePolicyVersion: ({ PolicyArn, PolicyDocument, SetAsDefault = false }) => {
      const policy = policyOf(directory, PolicyArn);
      const document = checkDocument(PolicyDocument, policy.name);
      if (policy.versions.length >= versionLimit)
        throw new AwsError("LimitExceeded", `A managed policy can have up to ${versionLimit} versions.`, {
          status: 409,
        });
      policy.lastVersion++;
      const id = `v${policy.lastVersion}`;
      policy.versions.push({ id, document, createdAt: directory.now() });
      policy.updatedAt = directory.now();
      if (SetAsDefault) policy.defaultVersion = id;
      return { PolicyVersion: shownVersion(policy, id) };
    },
    GetPolicyVersion: ({ PolicyArn, VersionId = "" }) => ({
      PolicyVersion: shownVersion(policyOf(directory, PolicyArn), VersionId),
    }),
    ListPolicyVersions: ({ PolicyArn }) => {
      const policy = policyOf(directory, PolicyArn);
      return { Versions: policy.versions.map(({ id }) => shownVersion(policy, id)), IsTruncated: false };
    },
    SetDefaultPolicyVersion: ({ PolicyArn, VersionId }) => {
      const policy = policyOf(directory, PolicyArn);
      policy.defaultVersion = versionOf(policy, VersionId).id;
      return {};
    },
    DeletePolicyVersion: ({ PolicyArn, VersionId }) => {
      const policy = policyOf(directory, PolicyArn);
      const version = versionOf(policy, VersionId);
      if (version.id === policy.defaultVersion) throw deleteConflict("Cannot delete the default version of a policy.");
      policy.versions.splice(policy.versions.indexOf(version), 1);
      return {};
    },
    ListEntitiesForPolicy: ({ PolicyArn = "" }) => {
      const PolicyRoles = attachments(directory, PolicyArn).map((name) => ({
        RoleName: name,
        RoleId: directory.roles.get(name)?.id,
      }));
      return { PolicyRoles, PolicyUsers: [], PolicyGroups: [], IsTruncated: false };
    },
    TagPolicy: ({ PolicyArn, Tags = [] }) => {
      const policy = policyOf(directory, PolicyArn);
      policy.tags = withTags(policy.tags, Tags);
      return {};
    },
    UntagPolicy: ({ PolicyArn, TagKeys = [] }) => {
      const policy = policyOf(directory, PolicyArn);
      policy.tags = withoutTags(policy.tags, TagKeys);
      return {};
    },
  };
}
