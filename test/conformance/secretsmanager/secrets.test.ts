import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { kms } from "../../../infra/sandbox/aws/services/kms/service.ts";
import { secretsmanager } from "../../../infra/sandbox/aws/services/secretsmanager/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: SecretsManager;
beforeAll(async () => {
  target = await startTarget([kms, secretsmanager]);
  client = new SecretsManager(target.config);
});
afterAll(() => target.stop());

/** A secret with value `one` that is gone after the test. */
async function withSecret(run: (SecretId: string) => Promise<void>): Promise<void> {
  const Name = target.unique("secret");
  const { ARN = "" } = await client.createSecret({ Name, SecretString: "one", Tags: [{ Key: "team", Value: "a" }] });
  try {
    await run(ARN);
  } finally {
    await client.deleteSecret({ SecretId: ARN, ForceDeleteWithoutRecovery: true });
  }
}

const value = async (SecretId: string, more = {}) => (await client.getSecretValue({ SecretId, ...more })).SecretString;

test("CreateSecret: a name is taken once", () =>
  withSecret(async (SecretId) => {
    const { Name } = await client.describeSecret({ SecretId });
    await expect(client.createSecret({ Name, SecretString: "x" })).rejects.toMatchObject({
      name: "ResourceExistsException",
    });
  }));

test("GetSecretValue: the current one unless a stage is named", () =>
  withSecret(async (SecretId) => {
    await client.putSecretValue({ SecretId, SecretString: "two" });
    expect([await value(SecretId), await value(SecretId, { VersionStage: "AWSPREVIOUS" })]).toEqual(["two", "one"]);
  }));

test("PutSecretValue: the same token and value again change nothing", () =>
  withSecret(async (SecretId) => {
    const input = { SecretId, SecretString: "two", ClientRequestToken: "00000000-0000-4000-8000-000000000001" };
    const first = await client.putSecretValue(input);
    expect((await client.putSecretValue(input)).VersionId).toBe(first.VersionId);
    await expect(client.putSecretValue({ ...input, SecretString: "three" })).rejects.toMatchObject({
      name: "ResourceExistsException",
    });
  }));

test("UpdateSecret: a new description, a new value", () =>
  withSecret(async (SecretId) => {
    await client.updateSecret({ SecretId, Description: "of a test", SecretString: "two" });
    expect((await client.describeSecret({ SecretId })).Description).toBe("of a test");
    expect(await value(SecretId)).toBe("two");
  }));

test("UpdateSecretVersionStage: moves a stage to another version", () =>
  withSecret(async (SecretId) => {
    const { VersionId } = await client.getSecretValue({ SecretId });
    const second = await client.putSecretValue({ SecretId, SecretString: "two" });
    const move = { MoveToVersionId: VersionId, RemoveFromVersionId: second.VersionId };
    await client.updateSecretVersionStage({ SecretId, VersionStage: "AWSCURRENT", ...move });
    expect(await value(SecretId)).toBe("one");
  }));

test("ListSecretVersionIds: versions with their stages", () =>
  withSecret(async (SecretId) => {
    await client.putSecretValue({ SecretId, SecretString: "two" });
    const { Versions } = await client.listSecretVersionIds({ SecretId });
    expect(Versions?.flatMap(({ VersionStages }) => VersionStages).sort()).toEqual(["AWSCURRENT", "AWSPREVIOUS"]);
  }));

test("DescribeSecret: everything but the value", () =>
  withSecret(async (SecretId) => {
    const described = await client.describeSecret({ SecretId });
    expect(described).toMatchObject({ ARN: SecretId, Tags: [{ Key: "team", Value: "a" }] });
    expect(described).not.toHaveProperty("SecretString");
  }));

test("ListSecrets: by name", () =>
  withSecret(async (SecretId) => {
    const { Name = "" } = await client.describeSecret({ SecretId });
    const { SecretList } = await client.listSecrets({ Filters: [{ Key: "name", Values: [Name] }] });
    expect(SecretList?.map(({ ARN }) => ARN)).toEqual([SecretId]);
  }));

test("TagResource: adds and replaces", () =>
  withSecret(async (SecretId) => {
    await client.tagResource({ SecretId, Tags: [{ Key: "team", Value: "b" }] });
    expect((await client.describeSecret({ SecretId })).Tags).toEqual([{ Key: "team", Value: "b" }]);
  }));

test("UntagResource: removes by key", () =>
  withSecret(async (SecretId) => {
    await client.untagResource({ SecretId, TagKeys: ["team"] });
    expect((await client.describeSecret({ SecretId })).Tags ?? []).toEqual([]);
  }));

test("DeleteSecret: cannot be read in its recovery window", () =>
  withSecret(async (SecretId) => {
    const { DeletionDate } = await client.deleteSecret({ SecretId, RecoveryWindowInDays: 7 });
    expect(DeletionDate).toBeInstanceOf(Date);
    await expect(value(SecretId)).rejects.toMatchObject({ name: "InvalidRequestException" });
  }));

test("RestoreSecret: brings back what was deleted", () =>
  withSecret(async (SecretId) => {
    await client.deleteSecret({ SecretId, RecoveryWindowInDays: 7 });
    await client.restoreSecret({ SecretId });
    expect(await value(SecretId)).toBe("one");
  }));

test("GetRandomPassword: as long as asked, without what is excluded", async () => {
  const { RandomPassword } = await client.getRandomPassword({ PasswordLength: 40, ExcludePunctuation: true });
  expect(RandomPassword).toMatch(/^[A-Za-z0-9]{40}$/);
});
