import { createPublicKey, verify } from "node:crypto";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetPublicKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
  SignCommand,
  VerifyCommand,
} from "@aws-sdk/client-kms";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { kms } from "../../infra/sandbox/aws/services/kms/service.ts";
import { secretsmanager } from "../../infra/sandbox/aws/services/secretsmanager/service.ts";
import { type Harness, startHarness } from "./harness.ts";

let sandbox: Harness;
let secrets: SecretsManagerClient;
let keys: KMSClient;
beforeAll(async () => {
  sandbox = await startHarness([secretsmanager, kms]);
  secrets = new SecretsManagerClient(sandbox.config);
  keys = new KMSClient(sandbox.config);
});
afterAll(() => sandbox.stop());

test("a secret keeps its current and its previous value", async () => {
  const SecretId = "fleet/key";
  const { ARN } = await secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: "one" }));
  expect(ARN).toMatch(/:secret:fleet\/key-[A-Za-z0-9]{6}$/);
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: "two" }));
  const read = async (question: object) =>
    (await secrets.send(new GetSecretValueCommand({ SecretId, ...question }))).SecretString;
  expect([await read({}), await read({ VersionStage: "AWSPREVIOUS" }), await read({ SecretId: ARN })]).toEqual([
    "two",
    "one",
    "two",
  ]);
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretBinary: Buffer.from("three") }));
  const { SecretBinary } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  expect(Buffer.from(SecretBinary ?? []).toString()).toBe("three");
  const { VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId }));
  expect(
    Object.values(VersionIdsToStages ?? {})
      .flat()
      .sort(),
  ).toEqual(["AWSCURRENT", "AWSPREVIOUS"]);
});

test("secrets are found, deleted, missed", async () => {
  await secrets.send(new CreateSecretCommand({ Name: "temporary", SecretString: "x" }));
  const list = async () =>
    (await secrets.send(new ListSecretsCommand({ Filters: [{ Key: "name", Values: ["temp"] }] }))).SecretList?.length;
  expect(await list()).toBe(1);
  await secrets.send(new DeleteSecretCommand({ SecretId: "temporary" }));
  expect(await list()).toBe(0);
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: "temporary" }))).rejects.toMatchObject({
    name: "InvalidRequestException",
  });
  await secrets.send(new DeleteSecretCommand({ SecretId: "temporary", ForceDeleteWithoutRecovery: true }));
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: "temporary" }))).rejects.toBeInstanceOf(
    ResourceNotFoundException,
  );
});

test("random passwords follow their rules", async () => {
  const input = { PasswordLength: 40, ExcludePunctuation: true, ExcludeCharacters: "abc" };
  const { RandomPassword } = await secrets.send(new GetRandomPasswordCommand(input));
  expect(RandomPassword).toMatch(/^[A-Zd-z0-9]{40}$/);
});

test("keys encrypt and decrypt under their context", async () => {
  const { KeyMetadata } = await keys.send(new CreateKeyCommand({}));
  await keys.send(new CreateAliasCommand({ AliasName: "alias/fleet", TargetKeyId: KeyMetadata?.KeyId }));
  expect((await keys.send(new DescribeKeyCommand({ KeyId: "alias/fleet" }))).KeyMetadata?.KeyId).toBe(
    KeyMetadata?.KeyId,
  );
  const EncryptionContext = { purpose: "test" };
  const { CiphertextBlob } = await keys.send(
    new EncryptCommand({ KeyId: "alias/fleet", Plaintext: Buffer.from("text"), EncryptionContext }),
  );
  const { Plaintext } = await keys.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  expect(Buffer.from(Plaintext ?? []).toString()).toBe("text");
  const other = keys.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { purpose: "other" } }));
  await expect(other).rejects.toMatchObject({ name: "InvalidCiphertextException" });
  await keys.send(new ScheduleKeyDeletionCommand({ KeyId: KeyMetadata?.KeyId }));
  await expect(keys.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))).rejects.toMatchObject({
    name: "KMSInvalidStateException",
  });
});

test("keys sign, and anyone can verify with the public key", async () => {
  const { KeyMetadata } = await keys.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
  const input = {
    KeyId: KeyMetadata?.KeyId,
    Message: Buffer.from("digest"),
    SigningAlgorithm: "ECDSA_SHA_256" as const,
  };
  const { Signature } = await keys.send(new SignCommand(input));
  const { PublicKey } = await keys.send(new GetPublicKeyCommand({ KeyId: input.KeyId }));
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: "der", type: "spki" });
  expect(verify("sha256", input.Message, key, Buffer.from(Signature ?? []))).toBe(true);
  expect((await keys.send(new VerifyCommand({ ...input, Signature }))).SignatureValid).toBe(true);
  const forged = keys.send(new VerifyCommand({ ...input, Signature, Message: Buffer.from("other") }));
  await expect(forged).rejects.toMatchObject({ name: "KMSInvalidSignatureException" });
  await expect(keys.send(new CreateKeyCommand({ KeySpec: "RSA_4096" }))).rejects.toMatchObject({
    name: "NotImplemented",
  });
});
