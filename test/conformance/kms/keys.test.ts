import { createPublicKey, createVerify } from "node:crypto";
import { type CreateKeyCommandInput, KMS } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { kms } from "../../../infra/sandbox/aws/services/kms/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: KMS;
beforeAll(async () => {
  target = await startTarget([kms]);
  client = new KMS(target.config);
});
afterAll(() => target.stop());

/** A key that is scheduled for deletion after the test. */
async function withKey(run: (KeyId: string) => Promise<void>, input: CreateKeyCommandInput = {}): Promise<void> {
  const { KeyMetadata } = await client.createKey(input);
  const KeyId = KeyMetadata?.KeyId ?? "";
  try {
    await run(KeyId);
  } finally {
    await client.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 }).catch(() => undefined);
  }
}

const state = async (KeyId: string) => (await client.describeKey({ KeyId })).KeyMetadata?.KeyState;
const text = Buffer.from("of the fleet");
const WALLET = { KeySpec: "ECC_SECG_P256K1", KeyUsage: "SIGN_VERIFY" } as const;
const SigningAlgorithm = "ECDSA_SHA_256";

test("CreateKey: symmetric, enabled, of this account", () =>
  withKey(async (KeyId) => {
    const { KeyMetadata } = await client.describeKey({ KeyId });
    expect(KeyMetadata).toMatchObject({
      KeySpec: "SYMMETRIC_DEFAULT",
      KeyState: "Enabled",
      KeyUsage: "ENCRYPT_DECRYPT",
    });
  }));

test("DescribeKey: an unknown key is an error", async () => {
  await expect(client.describeKey({ KeyId: "00000000-0000-4000-8000-000000000000" })).rejects.toMatchObject({
    name: "NotFoundException",
  });
});

test("Encrypt: what comes out is not what went in, and differs each time", () =>
  withKey(async (KeyId) => {
    const [a, b] = await Promise.all([1, 2].map(() => client.encrypt({ KeyId, Plaintext: text })));
    const hex = (one: typeof a) => Buffer.from(one?.CiphertextBlob ?? []).toString("hex");
    expect(hex(a)).not.toBe(hex(b));
    expect(hex(a)).not.toContain(text.toString("hex"));
  }));

test("Decrypt: needs the same context", () =>
  withKey(async (KeyId) => {
    const EncryptionContext = { agent: "alpha" };
    const { CiphertextBlob } = await client.encrypt({ KeyId, Plaintext: text, EncryptionContext });
    const { Plaintext } = await client.decrypt({ CiphertextBlob, EncryptionContext });
    expect(Buffer.from(Plaintext ?? []).toString()).toBe(text.toString());
    await expect(client.decrypt({ CiphertextBlob })).rejects.toMatchObject({ name: "InvalidCiphertextException" });
  }));

test("GenerateDataKey: the ciphertext decrypts to the plaintext", () =>
  withKey(async (KeyId) => {
    const { Plaintext, CiphertextBlob } = await client.generateDataKey({ KeyId, KeySpec: "AES_256" });
    expect(Plaintext).toHaveLength(32);
    expect((await client.decrypt({ CiphertextBlob })).Plaintext).toEqual(Plaintext);
  }));

test("Sign: anyone verifies it with the public key", () =>
  withKey(async (KeyId) => {
    const { Signature = new Uint8Array() } = await client.sign({ KeyId, Message: text, SigningAlgorithm });
    const { PublicKey = new Uint8Array() } = await client.getPublicKey({ KeyId });
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
    expect(createVerify("sha256").update(text).verify(key, Signature)).toBe(true);
  }, WALLET));

test("Verify: true for the message, an error for another", () =>
  withKey(async (KeyId) => {
    const { Signature } = await client.sign({ KeyId, Message: text, SigningAlgorithm });
    const verify = (Message: Buffer) => client.verify({ KeyId, Message, Signature, SigningAlgorithm });
    expect((await verify(text)).SignatureValid).toBe(true);
    await expect(verify(Buffer.from("other"))).rejects.toMatchObject({ name: "KMSInvalidSignatureException" });
  }, WALLET));

test("GetPublicKey: of asymmetric keys only", () =>
  withKey(async (KeyId) => {
    await expect(client.getPublicKey({ KeyId })).rejects.toMatchObject({ name: "UnsupportedOperationException" });
  }));

test("DisableKey: it encrypts no more", () =>
  withKey(async (KeyId) => {
    await client.disableKey({ KeyId });
    await expect(client.encrypt({ KeyId, Plaintext: text })).rejects.toMatchObject({ name: "DisabledException" });
  }));

test("EnableKey: it encrypts again", () =>
  withKey(async (KeyId) => {
    await client.disableKey({ KeyId });
    await client.enableKey({ KeyId });
    expect(await state(KeyId)).toBe("Enabled");
  }));

test("ScheduleKeyDeletion: not before seven days", () =>
  withKey(async (KeyId) => {
    await expect(client.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 3 })).rejects.toThrow();
    await client.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    expect(await state(KeyId)).toBe("PendingDeletion");
  }));

