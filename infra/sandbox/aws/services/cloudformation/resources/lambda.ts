import { Buffer } from "node:buffer";
import type { Architecture, LoggingConfig, Runtime, TracingConfig, VpcConfig } from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { CFN_RESPONSE } from "./cfn-response.ts";
import { attributes, handler, type Made, present, type Scope, type Tag, tagChanges, unlessGone } from "./handler.ts";
import { physicalName } from "./naming.ts";

const GONE = /ResourceNotFound/;

interface Code {
  readonly ZipFile?: string;
  readonly S3Bucket?: string;
  readonly S3Key?: string;
  readonly S3ObjectVersion?: string;
  readonly ImageUri?: string;
}

interface Settings {
  readonly Role: string;
  readonly Handler?: string;
  readonly Runtime?: Runtime;
  readonly Description?: string;
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly EphemeralStorage?: { readonly Size: number };
  readonly LoggingConfig?: LoggingConfig;
  readonly TracingConfig?: TracingConfig;
  readonly VpcConfig?: VpcConfig;
  readonly KmsKeyArn?: string;
  readonly Layers?: readonly string[];
  readonly FileSystemConfigs?: readonly { readonly Arn: string; readonly LocalMountPath: string }[];
  readonly DeadLetterConfig?: { readonly TargetArn?: string };
  readonly SnapStart?: { readonly ApplyOn: "PublishedVersions" | "None" };
}

interface Function extends Settings {
  readonly FunctionName?: string;
  readonly Code: Code;
  readonly Architectures?: readonly Architecture[];
  readonly PackageType?: "Zip" | "Image";
  readonly CodeSigningConfigArn?: string;
  readonly ReservedConcurrentExecutions?: number;
  readonly Tags?: readonly Tag[];
}

/** Inline code is a file `index` beside AWS's module for answering custom resources. Times are fixed: same text, same zip. */
function inlineZip(source: string): Uint8Array {
  const mtime = new Date("2020-01-01T00:00:00Z");
  return zipSync({ "index.js": strToU8(source), "cfn-response.js": strToU8(CFN_RESPONSE) }, { mtime });
}

const codeOf = ({ ZipFile, ...elsewhere }: Code) =>
  ZipFile === undefined ? elsewhere : { ZipFile: Buffer.from(inlineZip(ZipFile)) };

function settingsOf(properties: Function) {
  const { Role, Handler, Runtime, Description, Timeout, MemorySize, Environment, EphemeralStorage } = properties;
  const { LoggingConfig, TracingConfig, VpcConfig, KmsKeyArn, DeadLetterConfig, SnapStart } = properties;
  return {
    ...{ Role, Handler, Runtime, Description, Timeout, MemorySize, EphemeralStorage, LoggingConfig, TracingConfig },
    ...{ VpcConfig, DeadLetterConfig, SnapStart },
    KMSKeyArn: KmsKeyArn,
    Environment: Environment ? { Variables: { ...Environment.Variables } } : undefined,
    Layers: properties.Layers ? [...properties.Layers] : undefined,
    FileSystemConfigs: properties.FileSystemConfigs ? [...properties.FileSystemConfigs] : undefined,
  };
}

const record = (tags: readonly Tag[] = []) => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

const madeFunction = (name: string, { region, account }: Scope): Made => ({
  physicalId: name,
  attributes: { Arn: `arn:aws:lambda:${region}:${account}:function:${name}` },
});

async function reserve(FunctionName: string, value: number | undefined, { aws }: Scope): Promise<void> {
  if (value === undefined) await aws.lambda.deleteFunctionConcurrency({ FunctionName });
  else await aws.lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: value });
}

const differs = (before: unknown, after: unknown): boolean => JSON.stringify(before) !== JSON.stringify(after);

const lambdaFunction = handler<Function>({
  nameProperty: "FunctionName",
  create: async (properties, scope) => {
    const FunctionName = properties.FunctionName ?? physicalName(scope, 64);
    await scope.aws.lambda.createFunction({
      FunctionName,
      ...settingsOf(properties),
      Code: codeOf(properties.Code),
      PackageType: properties.PackageType,
      CodeSigningConfigArn: properties.CodeSigningConfigArn,
      Architectures: properties.Architectures ? [...properties.Architectures] : undefined,
      Tags: record(properties.Tags),
    });
    const made = madeFunction(FunctionName, scope);
    scope.initiated(made.physicalId, made.attributes);
    if (properties.ReservedConcurrentExecutions !== undefined)
      await reserve(FunctionName, properties.ReservedConcurrentExecutions, scope);
    return made;
  },
  update: async (properties, { physicalId: FunctionName, properties: before, attributes: known }, scope) => {
    const { lambda } = scope.aws;
    const Architectures = properties.Architectures ? [...properties.Architectures] : undefined;
    if (differs([before.Code, before.Architectures], [properties.Code, properties.Architectures]))
      await lambda.updateFunctionCode({ FunctionName, ...codeOf(properties.Code), Architectures });
    if (differs(settingsOf(before), settingsOf(properties)))
      await lambda.updateFunctionConfiguration({
        FunctionName,
        ...settingsOf(properties),
        // What the template no longer names goes back to its default.
        Environment: { Variables: { ...properties.Environment?.Variables } },
        Description: properties.Description ?? "",
        Timeout: properties.Timeout ?? 3,
        MemorySize: properties.MemorySize ?? 128,
      });
    if (before.ReservedConcurrentExecutions !== properties.ReservedConcurrentExecutions)
      await reserve(FunctionName, properties.ReservedConcurrentExecutions, scope);
    const { set, remove } = tagChanges(before.Tags, properties.Tags);
    const Resource = String(known.Arn);
    if (set.length > 0) await lambda.tagResource({ Resource, Tags: record(set) });
    if (remove.length > 0) await lambda.untagResource({ Resource, TagKeys: remove });
    return madeFunction(FunctionName, scope);
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.lambda.deleteFunction({ FunctionName: physicalId })),
});

