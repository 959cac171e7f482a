import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import type { KeyMetadata, KeySpec, SigningAlgorithmSpec, Tag } from "@aws-sdk/client-kms";
import { AwsError } from "../../kernel.ts";

/** Key material and what is done with it: real cryptography by Node, kept in the sandbox's own state. */
export interface StoredKey {
  readonly metadata: KeyMetadata & { KeyState?: KeyMetadata["KeyState"] };
  /** PKCS#8 PEM of an asymmetric key, base64 of a symmetric one. */
  readonly material: string;
  policy: string;
  tags: Tag[];
  /** Days between rotations; `undefined` when the key is not rotated. */
  rotationDays?: number;
}

interface Curve {
  readonly curve: string;
  readonly algorithm: SigningAlgorithmSpec;
  readonly hash: string;
}

/** The elliptic curves whose keys can sign. */
export const curves: Readonly<Partial<Record<KeySpec, Curve>>> = {
  ECC_NIST_P256: { curve: "P-256", algorithm: "ECDSA_SHA_256", hash: "sha256" },
  ECC_NIST_P384: { curve: "P-384", algorithm: "ECDSA_SHA_384", hash: "sha384" },
  ECC_NIST_P521: { curve: "P-521", algorithm: "ECDSA_SHA_512", hash: "sha512" },
  /** The curve of Ethereum's wallets. */
  ECC_SECG_P256K1: { curve: "secp256k1", algorithm: "ECDSA_SHA_256", hash: "sha256" },
};

export function newMaterial(spec: KeySpec): string {
  if (spec === "SYMMETRIC_DEFAULT") return randomBytes(32).toString("base64");
  const found = Object.hasOwn(curves, spec) ? curves[spec] : undefined;
  if (!found)
    throw new AwsError(
      "NotImplemented",
      `kms.CreateKey: the sandbox makes keys of SYMMETRIC_DEFAULT, ${Object.keys(curves).join(", ")}, not ${spec}.`,
      { status: 501 },
    );
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: found.curve });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

export function curveOf({ metadata }: StoredKey): Curve {
  const found = curves[metadata.KeySpec ?? "SYMMETRIC_DEFAULT"];
  if (!found)
    throw new AwsError("UnsupportedOperationException", `The key ${metadata.Arn} is not an asymmetric signing key.`);
  return found;
}

export const publicKey = ({ material }: StoredKey): Buffer =>
  createPublicKey(material).export({ type: "spki", format: "der" });

export const signMessage = (key: StoredKey, message: Uint8Array): Buffer =>
  sign(curveOf(key).hash, message, createPrivateKey(key.material));

export const verifyMessage = (key: StoredKey, message: Uint8Array, signature: Uint8Array): boolean =>
  verify(curveOf(key).hash, message, createPublicKey(key.material), signature);

/** The encryption context is authenticated with the text, in a fixed order. */
const authenticated = (context: Record<string, string> | undefined): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))));

const ivLength = 12;
const tagLength = 16;
/** A key id, as text. */
const idLength = 36;

/** Key id, nonce, tag, cipher text: the id is how Decrypt finds its key. */
export function encrypt(
  { metadata, material }: StoredKey,
  text: Uint8Array,
  context: Record<string, string> | undefined,
): Buffer {
  if (metadata.KeySpec !== "SYMMETRIC_DEFAULT")
    throw new AwsError(
      "InvalidKeyUsageException",
      `${metadata.Arn} key usage is ${metadata.KeyUsage} which is not valid for this operation.`,
    );
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(material, "base64"), iv);
  cipher.setAAD(authenticated(context));
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([Buffer.from(metadata.KeyId ?? ""), iv, cipher.getAuthTag(), body]);
}

export const keyIdOf = (blob: Uint8Array): string => Buffer.from(blob).subarray(0, idLength).toString();

export function decrypt(
  { material }: StoredKey,
  given: Uint8Array,
  context: Record<string, string> | undefined,
): Buffer {
  const blob = Buffer.from(given).subarray(idLength);
  try {
    const decipher = createDecipheriv("aes-256-gcm", Buffer.from(material, "base64"), blob.subarray(0, ivLength));
    decipher.setAAD(authenticated(context));
    decipher.setAuthTag(blob.subarray(ivLength, ivLength + tagLength));
    return Buffer.concat([decipher.update(blob.subarray(ivLength + tagLength)), decipher.final()]);
  } catch {
    throw new AwsError("InvalidCiphertextException", "The ciphertext refers to another key or context, or is damaged.");
  }
}
