import { join } from "node:path";
import type { Architecture, LoggingConfig, Runtime, TracingConfig, VpcConfig } from "@aws-sdk/client-lambda";
import { AwsError, type Collection, type ServiceContext } from "../../kernel.ts";
import { CodeStore } from "./code.ts";

/** What a function can be configured with; the same members in `$LATEST` and in each published version. */
export interface Configuration {
  readonly Runtime: Runtime;
  readonly Role: string;
  readonly Handler: string;
  readonly Description: string;
  /** Seconds. */
  readonly Timeout: number;
  /** MB. */
  readonly MemorySize: number;
  readonly Environment: Readonly<Record<string, string>>;
  readonly Architectures: Architecture[];
  readonly EphemeralStorage: { readonly Size: number };
  readonly LoggingConfig: LoggingConfig;
  readonly TracingConfig: TracingConfig;
  readonly VpcConfig?: VpcConfig;
  readonly KMSKeyArn?: string;
}

/** A function's code and configuration at one moment: `$LATEST` (which changes) or a published version. */
export interface Version {
  readonly version: string;
  configuration: Configuration;
  /** SHA-256 of the zip in hex; names its folder in the code store. */
  code: string;
  codeSize: number;
  revisionId: string;
  modified: Date;
}

export interface Alias {
  readonly name: string;
  version: string;
  description: string;
  /** Share of calls, 0 to 1, that go to another version. */
  weights: Record<string, number>;
  revisionId: string;
}

export interface Statement {
  readonly Sid: string;
  readonly [member: string]: unknown;
}

/** How calls without an answer are retried, by qualifier. */
export interface EventInvokeConfig {
  attempts?: number;
  ageSeconds?: number;
  onSuccess?: string;
  onFailure?: string;
  modified: Date;
}

export interface StoredFunction {
  readonly name: string;
  latest: Version;
  versions: Version[];
  nextVersion: number;
  aliases: Alias[];
  tags: Record<string, string>;
  /** Resource policy by qualifier; `""` is the function itself. */
  policies: Record<string, { revisionId: string; statements: Statement[] }>;
  eventInvoke: Record<string, EventInvokeConfig>;
  /** Reserved concurrency; 0 stops the function. */
  reserved?: number;
}

export interface Store {
  readonly functions: Collection<StoredFunction>;
  readonly code: CodeStore;
  readonly context: ServiceContext;
}

export const LATEST = "$LATEST";

export const storeOf = (context: ServiceContext): Store => ({
  functions: context.state.collection("functions"),
  code: new CodeStore(join(context.dataDir, "lambda", "code")),
  context,
});

export const functionArn = ({ context: { region, account } }: Store, name: string, qualifier?: string): string =>
  `arn:aws:lambda:${region}:${account}:function:${name}${qualifier ? `:${qualifier}` : ""}`;

export const invalid = (message: string): AwsError => new AwsError("InvalidParameterValueException", message);
export const conflict = (message: string): AwsError => new AwsError("ResourceConflictException", message);
export const notFound = (what: string): AwsError =>
  new AwsError("ResourceNotFoundException", what, { fields: { Type: "User" } });

/** `name`, `account:name`, or an ARN, each with or without a qualifier at the end. */
export function parseName(text: string, qualifier?: string): { name: string; qualifier: string | undefined } {
  const found =
    /^(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:|(?:\d{12}:)?(?:function:)?)([a-zA-Z0-9-_]{1,140})(?::(\$LATEST|[a-zA-Z0-9-_]{1,129}))?$/.exec(
      text,
    );
  if (!found)
    throw new AwsError(
      "ValidationException",
      `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`,
    );
  const [, name = "", own] = found;
  if (own !== undefined && qualifier !== undefined && own !== qualifier)
    throw invalid("The derived qualifier from the function name does not match the specified qualifier.");
  return { name, qualifier: qualifier ?? own };
}

export function functionOf(store: Store, name: string | undefined): StoredFunction {
  const parsed = parseName(name ?? "");
  const found = store.functions.get(parsed.name);
  if (!found) throw notFound(`Function not found: ${functionArn(store, parsed.name, parsed.qualifier)}`);
  return found;
}

export interface Target {
  readonly stored: StoredFunction;
  readonly version: Version;
  /** What the caller named: a version, an alias, or nothing. */
  readonly qualifier: string | undefined;
  readonly alias?: Alias;
}

/** @throws AwsError ResourceNotFoundException when the function, version or alias does not exist. */
export function targetOf(store: Store, name: string | undefined, given?: string): Target {
  const { name: bare, qualifier } = parseName(name ?? "", given);
  const stored = store.functions.get(bare);
  const missing = notFound(`Function not found: ${functionArn(store, bare, qualifier)}`);
  if (!stored) throw missing;
  if (qualifier === undefined || qualifier === LATEST) return { stored, version: stored.latest, qualifier };
  const alias = stored.aliases.find((one) => one.name === qualifier);
  const wanted = alias?.version ?? qualifier;
  const version = wanted === LATEST ? stored.latest : stored.versions.find((one) => one.version === wanted);
  if (!version) throw missing;
  return { stored, version, qualifier, ...(alias ? { alias } : {}) };
}

/** Where a function's settings for calls without an answer are kept: `$LATEST` and no qualifier are the same. */
export const eventInvokeKey = (qualifier: string | undefined): string =>
  qualifier === LATEST ? "" : (qualifier ?? "");

/** Every code that some version still needs. */
export const codeInUse = ({ functions }: Store): Set<string> =>
  new Set([...functions.values()].flatMap(({ latest, versions }) => [latest, ...versions].map(({ code }) => code)));
