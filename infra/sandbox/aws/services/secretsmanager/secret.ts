import type { SecretListEntry, Tag } from "@aws-sdk/client-secrets-manager";
import { AwsError, type Collection, type ServiceContext } from "../../kernel.ts";
import { uuid } from "../../uuid.ts";

/** A secret with its versions; stages (AWSCURRENT, AWSPREVIOUS, own ones) sit on one version each. */
export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  description: string | undefined;
  kmsKeyId: string | undefined;
  changedAt: Date;
  accessedAt: Date | undefined;
  deletedAt: Date | undefined;
  tags: Tag[];
  versions: SecretVersion[];
}

export interface SecretVersion {
  readonly id: string;
  readonly text: string | undefined;
  readonly bytes: Uint8Array | undefined;
  readonly createdAt: Date;
  stages: string[];
}

export interface Vault {
  readonly secrets: Collection<StoredSecret>;
  readonly context: ServiceContext;
}

const notFound = (text: string): AwsError => new AwsError("ResourceNotFoundException", text);
export const invalidRequest = (text: string): AwsError => new AwsError("InvalidRequestException", text);
export const invalidParameter = (text: string): AwsError => new AwsError("InvalidParameterException", text);

/** By name, whole ARN, or ARN without its six random characters. */
export function secretOf(
  { secrets }: Vault,
  id: string | undefined,
  options: { deleted?: boolean } = {},
): StoredSecret {
  const wanted = id ?? "";
  const secret =
    secrets.get(wanted) ?? [...secrets.values()].find(({ arn }) => arn === wanted || arn.slice(0, -7) === wanted);
  if (!secret) throw notFound("Secrets Manager can't find the specified secret.");
  if (secret.deletedAt && !options.deleted)
    throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
  return secret;
}

export function versionOf(
  secret: StoredSecret,
  question: { VersionId?: string; VersionStage?: string },
): SecretVersion {
  const { VersionId, VersionStage } = question;
  const stage = VersionStage ?? (VersionId === undefined ? "AWSCURRENT" : undefined);
  const version = secret.versions.find(
    ({ id, stages }) =>
      (VersionId === undefined || id === VersionId) && (stage === undefined || stages.includes(stage)),
  );
  if (!version)
    throw notFound(
      `Secrets Manager can't find the specified secret value for ${VersionId ? `VersionId: ${VersionId}` : `staging label: ${stage}`}`,
    );
  return version;
}

/** Moves a stage; what was current becomes previous, as AWS does by itself. */
export function moveStage(secret: StoredSecret, stage: string, to: SecretVersion | undefined): void {
  const from = secret.versions.find(({ stages }) => stages.includes(stage));
  if (from === to) return;
  for (const version of secret.versions) version.stages = version.stages.filter((name) => name !== stage);
  to?.stages.push(stage);
  if (stage === "AWSCURRENT" && from) moveStage(secret, "AWSPREVIOUS", from);
}

interface NewValue {
  readonly ClientRequestToken?: string;
  readonly SecretString?: string;
  readonly SecretBinary?: Uint8Array;
  readonly VersionStages?: string[];
}

const maxBytes = 65_536;

/** Adds a version unless the token already made the same one. @throws AwsError ResourceExistsException */
export function addVersion({ context }: Vault, secret: StoredSecret, input: NewValue): SecretVersion {
  const { SecretString: text, SecretBinary: bytes, VersionStages = ["AWSCURRENT"] } = input;
  if ((text === undefined) === (bytes === undefined))
    throw invalidParameter("You must provide either SecretString or SecretBinary, not both.");
  if (Buffer.byteLength(text ?? bytes ?? "") > maxBytes)
    throw invalidParameter(`The secret value must have at most ${maxBytes} bytes.`);
  const id = input.ClientRequestToken ?? uuid(context);
  const existing = secret.versions.find((version) => version.id === id);
  if (existing) {
    const same = existing.text === text && Buffer.from(existing.bytes ?? []).equals(Buffer.from(bytes ?? []));
    if (same) return existing;
    throw new AwsError(
      "ResourceExistsException",
      "You can't modify an existing version. You can only create a new version.",
    );
  }
  const version: SecretVersion = { id, text, bytes, createdAt: context.clock.now(), stages: [] };
  secret.versions.push(version);
  for (const stage of VersionStages) moveStage(secret, stage, version);
  secret.changedAt = context.clock.now();
  // Versions without a stage are deprecated and leave, as AWS removes them.
  secret.versions = secret.versions.filter(({ stages }) => stages.length > 0);
  return version;
}

export const stagesOf = ({ versions }: StoredSecret): Record<string, string[]> =>
  Object.fromEntries(versions.map(({ id, stages }) => [id, stages]));

export const listed = (secret: StoredSecret): SecretListEntry => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  CreatedDate: secret.createdAt,
  LastChangedDate: secret.changedAt,
  LastAccessedDate: secret.accessedAt,
  DeletedDate: secret.deletedAt,
  RotationEnabled: false,
  Tags: secret.tags,
});