interface Version {
  readonly FunctionName: string;
  readonly Description?: string;
  readonly CodeSha256?: string;
}

const version = handler<Version>({
  create: async ({ FunctionName, Description, CodeSha256 }, { aws }) => {
    const made = await aws.lambda.publishVersion({ FunctionName, Description, CodeSha256 });
    const arn = present(made.FunctionArn, "FunctionArn");
    return { physicalId: arn, attributes: attributes({ FunctionArn: arn, Version: made.Version }) };
  },
  delete: ({ physicalId }, { aws }) => unlessGone(GONE, () => aws.lambda.deleteFunction({ FunctionName: physicalId })),
});

interface Alias {
  readonly FunctionName: string;
  readonly FunctionVersion: string;
  readonly Name: string;
  readonly Description?: string;
  readonly RoutingConfig?: {
    readonly AdditionalVersionWeights?: readonly {
      readonly FunctionVersion: string;
      readonly FunctionWeight: number;
    }[];
  };
  readonly ProvisionedConcurrencyConfig?: object;
}

function aliasInput({ RoutingConfig, ProvisionedConcurrencyConfig, ...alias }: Alias) {
  if (ProvisionedConcurrencyConfig)
    throw new Error("Property ProvisionedConcurrencyConfig of AWS::Lambda::Alias is not implemented by this sandbox");
  const weights = (RoutingConfig?.AdditionalVersionWeights ?? []).map(
    (one) => [one.FunctionVersion, one.FunctionWeight] as const,
  );
  return { ...alias, RoutingConfig: { AdditionalVersionWeights: Object.fromEntries(weights) } };
}

const alias = handler<Alias>({
  create: async (properties, { aws }) => {
    const { AliasArn } = await aws.lambda.createAlias(aliasInput(properties));
    const arn = present(AliasArn, "AliasArn");
    return { physicalId: arn, attributes: { AliasArn: arn } };
  },
  update: async (properties, existing, { aws }) => {
    await aws.lambda.updateAlias({ Description: "", ...aliasInput(properties) });
    return existing;
  },
  delete: ({ properties: { FunctionName, Name } }, { aws }) =>
    unlessGone(GONE, () => aws.lambda.deleteAlias({ FunctionName, Name })),
});

interface Permission {
  readonly FunctionName: string;
  readonly Action: string;
  readonly Principal: string;
  readonly SourceArn?: string;
  readonly SourceAccount?: string;
  readonly PrincipalOrgID?: string;
}

const permission = handler<Permission>({
  create: async ({ FunctionName, Action, Principal, SourceArn, SourceAccount, PrincipalOrgID }, scope) => {
    const StatementId = physicalName(scope, 100);
    await scope.aws.lambda.addPermission({
      ...{ FunctionName, StatementId, Action, Principal, SourceArn, SourceAccount, PrincipalOrgID },
    });
    return { physicalId: StatementId, attributes: { Id: StatementId } };
  },
  delete: ({ physicalId: StatementId, properties: { FunctionName } }, { aws }) =>
    unlessGone(GONE, () => aws.lambda.removePermission({ FunctionName, StatementId })),
});

interface EventInvokeConfig {
  readonly FunctionName: string;
  readonly Qualifier: string;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig?: {
    readonly OnSuccess?: { readonly Destination: string };
    readonly OnFailure?: { readonly Destination: string };
  };
}

const eventInvokeConfig = handler<EventInvokeConfig>({
  create: async (properties, scope) => {
    await scope.aws.lambda.putFunctionEventInvokeConfig(properties);
    return { physicalId: physicalName(scope, 64) };
  },
  update: async (properties, existing, { aws }) => {
    await aws.lambda.putFunctionEventInvokeConfig(properties);
    return existing;
  },
  delete: ({ properties: { FunctionName, Qualifier } }, { aws }) =>
    unlessGone(GONE, () => aws.lambda.deleteFunctionEventInvokeConfig({ FunctionName, Qualifier })),
});

export const lambdaHandlers = {
  "AWS::Lambda::Function": lambdaFunction,
  "AWS::Lambda::Version": version,
  "AWS::Lambda::Alias": alias,
  "AWS::Lambda::Permission": permission,
  "AWS::Lambda::EventInvokeConfig": eventInvokeConfig,
};