test("CancelKeyDeletion: leaves it disabled", () =>
  withKey(async (KeyId) => {
    await client.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    await client.cancelKeyDeletion({ KeyId });
    expect(await state(KeyId)).toBe("Disabled");
  }));

test("GetKeyRotationStatus: off at first", () =>
  withKey(async (KeyId) => {
    expect((await client.getKeyRotationStatus({ KeyId })).KeyRotationEnabled).toBe(false);
  }));

test("EnableKeyRotation: with a period", () =>
  withKey(async (KeyId) => {
    await client.enableKeyRotation({ KeyId, RotationPeriodInDays: 180 });
    expect(await client.getKeyRotationStatus({ KeyId })).toMatchObject({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 180,
    });
  }));

test("DisableKeyRotation: off again", () =>
  withKey(async (KeyId) => {
    await client.enableKeyRotation({ KeyId });
    await client.disableKeyRotation({ KeyId });
    expect((await client.getKeyRotationStatus({ KeyId })).KeyRotationEnabled).toBe(false);
  }));

test("GetKeyPolicy: the account may do everything by default", () =>
  withKey(async (KeyId) => {
    const { Policy = "" } = await client.getKeyPolicy({ KeyId });
    expect(JSON.parse(Policy).Statement[0]).toMatchObject({ Effect: "Allow", Action: "kms:*" });
  }));

test("PutKeyPolicy: is what comes back", () =>
  withKey(async (KeyId) => {
    const { Policy = "" } = await client.getKeyPolicy({ KeyId });
    const changed = { ...JSON.parse(Policy), Id: "changed" };
    await client.putKeyPolicy({ KeyId, Policy: JSON.stringify(changed) });
    expect(JSON.parse((await client.getKeyPolicy({ KeyId })).Policy ?? "").Id).toBe("changed");
  }));

test("UpdateKeyDescription: is shown", () =>
  withKey(async (KeyId) => {
    await client.updateKeyDescription({ KeyId, Description: "of a test" });
    expect((await client.describeKey({ KeyId })).KeyMetadata?.Description).toBe("of a test");
  }));

test("ListKeys: holds a new key", () =>
  withKey(async (KeyId) => {
    const all: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await client.listKeys({ Marker });
      all.push(...(page.Keys ?? []).map((key) => key.KeyId));
      Marker = page.NextMarker;
    } while (Marker);
    expect(all).toContain(KeyId);
  }));

test("TagResource: tags come back", () =>
  withKey(async (KeyId) => {
    await client.tagResource({ KeyId, Tags: [{ TagKey: "team", TagValue: "fleet" }] });
    expect((await client.listResourceTags({ KeyId })).Tags).toEqual([{ TagKey: "team", TagValue: "fleet" }]);
  }));

test("UntagResource: removes by key", () =>
  withKey(async (KeyId) => {
    await client.tagResource({ KeyId, Tags: [{ TagKey: "team", TagValue: "fleet" }] });
    await client.untagResource({ KeyId, TagKeys: ["team"] });
    expect((await client.listResourceTags({ KeyId })).Tags).toEqual([]);
  }));

test("ListResourceTags: those given at creation", () =>
  withKey(
    async (KeyId) => {
      expect((await client.listResourceTags({ KeyId })).Tags).toEqual([{ TagKey: "a", TagValue: "b" }]);
    },
    { Tags: [{ TagKey: "a", TagValue: "b" }] },
  ));

/** An alias that is gone after the test. */
const withAlias = (run: (AliasName: string, KeyId: string) => Promise<void>) =>
  withKey(async (TargetKeyId) => {
    const AliasName = `alias/${target.unique("alias")}`;
    await client.createAlias({ AliasName, TargetKeyId });
    await run(AliasName, TargetKeyId).finally(() => client.deleteAlias({ AliasName }).catch(() => undefined));
  });

test("CreateAlias: names a key, once", () =>
  withAlias(async (AliasName, TargetKeyId) => {
    expect((await client.describeKey({ KeyId: AliasName })).KeyMetadata?.KeyId).toBe(TargetKeyId);
    await expect(client.createAlias({ AliasName, TargetKeyId })).rejects.toMatchObject({
      name: "AlreadyExistsException",
    });
  }));

test("UpdateAlias: names another key", () =>
  withAlias((AliasName) =>
    withKey(async (TargetKeyId) => {
      await client.updateAlias({ AliasName, TargetKeyId });
      expect((await client.describeKey({ KeyId: AliasName })).KeyMetadata?.KeyId).toBe(TargetKeyId);
    }),
  ));

test("ListAliases: of one key", () =>
  withAlias(async (AliasName, KeyId) => {
    const { Aliases } = await client.listAliases({ KeyId });
    expect(Aliases?.map((alias) => alias.AliasName)).toEqual([AliasName]);
  }));

test("DeleteAlias: the name is free again", () =>
  withAlias(async (AliasName) => {
    await client.deleteAlias({ AliasName });
    await expect(client.describeKey({ KeyId: AliasName })).rejects.toMatchObject({ name: "NotFoundException" });
  }));
