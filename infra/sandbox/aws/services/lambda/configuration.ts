import type {
  CreateFunctionRequest,
  FunctionConfiguration,
  Runtime,
  UpdateFunctionConfigurationRequest,
} from "@aws-sdk/client-lambda";
import { AwsError, type ServiceContext } from "../../kernel.ts";
import {
  type Configuration,
  functionArn,
  invalid,
  LATEST,
  type Store,
  type StoredFunction,
  type Version,
} from "./model.ts";

/** Run by this machine's own Node, whichever of them the function names. */
const RUNTIMES: readonly string[] = ["nodejs20.x", "nodejs22.x", "nodejs24.x"];

const RESERVED = [
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_DEFAULT_REGION",
  "AWS_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_LAMBDA_RUNTIME_API",
  "LAMBDA_TASK_ROOT",
  "LAMBDA_RUNTIME_DIR",
];
const MAX_ENVIRONMENT = 4096; // bytes of all variables together

/** What a request may say about a function, at creation or later. */
export type Wanted = Partial<CreateFunctionRequest> & Partial<UpdateFunctionConfigurationRequest>;

const DEFAULTS = {
  Description: "",
  Timeout: 3,
  MemorySize: 128,
  Environment: {},
  Architectures: ["x86_64"] as Configuration["Architectures"],
  EphemeralStorage: { Size: 512 },
  TracingConfig: { Mode: "PassThrough" as const },
};

function refusals(wanted: Wanted): string[] {
  const refused: [unknown, string][] = [
    [wanted.PackageType === "Image" || wanted.ImageConfig, "container images (PackageType Image)"],
    [wanted.Layers?.length, "Layers"],
    [wanted.FileSystemConfigs?.length, "FileSystemConfigs"],
    [wanted.DeadLetterConfig?.TargetArn, "DeadLetterConfig (use PutFunctionEventInvokeConfig with OnFailure)"],
    [wanted.CodeSigningConfigArn, "CodeSigningConfigArn"],
    [wanted.SnapStart?.ApplyOn === "PublishedVersions", "SnapStart"],
    [wanted.DurableConfig, "DurableConfig"],
    [wanted.TenancyConfig, "TenancyConfig"],
    [wanted.CapacityProviderConfig, "CapacityProviderConfig"],
  ];
  return refused.flatMap(([given, what]) => (given ? [`the sandbox's functions have no ${what}`] : []));
}

const between = (name: string, value: number | undefined, [low, high]: readonly [number, number]): string[] =>
  value === undefined || (Number.isInteger(value) && value >= low && value <= high)
    ? []
    : [`Value '${value}' at '${name}' must be a whole number from ${low} to ${high}`];

function environmentProblems(variables: Readonly<Record<string, string>> = {}): string[] {
  const names = Object.keys(variables);
  const reserved = names.filter((name) => RESERVED.includes(name));
  const malformed = names.filter((name) => !/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name));
  const bytes = names.reduce(
    (sum, name) => sum + Buffer.byteLength(name) + Buffer.byteLength(variables[name] ?? ""),
    0,
  );
  return [
    ...(reserved.length > 0
      ? [
          `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
        ]
      : []),
    ...malformed.map((name) => `environment variable ${JSON.stringify(name)} must match [a-zA-Z][a-zA-Z0-9_]+`),
    ...(bytes > MAX_ENVIRONMENT
      ? [`environment variables must have at most ${MAX_ENVIRONMENT} bytes, got ${bytes}`]
      : []),
  ];
}

function problemsOf(wanted: Wanted): string[] {
  const { Runtime, Handler, Role, Environment } = wanted;
  return [
    ...refusals(wanted),
    ...(Runtime !== undefined && !RUNTIMES.includes(Runtime)
      ? [
          `the sandbox runs functions with this machine's Node only: Runtime must be one of ${RUNTIMES.join(", ")}, got ${Runtime}`,
        ]
      : []),
    ...(Handler !== undefined && !/^[^\s]{1,128}$/.test(Handler)
      ? [`Handler must be 1 to 128 characters without spaces, got ${JSON.stringify(Handler)}`]
      : []),
    ...(Role !== undefined && !/^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/.test(Role)
      ? [`Role must be the ARN of a role, got ${JSON.stringify(Role)}`]
      : []),
    ...between("timeout", wanted.Timeout, [1, 900]),
    ...between("memorySize", wanted.MemorySize, [128, 10_240]),
    ...between("ephemeralStorage.size", wanted.EphemeralStorage?.Size, [512, 10_240]),
    ...environmentProblems(Environment?.Variables),
  ];
}

