import { createPublicKey, verify } from "node:crypto";
import { CreateKeyCommand, GetPublicKeyCommand, KMSClient, SignCommand, VerifyCommand } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { kms } from "../../../infra/sandbox/aws/services/kms/service.ts";
import { type Harness, startHarness } from "../harness.ts";

let sandbox: Harness;
let keys: KMSClient;
beforeAll(async () => {
  sandbox = await startHarness([kms]);
  keys = new KMSClient(sandbox.config);
});
afterAll(() => sandbox.stop());

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
