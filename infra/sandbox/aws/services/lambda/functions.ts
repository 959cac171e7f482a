import type { FunctionCode, Lambda } from "@aws-sdk/client-lambda";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { uuid } from "../../uuid.ts";
import { configured, shownConfiguration } from "./configuration.ts";
import type { Pool } from "./execution/pool.ts";
import {
  codeInUse,
  conflict,
  functionArn,
  functionOf,
  invalid,
  LATEST,
  parseName,
  type Store,
  type StoredFunction,
  targetOf,
  type Version,
} from "./model.ts";
import { publish } from "./versions.ts";

/** Bytes; AWS's limit of a zip in a request. */
const MAX_ZIP = 52_428_800;

const CODE_PATH = "/_sandbox/lambda/code";

interface CodeSource extends FunctionCode {
  readonly S3Bucket?: string;
  readonly S3Key?: string;
}

async function fromBucket(store: Store, { S3Bucket, S3Key, S3ObjectVersion }: CodeSource): Promise<Uint8Array> {
  try {
    const { Body } = await store.context.aws.s3.getObject({ Bucket: S3Bucket, Key: S3Key, VersionId: S3ObjectVersion });
    if (!Body) throw new Error("the object has no body");
    return await Body.transformToByteArray();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalid(`Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`);
  }
}

/** The zip that a request names. @throws AwsError for none, two, or what the sandbox cannot run. */
async function zipOf(store: Store, source: CodeSource): Promise<Uint8Array> {
  if (source.ImageUri)
    throw invalid("the sandbox's functions have no container images (ImageUri); give ZipFile or S3Bucket and S3Key.");
  const isStored = source.S3Bucket !== undefined || source.S3Key !== undefined;
  if (source.ZipFile && isStored)
    throw invalid("Please do not provide other FunctionCode parameters when providing a ZipFile.");
  if (isStored) {
    if (!source.S3Bucket || !source.S3Key) throw invalid("S3Bucket and S3Key must be given together.");
    return fromBucket(store, source);
  }
  if (!source.ZipFile) throw invalid("Please provide a source for function code.");
  if (source.ZipFile.length > MAX_ZIP)
    throw new AwsError(
      "RequestEntityTooLargeException",
      `Request must be smaller than ${MAX_ZIP} bytes for the ZipFile`,
      {
        status: 413,
      },
    );
  return source.ZipFile;
}

async function codeOf(store: Store, source: CodeSource): Promise<Pick<Version, "code" | "codeSize">> {
  const zip = await zipOf(store, source);
  return { code: await store.code.add(zip), codeSize: zip.length };
}

function checkRevision(version: Version, wanted: string | undefined): void {
  if (wanted === undefined || wanted === version.revisionId) return;
  throw new AwsError(
    "PreconditionFailedException",
    "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId",
    { status: 412 },
  );
}

