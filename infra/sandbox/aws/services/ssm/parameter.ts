import { createHash } from "node:crypto";
import type {
  Parameter,
  ParameterHistory,
  ParameterMetadata,
  PutParameterCommandInput,
  Tag,
} from "@aws-sdk/client-ssm";
import { AwsError } from "../../kernel.ts";

/** One parameter with all versions that are still kept, oldest first. */
export interface StoredParameter {
  readonly name: string;
  readonly versions: Version[];
  tags: Tag[];
}

export interface Version extends ParameterHistory {
  readonly Version: number;
  readonly Value: string;
  Labels: string[];
}

/** Limits of the Parameter Store: versions kept, labels per version, characters of a value by tier. */
export const maxVersions = 100;
const maxLabels = 10;
const maxValue = { Standard: 4096, Advanced: 8192, "Intelligent-Tiering": 8192 } as const;

const invalid = (message: string): AwsError => new AwsError("ValidationException", message);

function nameProblem(name: string): string | undefined {
  if (!/^[\w.\-/]+$/.test(name))
    return `Parameter name: can't be empty and may only hold letters, digits and _ . - /, got ${JSON.stringify(name)}`;
  if (name.includes("/") && !name.startsWith("/"))
    return `Parameter name must be a fully qualified name, got ${JSON.stringify(name)}`;
  if (name.length > 1011) return "Parameter name must be at most 1011 characters";
  return undefined;
}

/** @throws AwsError ValidationException, AccessDeniedException, HierarchyLevelLimitExceededException */
export function checkName(name: string): void {
  const problem = nameProblem(name);
  if (problem) throw invalid(problem);
  if (/^\/?(aws|ssm)/i.test(name))
    throw new AwsError("AccessDeniedException", `No access to reserved parameter name: ${name}.`);
  if (name.split("/").length - 1 > 15)
    throw new AwsError("HierarchyLevelLimitExceededException", "A hierarchy can have a maximum of fifteen levels.");
}

function expression(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    throw new AwsError("InvalidAllowedPatternException", `AllowedPattern is no regular expression: ${pattern}`);
  }
}

function checkValue(value: string, tier: keyof typeof maxValue, pattern: string | undefined): void {
  if (value === "")
    throw invalid(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  if (value.length > maxValue[tier])
    throw invalid(
      `${tier} tier parameters support a maximum parameter value of ${maxValue[tier]} characters; this one has ${value.length}.`,
    );
  if (pattern !== undefined && !expression(pattern).test(value))
    throw new AwsError(
      "ParameterPatternMismatchException",
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
}

/** @returns the version that this input makes of the parameter, which is `undefined` for a new one. */
export function nextVersion(
  input: PutParameterCommandInput,
  existing: StoredParameter | undefined,
  stamp: { readonly at: Date; readonly user: string },
): Version {
  const last = existing?.versions.at(-1);
  const Type = input.Type ?? last?.Type;
  if (!Type) throw invalid("A parameter type is required when you create a parameter.");
  if (!["String", "StringList", "SecureString"].includes(Type))
    throw new AwsError("UnsupportedParameterType", `The parameter type ${Type} is not supported.`);
  const Value = input.Value ?? "";
  const asked = input.Tier ?? last?.Tier ?? "Standard";
  const Tier = asked === "Intelligent-Tiering" ? (Value.length > maxValue.Standard ? "Advanced" : "Standard") : asked;
  const AllowedPattern = input.AllowedPattern ?? last?.AllowedPattern;
  checkValue(Value, Tier, AllowedPattern);
  return {
    Name: input.Name,
    Type,
    Value,
    Tier,
    Version: (last?.Version ?? 0) + 1,
    Labels: [],
    DataType: input.DataType ?? last?.DataType ?? "text",
    LastModifiedDate: stamp.at,
    LastModifiedUser: stamp.user,
    ...(input.Description !== undefined ? { Description: input.Description } : {}),
    ...(AllowedPattern !== undefined ? { AllowedPattern } : {}),
    ...(Type === "SecureString" ? { KeyId: input.KeyId ?? last?.KeyId ?? "alias/aws/ssm" } : {}),
  };
}

/** Drops the oldest version when there would be too many, unless a label protects it. */
export function addVersion(parameter: StoredParameter, version: Version): void {
  const oldest = parameter.versions[0];
  if (parameter.versions.length >= maxVersions && oldest) {
    if (oldest.Labels.length > 0)
      throw new AwsError(
        "ParameterMaxVersionLimitExceeded",
        `You attempted to create a new version of ${parameter.name} by calling the PutParameter API with the overwrite flag. Version ${oldest.Version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
      );
    parameter.versions.shift();
  }
  parameter.versions.push(version);
}

/** Without `WithDecryption` a secret shows as cipher text: opaque, and another for another value. */
const cipherText = (value: string): string => `AQICAH${createHash("sha256").update(value).digest("base64")}`;

export const shownValue = (version: Version, decrypt: boolean | undefined): string =>
  version.Type === "SecureString" && !decrypt ? cipherText(version.Value) : version.Value;

export function described(parameter: StoredParameter, arn: string): ParameterMetadata {
  const { Value: _, Labels: __, ...metadata } = parameter.versions.at(-1) as Version;
  return { ...metadata, ARN: arn, Policies: [] };
}

export const shown = (version: Version, arn: string, decrypt: boolean | undefined): Parameter => ({
  Name: version.Name,
  Type: version.Type,
  Value: shownValue(version, decrypt),
  Version: version.Version,
  LastModifiedDate: version.LastModifiedDate,
  ARN: arn,
  DataType: version.DataType,
});

const isLabel = (label: string): boolean => /^[A-Za-z_.-][\w.-]{0,99}$/.test(label) && !/^(aws|ssm)/i.test(label);

/** Moves labels to one version. @returns the labels that break the rules, which are left out. */
export function label(parameter: StoredParameter, version: Version, labels: readonly string[]): string[] {
  const valid = labels.filter(isLabel);
  const kept = version.Labels.filter((name) => !valid.includes(name));
  if (kept.length + valid.length > maxLabels)
    throw new AwsError(
      "ParameterVersionLabelLimitExceeded",
      `A parameter version can have a maximum of ten labels. Move one or more labels to another version and try again.`,
    );
  for (const other of parameter.versions) other.Labels = other.Labels.filter((name) => !valid.includes(name));
  version.Labels = [...kept, ...valid];
  return labels.filter((name) => !isLabel(name));
}
