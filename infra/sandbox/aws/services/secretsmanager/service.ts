import type { Filter, GetRandomPasswordCommandInput, SecretsManager } from "@aws-sdk/client-secrets-manager";
import { AwsError, type Operations, type ServiceModule } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import {
  addVersion,
  invalidParameter,
  invalidRequest,
  listed,
  moveStage,
  type StoredSecret,
  secretOf,
  stagesOf,
  type Vault,
  versionOf,
} from "./secret.ts";

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const day = 24 * 60 * 60 * 1000;

function writing(vault: Vault): Operations<SecretsManager> {
  const { context, secrets } = vault;
  return {
    CreateSecret: ({ Name: name = "", Description, KmsKeyId, Tags = [], ...value }) => {
      if (!/^[\w/+=.@-]{1,512}$/.test(name))
        throw invalidParameter(
          `Invalid name. Must be 1 to 512 of letters, digits and / _ + = . @ -, got ${JSON.stringify(name)}.`,
        );
      const existing = secrets.get(name);
      if (existing?.deletedAt)
        throw invalidRequest(
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      if (existing)
        throw new AwsError(
          "ResourceExistsException",
          `The operation failed because the secret ${name} already exists.`,
        );
      const now = context.clock.now();
      const secret: StoredSecret = {
        name,
        arn: `arn:aws:secretsmanager:${context.region}:${context.account}:secret:${name}-${context.id(6, alphanumeric)}`,
        createdAt: now,
        changedAt: now,
        accessedAt: undefined,
        deletedAt: undefined,
        description: Description,
        kmsKeyId: KmsKeyId,
        tags: Tags,
        versions: [],
      };
      const hasValue = value.SecretString !== undefined || value.SecretBinary !== undefined;
      const version = hasValue ? addVersion(vault, secret, value) : undefined;
      secrets.set(name, secret);
      return { ARN: secret.arn, Name: name, VersionId: version?.id };
    },
    PutSecretValue: ({ SecretId, ...value }) => {
      const secret = secretOf(vault, SecretId);
      const { id, stages } = addVersion(vault, secret, value);
      return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: stages };
    },
    UpdateSecret: ({ SecretId, Description, KmsKeyId, ...value }) => {
      const secret = secretOf(vault, SecretId);
      const hasValue = value.SecretString !== undefined || value.SecretBinary !== undefined;
      const version = hasValue ? addVersion(vault, secret, value) : undefined;
      secret.description = Description ?? secret.description;
      secret.kmsKeyId = KmsKeyId ?? secret.kmsKeyId;
      secret.changedAt = context.clock.now();
      return { ARN: secret.arn, Name: secret.name, VersionId: version?.id };
    },
    UpdateSecretVersionStage: ({ SecretId, VersionStage = "", MoveToVersionId }) => {
      const secret = secretOf(vault, SecretId);
      moveStage(secret, VersionStage, MoveToVersionId ? versionOf(secret, { VersionId: MoveToVersionId }) : undefined);
      return { ARN: secret.arn, Name: secret.name };
    },
    DeleteSecret: ({ SecretId, ForceDeleteWithoutRecovery = false, RecoveryWindowInDays }) => {
      if (ForceDeleteWithoutRecovery && RecoveryWindowInDays !== undefined)
        throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
      const days = RecoveryWindowInDays ?? 30;
      if (days < 7 || days > 30) throw invalidParameter(`RecoveryWindowInDays must be between 7 and 30, got ${days}.`);
      const secret = secretOf(vault, SecretId, { deleted: ForceDeleteWithoutRecovery });
      const now = context.clock.now();
      if (ForceDeleteWithoutRecovery) secrets.delete(secret.name);
      else secret.deletedAt = new Date(now.getTime() + days * day);
      return { ARN: secret.arn, Name: secret.name, DeletionDate: secret.deletedAt ?? now };
    },
    RestoreSecret: ({ SecretId }) => {
      const secret = secretOf(vault, SecretId, { deleted: true });
      secret.deletedAt = undefined;
      return { ARN: secret.arn, Name: secret.name };
    },
    TagResource: ({ SecretId, Tags = [] }) => {
      const secret = secretOf(vault, SecretId);
      secret.tags = [...secret.tags.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key)), ...Tags];
      return {};
    },
    UntagResource: ({ SecretId, TagKeys = [] }) => {
      const secret = secretOf(vault, SecretId);
      secret.tags = secret.tags.filter(({ Key }) => !TagKeys.includes(Key ?? ""));
      return {};
    },
  };
}