export function functions(store: Store, pool: Pool): Operations<Lambda> {
  const { context } = store;
  const touch = (version: Version, change: Partial<Version>) =>
    Object.assign(version, change, { revisionId: uuid(context), modified: context.clock.now() });
  const changed = async (stored: StoredFunction, isPublished: boolean | undefined) => {
    store.functions.set(stored.name, stored);
    pool.retire(stored.name);
    await store.code.keep(codeInUse(store));
    const version = isPublished ? publish(store, stored) : stored.latest;
    return shownConfiguration(store, stored, version, { change: "update" });
  };
  return {
    CreateFunction: async (input) => {
      const { name } = parseName(input.FunctionName ?? "");
      if (store.functions.has(name)) throw conflict(`Function already exist: ${name}`);
      const configuration = await configured(store, name, { wanted: input });
      const code = await codeOf(store, input.Code ?? {});
      if (store.functions.has(name)) throw conflict(`Function already exist: ${name}`);
      const latest = {
        version: LATEST,
        configuration,
        ...code,
        revisionId: uuid(context),
        modified: context.clock.now(),
      };
      const stored: StoredFunction = {
        name,
        latest,
        versions: [],
        nextVersion: 1,
        aliases: [],
        tags: input.Tags ?? {},
        policies: {},
        eventInvoke: {},
      };
      store.functions.set(name, stored);
      const version = input.Publish ? publish(store, stored) : latest;
      return shownConfiguration(store, stored, version, { change: "create" });
    },
    GetFunction: ({ FunctionName, Qualifier }) => {
      const { stored, version, qualifier } = targetOf(store, FunctionName, Qualifier);
      return {
        Configuration: shownConfiguration(store, stored, version, { qualifier }),
        Code: { RepositoryType: "S3", Location: `${context.endpoint()}${CODE_PATH}/${version.code}.zip` },
        ...(Object.keys(stored.tags).length > 0 ? { Tags: { ...stored.tags } } : {}),
        ...(stored.reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: stored.reserved } }),
      };
    },
    GetFunctionConfiguration: ({ FunctionName, Qualifier }) => {
      const { stored, version, qualifier } = targetOf(store, FunctionName, Qualifier);
      return shownConfiguration(store, stored, version, { qualifier });
    },
    ListFunctions: ({ FunctionVersion, Marker, MaxItems = 50 }) => {
      const all = [...store.functions.values()]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap((stored) =>
          [stored.latest, ...(FunctionVersion === "ALL" ? stored.versions : [])].map((version) =>
            shownConfiguration(store, stored, version, {
              qualifier: FunctionVersion === "ALL" ? version.version : undefined,
            }),
          ),
        );
      const page = pageOf(all, {
        token: Marker,
        limit: Math.min(MaxItems, 50),
        invalidToken: "InvalidParameterValueException",
      });
      return { Functions: page.items, NextMarker: page.nextToken };
    },
    UpdateFunctionCode: async (input) => {
      const stored = functionOf(store, input.FunctionName);
      checkRevision(stored.latest, input.RevisionId);
      const code = await codeOf(store, input);
      if (input.DryRun) return shownConfiguration(store, stored, { ...stored.latest, ...code });
      const { configuration } = stored.latest;
      const Architectures = input.Architectures ?? configuration.Architectures;
      touch(stored.latest, { ...code, configuration: { ...configuration, Architectures } });
      return changed(stored, input.Publish);
    },
    UpdateFunctionConfiguration: async (input) => {
      const stored = functionOf(store, input.FunctionName);
      checkRevision(stored.latest, input.RevisionId);
      const before = stored.latest.configuration;
      touch(stored.latest, { configuration: await configured(store, stored.name, { wanted: input, before }) });
      return changed(stored, false);
    },
    DeleteFunction: async ({ FunctionName, Qualifier }) => {
      const { stored, version, qualifier } = targetOf(store, FunctionName, Qualifier);
      if (qualifier === LATEST) throw invalid("$LATEST version cannot be deleted without deleting the function.");
      const referring = stored.aliases.filter(
        (alias) => alias.version === qualifier || alias.weights[qualifier ?? ""] !== undefined,
      );
      if (qualifier !== undefined && referring.length > 0)
        throw conflict(
          `Version ${qualifier} of ${functionArn(store, stored.name)} is used by the aliases ${referring.map(({ name }) => name).join(", ")}; delete or move them first.`,
        );
      if (qualifier === undefined) store.functions.delete(stored.name);
      else stored.versions = stored.versions.filter((one) => one !== version);
      pool.retire(stored.name);
      await store.code.keep(codeInUse(store));
      return {};
    },
  };
}

/** The zip of a code, for those who know its digest: what `Code.Location` leads to. */
export const codePath = (url: string): string | undefined =>
  new RegExp(`^${CODE_PATH}/([0-9a-f]{64})\\.zip$`).exec(url.split("?")[0] ?? "")?.[1];
