import { randomBytes } from "node:crypto";
import type { KMS, SigningAlgorithmSpec } from "@aws-sdk/client-kms";
import { AwsError, type Collection, type Operations, type ServiceContext, type ServiceModule } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { uuid } from "../../uuid.ts";
import {
  curveOf,
  decrypt,
  encrypt,
  keyIdOf,
  newMaterial,
  publicKey,
  type StoredKey,
  signMessage,
  verifyMessage,
} from "./key.ts";

interface StoredAlias {
  readonly name: string;
  keyId: string;
  readonly createdAt: Date;
}

interface KeyRing {
  readonly keys: Collection<StoredKey>;
  readonly aliases: Collection<StoredAlias>;
  readonly context: ServiceContext;
}

const notFound = (text: string): AwsError => new AwsError("NotFoundException", text);

/** By key id, key ARN, alias name or alias ARN. */
function keyOf({ keys, aliases }: KeyRing, id: string | undefined): StoredKey {
  const bare = (id ?? "").replace(/^arn:[^:]*:kms:[^:]*:[^:]*:(key\/)?/, "");
  const key = keys.get(bare.startsWith("alias/") ? (aliases.get(bare)?.keyId ?? "") : bare);
  if (!key) throw notFound(bare.startsWith("alias/") ? `Alias ${id} is not found.` : `Key '${id}' does not exist`);
  return key;
}

function usable(ring: KeyRing, id: string | undefined): StoredKey {
  const key = keyOf(ring, id);
  const { KeyState, Arn } = key.metadata;
  if (KeyState === "Disabled") throw new AwsError("DisabledException", `${Arn} is disabled.`);
  if (KeyState !== "Enabled") throw new AwsError("KMSInvalidStateException", `${Arn} is pending deletion.`);
  return key;
}

const day = 24 * 60 * 60 * 1000;

/** Source: the SDK's documentation of EnableKeyRotation. */
const ROTATION_DAYS = 365;

/** What a key gets when it is made without a policy: IAM of its own account decides. Source: KMS, "Default key policy". */
const defaultPolicy = (account: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });

