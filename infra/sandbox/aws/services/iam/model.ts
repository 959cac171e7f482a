import type { Tag } from "@aws-sdk/client-iam";
import { AwsError, type Collection, type ServiceContext } from "../../kernel.ts";

/** What IAM keeps. Policies are recorded and checked; STS evaluates trust policies, nothing evaluates the others yet. */
export interface StoredRole {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: Date;
  trustPolicy: string;
  description: string | undefined;
  maxSessionSeconds: number;
  boundary: string | undefined;
  readonly inline: Record<string, string>;
  attached: string[];
  tags: Tag[];
}

export interface StoredPolicy {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly description: string | undefined;
  readonly versions: PolicyVersion[];
  defaultVersion: string;
  /** Number of the newest version ever made. */
  lastVersion: number;
  tags: Tag[];
}

export interface PolicyVersion {
  readonly id: string;
  readonly document: string;
  readonly createdAt: Date;
}

export interface StoredProfile {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: Date;
  role: string | undefined;
  tags: Tag[];
}

export interface StoredProvider {
  readonly arn: string;
  /** Without its scheme. */
  readonly url: string;
  readonly createdAt: Date;
  audiences: string[];
  thumbprints: string[];
  tags: Tag[];
}

export interface Directory {
  readonly roles: Collection<StoredRole>;
  readonly policies: Collection<StoredPolicy>;
  readonly profiles: Collection<StoredProfile>;
  readonly providers: Collection<StoredProvider>;
  readonly account: string;
  readonly now: () => Date;
  /** `AROA…`, `ANPA…`: four letters of kind and 17 more. */
  readonly id: (kind: string) => string;
}

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export const directoryOf = ({ state, account, clock, id }: ServiceContext): Directory => ({
  roles: state.collection("roles"),
  policies: state.collection("policies"),
  profiles: state.collection("profiles"),
  providers: state.collection("providers"),
  account,
  now: () => clock.now(),
  id: (kind) => `${kind}${id(17, upper)}`,
});

export const noSuchEntity = (text: string): AwsError => new AwsError("NoSuchEntity", text, { status: 404 });
export const alreadyExists = (text: string): AwsError => new AwsError("EntityAlreadyExists", text, { status: 409 });
export const deleteConflict = (text: string): AwsError => new AwsError("DeleteConflict", text, { status: 409 });

export function roleOf({ roles }: Directory, name: string | undefined): StoredRole {
  const role = roles.get(name ?? "");
  if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}

export function policyOf({ policies }: Directory, arn: string | undefined): StoredPolicy {
  const policy = policies.get(arn ?? "");
  if (!policy) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  return policy;
}

/** Names of roles, policies and instance profiles; paths begin and end with a slash. */
export function checkName(kind: string, name: string, path: string): void {
  const limit = kind === "role" ? 64 : 128;
  const problems = [
    ...(/^[\w+=,.@-]+$/.test(name) && name.length <= limit
      ? []
      : [`the ${kind}'s name must be 1 to ${limit} of letters, digits and + = , . @ - _, got ${JSON.stringify(name)}`]),
    ...(/^\/([!-~]+\/)?$/.test(path) ? [] : [`the path must begin and end with a slash, got ${JSON.stringify(path)}`]),
  ];
  if (problems.length > 0)
    throw new AwsError("ValidationError", `${problems.length} validation error(s) detected: ${problems.join("; ")}.`);
}

export const withTags = (tags: readonly Tag[], added: readonly Tag[]): Tag[] => [
  ...tags.filter(({ Key }) => !added.some((tag) => tag.Key === Key)),
  ...added,
];

export const withoutTags = (tags: readonly Tag[], keys: readonly string[]): Tag[] =>
  tags.filter(({ Key }) => !keys.includes(Key ?? ""));

/** Managed by AWS: known to exist by their ARN alone. */
export const isAwsManaged = (arn: string): boolean => arn.startsWith("arn:aws:iam::aws:policy/");
