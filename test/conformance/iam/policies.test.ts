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

const allowing = (...Action: string[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
const missing = { name: "NoSuchEntityException" };

/** A managed policy that is gone after the test, with all its versions. */
async function withPolicy(run: (PolicyArn: string) => Promise<void>): Promise<void> {
  const PolicyDocument = allowing("ecs:ListTasks");
  const { Policy } = await client.createPolicy({ PolicyName: target.unique("policy"), PolicyDocument });
  const PolicyArn = Policy?.Arn ?? "";
  try {
    await run(PolicyArn);
  } finally {
    const { Versions = [] } = await client.listPolicyVersions({ PolicyArn }).catch(() => ({ Versions: [] }));
    for (const { VersionId, IsDefaultVersion } of Versions)
      if (!IsDefaultVersion) await client.deletePolicyVersion({ PolicyArn, VersionId });
    await client.deletePolicy({ PolicyArn }).catch(() => undefined);
  }
}

const addVersion = (PolicyArn: string, SetAsDefault = false) =>
  client.createPolicyVersion({ PolicyArn, PolicyDocument: allowing("ecs:ListServices"), SetAsDefault });

test("CreatePolicy: a document that is no policy is refused", async () => {
  const created = client.createPolicy({ PolicyName: target.unique("policy"), PolicyDocument: "{}" });
  await expect(created).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });
});

test("GetPolicy: its default version", () =>
  withPolicy(async (PolicyArn) => {
    const { Policy } = await client.getPolicy({ PolicyArn });
    expect(Policy).toMatchObject({ Arn: PolicyArn, DefaultVersionId: "v1", AttachmentCount: 0 });
  }));

test("ListPolicies: the account's own", () =>
  withPolicy(async (PolicyArn) => {
    const { Policies } = await client.listPolicies({ Scope: "Local", MaxItems: 1000 });
    expect(Policies?.map(({ Arn }) => Arn)).toContain(PolicyArn);
  }));

test("CreatePolicyVersion: at most five", () =>
  withPolicy(async (PolicyArn) => {
    expect((await addVersion(PolicyArn)).PolicyVersion?.VersionId).toBe("v2");
    for (let n = 0; n < 3; n++) await addVersion(PolicyArn);
    await expect(addVersion(PolicyArn)).rejects.toMatchObject({ name: "LimitExceededException" });
  }));

test("GetPolicyVersion: its document, encoded as a URL part", () =>
  withPolicy(async (PolicyArn) => {
    const { PolicyVersion } = await client.getPolicyVersion({ PolicyArn, VersionId: "v1" });
    expect(decodeURIComponent(PolicyVersion?.Document ?? "")).toBe(allowing("ecs:ListTasks"));
  }));

test("ListPolicyVersions: which is the default", () =>
  withPolicy(async (PolicyArn) => {
    await addVersion(PolicyArn, true);
    const { Versions } = await client.listPolicyVersions({ PolicyArn });
    expect(Versions?.filter((one) => one.IsDefaultVersion).map(({ VersionId }) => VersionId)).toEqual(["v2"]);
  }));

test("SetDefaultPolicyVersion: back to the first", () =>
  withPolicy(async (PolicyArn) => {
    await addVersion(PolicyArn, true);
    await client.setDefaultPolicyVersion({ PolicyArn, VersionId: "v1" });
    expect((await client.getPolicy({ PolicyArn })).Policy?.DefaultVersionId).toBe("v1");
  }));

test("DeletePolicyVersion: not the default one", () =>
  withPolicy(async (PolicyArn) => {
    await addVersion(PolicyArn);
    const remove = (VersionId: string) => client.deletePolicyVersion({ PolicyArn, VersionId });
    await expect(remove("v1")).rejects.toMatchObject({ name: "DeleteConflictException" });
    await remove("v2");
    await expect(remove("v2")).rejects.toMatchObject(missing);
  }));

test("TagPolicy: tags come back", () =>
  withPolicy(async (PolicyArn) => {
    await client.tagPolicy({ PolicyArn, Tags: [{ Key: "team", Value: "fleet" }] });
    expect((await client.getPolicy({ PolicyArn })).Policy?.Tags).toEqual([{ Key: "team", Value: "fleet" }]);
  }));

test("UntagPolicy: removes by key", () =>
  withPolicy(async (PolicyArn) => {
    await client.tagPolicy({ PolicyArn, Tags: [{ Key: "team", Value: "fleet" }] });
    await client.untagPolicy({ PolicyArn, TagKeys: ["team"] });
    expect((await client.getPolicy({ PolicyArn })).Policy?.Tags ?? []).toEqual([]);
  }));

test("ListEntitiesForPolicy: the roles that have it", () =>
  withPolicy(async (PolicyArn) => {
    const RoleName = target.unique("role");
    const Statement = [{ Effect: "Allow", Principal: { Service: "ecs.amazonaws.com" }, Action: "sts:AssumeRole" }];
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await client.createRole({ RoleName, AssumeRolePolicyDocument });
    await client.attachRolePolicy({ RoleName, PolicyArn });
    const { PolicyRoles } = await client.listEntitiesForPolicy({ PolicyArn });
    await client.detachRolePolicy({ RoleName, PolicyArn });
    await client.deleteRole({ RoleName });
    expect(PolicyRoles?.map((role) => role.RoleName)).toEqual([RoleName]);
  }));

test("DeletePolicy: is gone", () =>
  withPolicy(async (PolicyArn) => {
    await client.deletePolicy({ PolicyArn });
    await expect(client.getPolicy({ PolicyArn })).rejects.toMatchObject(missing);
  }));