function keyManagement(ring: KeyRing): Operations<KMS> {
  const { keys, context } = ring;
  const change = (id: string | undefined, state: "Enabled" | "Disabled") => {
    Object.assign(keyOf(ring, id).metadata, { KeyState: state, Enabled: state === "Enabled" });
    return {};
  };
  return {
    CreateKey: ({
      Description = "",
      KeySpec = "SYMMETRIC_DEFAULT",
      KeyUsage,
      Policy,
      Tags = [],
      MultiRegion = false,
    }) => {
      const material = newMaterial(KeySpec);
      const KeyId = uuid(context);
      const symmetric = KeySpec === "SYMMETRIC_DEFAULT";
      const usage = KeyUsage ?? (symmetric ? "ENCRYPT_DECRYPT" : undefined);
      if (usage !== (symmetric ? "ENCRYPT_DECRYPT" : "SIGN_VERIFY"))
        throw new AwsError(
          "ValidationException",
          `KeyUsage ${KeyUsage} is not valid for KeySpec ${KeySpec} in the sandbox; use ${symmetric ? "ENCRYPT_DECRYPT" : "SIGN_VERIFY"}.`,
        );
      const key: StoredKey = {
        metadata: {
          AWSAccountId: context.account,
          KeyId,
          Arn: `arn:aws:kms:${context.region}:${context.account}:key/${KeyId}`,
          CreationDate: context.clock.now(),
          Enabled: true,
          Description,
          KeyUsage: usage,
          KeyState: "Enabled",
          Origin: "AWS_KMS",
          KeyManager: "CUSTOMER",
          KeySpec,
          CustomerMasterKeySpec: KeySpec as never,
          MultiRegion,
        },
        material,
        policy: Policy ?? defaultPolicy(context.account),
        tags: Tags,
      };
      const algorithm = symmetric ? undefined : curveOf(key).algorithm;
      Object.assign(
        key.metadata,
        algorithm ? { SigningAlgorithms: [algorithm] } : { EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"] },
      );
      keys.set(KeyId, key);
      return { KeyMetadata: key.metadata };
    },
    DescribeKey: ({ KeyId }) => ({ KeyMetadata: keyOf(ring, KeyId).metadata }),
    ListKeys: ({ Limit = 100, Marker }) => {
      const page = pageOf([...keys.values()], { token: Marker, limit: Limit, invalidToken: "InvalidMarkerException" });
      const Keys = page.items.map(({ metadata }) => ({ KeyId: metadata.KeyId, KeyArn: metadata.Arn }));
      return { Keys, Truncated: page.nextToken !== undefined, NextMarker: page.nextToken };
    },
    EnableKey: ({ KeyId }) => change(KeyId, "Enabled"),
    DisableKey: ({ KeyId }) => change(KeyId, "Disabled"),
    UpdateKeyDescription: ({ KeyId, Description }) => {
      Object.assign(keyOf(ring, KeyId).metadata, { Description });
      return {};
    },
    ScheduleKeyDeletion: ({ KeyId, PendingWindowInDays = 30 }) => {
      if (PendingWindowInDays < 7 || PendingWindowInDays > 30)
        throw new AwsError(
          "ValidationException",
          `PendingWindowInDays must be between 7 and 30, got ${PendingWindowInDays}.`,
        );
      const { metadata } = keyOf(ring, KeyId);
      const DeletionDate = new Date(context.clock.now().getTime() + PendingWindowInDays * day);
      Object.assign(metadata, { KeyState: "PendingDeletion", Enabled: false, DeletionDate });
      return { KeyId: metadata.Arn, DeletionDate, KeyState: "PendingDeletion", PendingWindowInDays };
    },
    CancelKeyDeletion: ({ KeyId }) => {
      const { metadata } = keyOf(ring, KeyId);
      Object.assign(metadata, { KeyState: "Disabled", DeletionDate: undefined });
      return { KeyId: metadata.Arn };
    },
    PutKeyPolicy: ({ KeyId, Policy = "{}" }) => {
      keyOf(ring, KeyId).policy = Policy;
      return {};
    },
    GetKeyPolicy: ({ KeyId }) => ({ Policy: keyOf(ring, KeyId).policy, PolicyName: "default" }),
    EnableKeyRotation: ({ KeyId, RotationPeriodInDays = ROTATION_DAYS }) => {
      keyOf(ring, KeyId).rotationDays = RotationPeriodInDays;
      return {};
    },
    DisableKeyRotation: ({ KeyId }) => {
      keyOf(ring, KeyId).rotationDays = undefined;
      return {};
    },
    GetKeyRotationStatus: ({ KeyId }) => {
      const { rotationDays } = keyOf(ring, KeyId);
      return { KeyRotationEnabled: rotationDays !== undefined, RotationPeriodInDays: rotationDays };
    },
    TagResource: ({ KeyId, Tags = [] }) => {
      const key = keyOf(ring, KeyId);
      key.tags = [...key.tags.filter(({ TagKey }) => !Tags.some((tag) => tag.TagKey === TagKey)), ...Tags];
      return {};
    },
    UntagResource: ({ KeyId, TagKeys = [] }) => {
      const key = keyOf(ring, KeyId);
      key.tags = key.tags.filter(({ TagKey }) => !TagKeys.includes(TagKey ?? ""));
      return {};
    },
    ListResourceTags: ({ KeyId }) => ({ Tags: keyOf(ring, KeyId).tags, Truncated: false }),
  };
}

function aliasManagement(ring: KeyRing): Operations<KMS> {
  const { aliases, context } = ring;
  const of = (name: string | undefined): StoredAlias => {
    const alias = aliases.get(name ?? "");
    if (!alias) throw notFound(`Alias ${name} is not found.`);
    return alias;
  };
  return {
    CreateAlias: ({ AliasName: name = "", TargetKeyId }) => {
      if (!/^alias\/[\w/-]{1,250}$/.test(name) || name.startsWith("alias/aws/"))
        throw new AwsError(
          "InvalidAliasNameException",
          `An alias must begin with alias/, not with alias/aws/, and hold letters, digits and / _ -, got ${JSON.stringify(name)}.`,
        );
      if (aliases.has(name))
        throw new AwsError("AlreadyExistsException", `An alias with the name ${name} already exists`);
      const keyId = keyOf(ring, TargetKeyId).metadata.KeyId ?? "";
      aliases.set(name, { name, keyId, createdAt: context.clock.now() });
      return {};
    },
    UpdateAlias: ({ AliasName, TargetKeyId }) => {
      of(AliasName).keyId = keyOf(ring, TargetKeyId).metadata.KeyId ?? "";
      return {};
    },
    DeleteAlias: ({ AliasName }) => {
      aliases.delete(of(AliasName).name);
      return {};
    },
    ListAliases: ({ KeyId }) => {
      const wanted = KeyId === undefined ? undefined : keyOf(ring, KeyId).metadata.KeyId;
      const Aliases = [...aliases.values()]
        .filter(({ keyId }) => wanted === undefined || keyId === wanted)
        .map(({ name, keyId, createdAt }) => ({
          AliasName: name,
          AliasArn: `arn:aws:kms:${context.region}:${context.account}:${name}`,
          TargetKeyId: keyId,
          CreationDate: createdAt,
        }));
      return { Aliases, Truncated: false };
    },
  };
}

/** Only whole messages are signed: Node has no call that signs a digest made elsewhere. */
function checkSigning(
  key: StoredKey,
  algorithm: SigningAlgorithmSpec | undefined,
  messageType: string | undefined,
): void {
  const { algorithm: own } = curveOf(key);
  if (algorithm !== own)
    throw new AwsError("InvalidKeyUsageException", `The algorithm ${algorithm} is not valid for this key; use ${own}.`);
  if (messageType !== undefined && messageType !== "RAW")
    throw new AwsError("NotImplemented", `kms.Sign: the sandbox signs MessageType RAW only, got ${messageType}.`, {
      status: 501,
    });
}

function cryptography(ring: KeyRing): Operations<KMS> {
  return {
    Encrypt: ({ KeyId, Plaintext = new Uint8Array(), EncryptionContext }) => {
      const key = usable(ring, KeyId);
      return {
        KeyId: key.metadata.Arn,
        CiphertextBlob: encrypt(key, Plaintext, EncryptionContext),
        EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      };
    },
    Decrypt: ({ CiphertextBlob = new Uint8Array(), EncryptionContext }) => {
      const id = keyIdOf(CiphertextBlob);
      if (!ring.keys.has(id))
        throw new AwsError("InvalidCiphertextException", "The ciphertext was not made by a key of this account.");
      const key = usable(ring, id);
      return {
        KeyId: key.metadata.Arn,
        Plaintext: decrypt(key, CiphertextBlob, EncryptionContext),
        EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      };
    },
    GenerateDataKey: ({ KeyId, KeySpec, NumberOfBytes, EncryptionContext }) => {
      const key = usable(ring, KeyId);
      if (NumberOfBytes !== undefined && !(NumberOfBytes >= 1 && NumberOfBytes <= 1024))
        throw new AwsError("ValidationException", `NumberOfBytes must be from 1 to 1024, got ${NumberOfBytes}.`);
      const Plaintext = randomBytes(NumberOfBytes ?? (KeySpec === "AES_128" ? 16 : 32));
      return { KeyId: key.metadata.Arn, Plaintext, CiphertextBlob: encrypt(key, Plaintext, EncryptionContext) };
    },
    GetPublicKey: ({ KeyId }) => {
      const key = usable(ring, KeyId);
      const { algorithm } = curveOf(key);
      const { Arn, KeySpec, KeyUsage } = key.metadata;
      return { KeyId: Arn, PublicKey: publicKey(key), KeySpec, KeyUsage, SigningAlgorithms: [algorithm] };
    },
    Sign: ({ KeyId, Message = new Uint8Array(), SigningAlgorithm, MessageType }) => {
      const key = usable(ring, KeyId);
      checkSigning(key, SigningAlgorithm, MessageType);
      return { KeyId: key.metadata.Arn, Signature: signMessage(key, Message), SigningAlgorithm };
    },
    Verify: ({ KeyId, Message = new Uint8Array(), Signature = new Uint8Array(), SigningAlgorithm, MessageType }) => {
      const key = usable(ring, KeyId);
      checkSigning(key, SigningAlgorithm, MessageType);
      if (!verifyMessage(key, Message, Signature))
        throw new AwsError("KMSInvalidSignatureException", "The signature does not match the message and the key.");
      return { KeyId: key.metadata.Arn, SignatureValid: true, SigningAlgorithm };
    },
  };
}

/** KMS: symmetric encryption and signatures with elliptic curves, by real cryptography. Key policies are recorded only. */
export const kms: ServiceModule = {
  id: "kms",
  sdk: () => import("@aws-sdk/client-kms"),
  create: (context) => {
    const ring: KeyRing = {
      keys: context.state.collection("keys"),
      aliases: context.state.collection("aliases"),
      context,
    };
    return { operations: { ...keyManagement(ring), ...aliasManagement(ring), ...cryptography(ring) } };
  },
};
