import { IAM } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { iam } from "../../../infra/sandbox/aws/services/iam/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: IAM;
beforeAll(async () => {
  target = await startTarget([iam]);
  client = new IAM(target.config);
});
afterAll(() => target.stop());

const trust = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
const permission = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "ecs:DescribeServices", Resource: "*" }],
});
const READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const Tags = [{ Key: "team", Value: "fleet" }];
const missing = { name: "NoSuchEntityException" };

/** A role that is gone after the test, with what was attached to it. */
async function withRole(run: (RoleName: string) => Promise<void>): Promise<void> {
  const RoleName = target.unique("role");
  await client.createRole({ RoleName, AssumeRolePolicyDocument: trust("ecs-tasks.amazonaws.com"), Tags });
  try {
    await run(RoleName);
  } finally {
    await removeRole(RoleName);
  }
}

async function removeRole(RoleName: string): Promise<void> {
  const { AttachedPolicies = [] } = await client.listAttachedRolePolicies({ RoleName });
  for (const { PolicyArn } of AttachedPolicies) await client.detachRolePolicy({ RoleName, PolicyArn });
  const { PolicyNames = [] } = await client.listRolePolicies({ RoleName });
  for (const PolicyName of PolicyNames) await client.deleteRolePolicy({ RoleName, PolicyName });
  await client.deleteRole({ RoleName });
}

const role = async (RoleName: string) => (await client.getRole({ RoleName })).Role;

test("CreateRole: a name is taken once, whatever its case", () =>
  withRole(async (RoleName) => {
    const again = client.createRole({ RoleName, AssumeRolePolicyDocument: trust("ecs.amazonaws.com") });
    await expect(again).rejects.toMatchObject({ name: "EntityAlreadyExistsException" });
  }));

test("GetRole: its trust policy comes back encoded as a URL part", () =>
  withRole(async (RoleName) => {
    const found = await role(RoleName);
    expect(decodeURIComponent(found?.AssumeRolePolicyDocument ?? "")).toBe(trust("ecs-tasks.amazonaws.com"));
    expect(found).toMatchObject({ RoleName, Path: "/", MaxSessionDuration: 3600, Tags });
  }));

test("ListRoles: below a path", async () => {
  const RoleName = target.unique("role");
  const Path = `/${target.unique("path")}/`;
  await client.createRole({ RoleName, Path, AssumeRolePolicyDocument: trust("ecs.amazonaws.com") });
  const { Roles } = await client.listRoles({ PathPrefix: Path });
  await client.deleteRole({ RoleName });
  expect(Roles?.map((found) => found.RoleName)).toEqual([RoleName]);
});

test("UpdateRole: description and longest session", () =>
  withRole(async (RoleName) => {
    await client.updateRole({ RoleName, Description: "of a test", MaxSessionDuration: 7200 });
    expect(await role(RoleName)).toMatchObject({ Description: "of a test", MaxSessionDuration: 7200 });
  }));

test("UpdateAssumeRolePolicy: replaces who is trusted", () =>
  withRole(async (RoleName) => {
    await client.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust("lambda.amazonaws.com") });
    expect(decodeURIComponent((await role(RoleName))?.AssumeRolePolicyDocument ?? "")).toContain("lambda");
  }));

test("DeleteRole: not while a policy is attached", () =>
  withRole(async (RoleName) => {
    await client.attachRolePolicy({ RoleName, PolicyArn: READ_ONLY });
    await expect(client.deleteRole({ RoleName })).rejects.toMatchObject({ name: "DeleteConflictException" });
    const other = target.unique("role");
    await client.createRole({ RoleName: other, AssumeRolePolicyDocument: trust("ecs.amazonaws.com") });
    await client.deleteRole({ RoleName: other });
    await expect(client.getRole({ RoleName: other })).rejects.toMatchObject(missing);
  }));

test("PutRolePolicy: an inline policy", () =>
  withRole(async (RoleName) => {
    await client.putRolePolicy({ RoleName, PolicyName: "read", PolicyDocument: permission });
    const found = await client.getRolePolicy({ RoleName, PolicyName: "read" });
    expect(decodeURIComponent(found.PolicyDocument ?? "")).toBe(permission);
  }));

test("GetRolePolicy: an unknown one is an error", () =>
  withRole(async (RoleName) => {
    await expect(client.getRolePolicy({ RoleName, PolicyName: "none" })).rejects.toMatchObject(missing);
  }));

test("ListRolePolicies: names of inline policies", () =>
  withRole(async (RoleName) => {
    await client.putRolePolicy({ RoleName, PolicyName: "read", PolicyDocument: permission });
    expect((await client.listRolePolicies({ RoleName })).PolicyNames).toEqual(["read"]);
  }));

test("DeleteRolePolicy: is gone", () =>
  withRole(async (RoleName) => {
    await client.putRolePolicy({ RoleName, PolicyName: "read", PolicyDocument: permission });
    await client.deleteRolePolicy({ RoleName, PolicyName: "read" });
    expect((await client.listRolePolicies({ RoleName })).PolicyNames).toEqual([]);
  }));

test("AttachRolePolicy: one of AWS's own", () =>
  withRole(async (RoleName) => {
    await client.attachRolePolicy({ RoleName, PolicyArn: READ_ONLY });
    const { AttachedPolicies } = await client.listAttachedRolePolicies({ RoleName });
    expect(AttachedPolicies).toEqual([{ PolicyName: "ReadOnlyAccess", PolicyArn: READ_ONLY }]);
  }));