const read: Readonly<Record<string, (secret: StoredSecret) => string[]>> = {
  name: ({ name }) => [name],
  description: ({ description }) => [description ?? ""],
  "tag-key": ({ tags }) => tags.map(({ Key }) => Key ?? ""),
  "tag-value": ({ tags }) => tags.map(({ Value }) => Value ?? ""),
};

/** Values are prefixes; one with `!` in front excludes. */
function matches(secret: StoredSecret, { Key, Values = [] }: Filter): boolean {
  const values = Object.hasOwn(read, Key ?? "") ? read[Key ?? ""]?.(secret) : undefined;
  if (!values) throw invalidParameter(`The sandbox filters by ${Object.keys(read).join(", ")}, not by ${Key}.`);
  return Values.some((wanted) =>
    wanted.startsWith("!")
      ? !values.some((value) => value.startsWith(wanted.slice(1)))
      : values.some((value) => value.startsWith(wanted)),
  );
}

function reading(vault: Vault): Operations<SecretsManager> {
  const { context, secrets } = vault;
  return {
    GetSecretValue: ({ SecretId, VersionId, VersionStage }) => {
      const secret = secretOf(vault, SecretId);
      const { id, text, bytes, stages, createdAt } = versionOf(secret, { VersionId, VersionStage });
      secret.accessedAt = context.clock.now();
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: id,
        VersionStages: stages,
        CreatedDate: createdAt,
        SecretString: text,
        SecretBinary: bytes as never,
      };
    },
    DescribeSecret: ({ SecretId }) => {
      const secret = secretOf(vault, SecretId, { deleted: true });
      return { ...listed(secret), VersionIdsToStages: stagesOf(secret) };
    },
    ListSecrets: ({ Filters = [], IncludePlannedDeletion = false, MaxResults = 100, NextToken }) => {
      const found = [...secrets.values()].filter(
        (secret) => (IncludePlannedDeletion || !secret.deletedAt) && Filters.every((filter) => matches(secret, filter)),
      );
      const page = pageOf(found, { token: NextToken, limit: MaxResults, invalidToken: "InvalidNextTokenException" });
      const SecretList = page.items.map((secret) => ({ ...listed(secret), SecretVersionsToStages: stagesOf(secret) }));
      return { SecretList, NextToken: page.nextToken };
    },
    ListSecretVersionIds: ({ SecretId }) => {
      const secret = secretOf(vault, SecretId);
      const Versions = secret.versions.map(({ id, stages, createdAt }) => ({
        VersionId: id,
        VersionStages: stages,
        CreatedDate: createdAt,
      }));
      return { ARN: secret.arn, Name: secret.name, Versions };
    },
    GetRandomPassword: (input) => ({ RandomPassword: randomPassword(vault, input) }),
  };
}

const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

function characterSets(input: GetRandomPasswordCommandInput): string[] {
  const excluded = new Set(input.ExcludeCharacters ?? "");
  const sets = [
    ...(input.ExcludeLowercase ? [] : ["abcdefghijklmnopqrstuvwxyz"]),
    ...(input.ExcludeUppercase ? [] : ["ABCDEFGHIJKLMNOPQRSTUVWXYZ"]),
    ...(input.ExcludeNumbers ? [] : ["0123456789"]),
    ...(input.ExcludePunctuation ? [] : [punctuation]),
    ...(input.IncludeSpace ? [" "] : []),
  ];
  return sets
    .map((set) => [...set].filter((character) => !excluded.has(character)).join(""))
    .filter((set) => set !== "");
}

function randomPassword({ context }: Vault, input: GetRandomPasswordCommandInput): string {
  const length = input.PasswordLength ?? 32;
  const sets = characterSets(input);
  const least = input.RequireEachIncludedType === false ? 0 : sets.length;
  if (length < Math.max(1, least) || length > 4096 || sets.length === 0)
    throw invalidParameter(
      `PasswordLength must be between ${Math.max(1, least)} and 4096 and at least one character must be left, got ${length}.`,
    );
  const everything = sets.join("");
  for (;;) {
    const password = context.id(length, everything);
    if (least === 0 || sets.every((set) => [...set].some((character) => password.includes(character)))) return password;
  }
}

/** Secrets Manager: values with versions and stages; rotation is not implemented. */
export const secretsmanager: ServiceModule = {
  id: "secretsmanager",
  sdk: () => import("@aws-sdk/client-secrets-manager"),
  create: (context) => {
    const vault: Vault = { secrets: context.state.collection("secrets"), context };
    return { operations: { ...writing(vault), ...reading(vault) } };
  },
};