/** Lambda refuses a role that it cannot assume; a sandbox without IAM cannot know. */
async function checkRole({ aws }: ServiceContext, arn: string): Promise<void> {
  const refused = invalid("The role defined for the function cannot be assumed by Lambda.");
  try {
    const { Role } = await aws.iam.getRole({ RoleName: arn.split("/").at(-1) ?? "" });
    if (!decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "").includes("lambda.amazonaws.com")) throw refused;
  } catch (error) {
    if (error instanceof AwsError && error.code === "NotImplemented") return;
    throw error instanceof AwsError && error.code === "NoSuchEntity" ? refused : error;
  }
}

/**
 * The configuration after a request, which says only what changes.
 * @throws AwsError InvalidParameterValueException with every problem at once
 */
export async function configured(
  store: Store,
  name: string,
  { wanted, before }: { wanted: Wanted; before?: Configuration },
): Promise<Configuration> {
  const { Runtime = before?.Runtime, Role = before?.Role, Handler = before?.Handler } = wanted;
  const missing = Object.entries({ Runtime, Role, Handler }).flatMap(([member, value]) =>
    value === undefined ? [`${member} is required for a function whose code is a zip`] : [],
  );
  const problems = [...missing, ...problemsOf(wanted)];
  if (problems.length > 0) throw invalid(`${problems.join("; ")}.`);
  if (wanted.Role !== undefined) await checkRole(store.context, wanted.Role);
  const base = before ?? { ...DEFAULTS, LoggingConfig: {} };
  return {
    Runtime: Runtime as Runtime,
    Role: Role ?? "",
    Handler: Handler ?? "",
    Description: wanted.Description ?? base.Description,
    Timeout: wanted.Timeout ?? base.Timeout,
    MemorySize: wanted.MemorySize ?? base.MemorySize,
    Environment: wanted.Environment ? (wanted.Environment.Variables ?? {}) : base.Environment,
    Architectures: wanted.Architectures ?? base.Architectures,
    EphemeralStorage: { Size: wanted.EphemeralStorage?.Size ?? base.EphemeralStorage.Size },
    LoggingConfig: {
      LogFormat: "Text",
      LogGroup: `/aws/lambda/${name}`,
      ...base.LoggingConfig,
      ...wanted.LoggingConfig,
    },
    TracingConfig: wanted.TracingConfig ?? base.TracingConfig,
    VpcConfig: wanted.VpcConfig ?? before?.VpcConfig,
    KMSKeyArn: wanted.KMSKeyArn ?? before?.KMSKeyArn,
  };
}

type Progress = Pick<
  FunctionConfiguration,
  "State" | "StateReason" | "StateReasonCode" | "LastUpdateStatus" | "LastUpdateStatusReason"
>;

/** The answer to a change still says that it is under way, as AWS's does; the next look finds it done. */
function progress(change: "create" | "update" | undefined): Progress {
  if (change === "create")
    return { State: "Pending", StateReason: "The function is being created.", StateReasonCode: "Creating" };
  if (change === undefined) return { State: "Active", LastUpdateStatus: "Successful" };
  return {
    State: "Active",
    LastUpdateStatus: "InProgress",
    LastUpdateStatusReason: "The function is being created.",
  };
}

/** What Lambda says about a function; `change` while what a call has just begun is, at AWS, still under way. */
export function shownConfiguration(
  store: Store,
  stored: StoredFunction,
  version: Version,
  { change, qualifier }: { change?: "create" | "update"; qualifier?: string } = {},
): FunctionConfiguration {
  const { Environment, VpcConfig, ...configuration } = version.configuration;
  const isLatest = version.version === LATEST;
  const named = qualifier ?? (isLatest ? undefined : version.version);
  return {
    ...configuration,
    FunctionName: stored.name,
    FunctionArn: functionArn(store, stored.name, named),
    CodeSize: version.codeSize,
    CodeSha256: Buffer.from(version.code, "hex").toString("base64"),
    LastModified: version.modified.toISOString().replace("Z", "+0000"),
    Version: version.version,
    RevisionId: version.revisionId,
    PackageType: "Zip",
    ...(Object.keys(Environment).length > 0 ? { Environment: { Variables: { ...Environment } } } : {}),
    ...(VpcConfig ? { VpcConfig: { VpcId: "", ...VpcConfig } } : {}),
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    ...progress(change),
  };
}