test("ListAttachedRolePolicies: none at first", () =>
  withRole(async (RoleName) => {
    expect((await client.listAttachedRolePolicies({ RoleName })).AttachedPolicies).toEqual([]);
  }));

test("DetachRolePolicy: what is not attached cannot be detached", () =>
  withRole(async (RoleName) => {
    await client.attachRolePolicy({ RoleName, PolicyArn: READ_ONLY });
    await client.detachRolePolicy({ RoleName, PolicyArn: READ_ONLY });
    await expect(client.detachRolePolicy({ RoleName, PolicyArn: READ_ONLY })).rejects.toMatchObject(missing);
  }));

test("PutRolePermissionsBoundary: is shown with the role", () =>
  withRole(async (RoleName) => {
    await client.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: READ_ONLY });
    expect((await role(RoleName))?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(READ_ONLY);
  }));

test("DeleteRolePermissionsBoundary: is gone", () =>
  withRole(async (RoleName) => {
    await client.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: READ_ONLY });
    await client.deleteRolePermissionsBoundary({ RoleName });
    expect((await role(RoleName))?.PermissionsBoundary).toBeUndefined();
  }));

test("TagRole: adds and replaces", () =>
  withRole(async (RoleName) => {
    await client.tagRole({ RoleName, Tags: [{ Key: "team", Value: "other" }] });
    expect((await client.listRoleTags({ RoleName })).Tags).toEqual([{ Key: "team", Value: "other" }]);
  }));

test("ListRoleTags: those given at creation", () =>
  withRole(async (RoleName) => {
    expect((await client.listRoleTags({ RoleName })).Tags).toEqual(Tags);
  }));

test("UntagRole: removes by key", () =>
  withRole(async (RoleName) => {
    await client.untagRole({ RoleName, TagKeys: ["team"] });
    expect((await client.listRoleTags({ RoleName })).Tags).toEqual([]);
  }));

test("CreateServiceLinkedRole: is made below the service's own path", async () => {
  const created = await client.createServiceLinkedRole({ AWSServiceName: "ecs.amazonaws.com" }).catch((error) => error);
  // An account has at most one of them; AWS then answers that the name is taken.
  if (created instanceof Error) expect(created.name).toBe("InvalidInputException");
  else expect(created.Role?.Path).toBe("/aws-service-role/ecs.amazonaws.com/");
});

/** An instance profile that is gone after the test. */
async function withProfile(run: (InstanceProfileName: string) => Promise<void>): Promise<void> {
  const InstanceProfileName = target.unique("profile");
  await client.createInstanceProfile({ InstanceProfileName });
  try {
    await run(InstanceProfileName);
  } finally {
    const { InstanceProfile } = await client.getInstanceProfile({ InstanceProfileName }).catch(() => ({
      InstanceProfile: undefined,
    }));
    for (const { RoleName } of InstanceProfile?.Roles ?? [])
      await client.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName });
    if (InstanceProfile) await client.deleteInstanceProfile({ InstanceProfileName });
  }
}

const rolesIn = async (InstanceProfileName: string) =>
  (await client.getInstanceProfile({ InstanceProfileName })).InstanceProfile?.Roles?.map(({ RoleName }) => RoleName);

test("CreateInstanceProfile: a name is taken once", () =>
  withProfile(async (InstanceProfileName) => {
    await expect(client.createInstanceProfile({ InstanceProfileName })).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
    });
  }));

test("GetInstanceProfile: without roles at first", () =>
  withProfile(async (name) => {
    expect(await rolesIn(name)).toEqual([]);
  }));

test("AddRoleToInstanceProfile: holds one role", () =>
  withProfile((InstanceProfileName) =>
    withRole(async (RoleName) => {
      await client.addRoleToInstanceProfile({ InstanceProfileName, RoleName });
      expect(await rolesIn(InstanceProfileName)).toEqual([RoleName]);
      await client.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName });
    }),
  ));

test("RemoveRoleFromInstanceProfile: is empty again", () =>
  withProfile((InstanceProfileName) =>
    withRole(async (RoleName) => {
      await client.addRoleToInstanceProfile({ InstanceProfileName, RoleName });
      await client.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName });
      expect(await rolesIn(InstanceProfileName)).toEqual([]);
    }),
  ));

test("ListInstanceProfiles: holds a new one", () =>
  withProfile(async (name) => {
    const { InstanceProfiles } = await client.listInstanceProfiles({ MaxItems: 1000 });
    expect(InstanceProfiles?.map(({ InstanceProfileName }) => InstanceProfileName)).toContain(name);
  }));

test("ListInstanceProfilesForRole: those the role is in", () =>
  withProfile((InstanceProfileName) =>
    withRole(async (RoleName) => {
      await client.addRoleToInstanceProfile({ InstanceProfileName, RoleName });
      const { InstanceProfiles } = await client.listInstanceProfilesForRole({ RoleName });
      expect(InstanceProfiles?.map((profile) => profile.InstanceProfileName)).toEqual([InstanceProfileName]);
      await client.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName });
    }),
  ));

test("DeleteInstanceProfile: is gone", () =>
  withProfile(async (InstanceProfileName) => {
    await client.deleteInstanceProfile({ InstanceProfileName });
    await expect(client.getInstanceProfile({ InstanceProfileName })).rejects.toMatchObject(missing);
  }));
