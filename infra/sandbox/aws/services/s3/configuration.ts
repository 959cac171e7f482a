import type { S3 } from "@aws-sdk/client-s3";
import { AwsError, type Operations } from "../../kernel.ts";
import { bucketOf, type Shelf } from "./model.ts";

/** A bucket's configurations are recorded as they were put and returned as they are; they change no behaviour yet. */
/** In place of a default: the error of a configuration that nobody put. */
const absent = (code: string, what: string) => (): never => {
  throw new AwsError(code, `The ${what} does not exist.`, { status: 404 });
};

function recorder(shelf: Shelf) {
  const of = (bucket: string | undefined) => bucketOf(shelf, bucket).configuration;
  return {
    put: (bucket: string | undefined, name: string, value: unknown) => {
      of(bucket)[name] = value;
      return {};
    },
    get: <T>(bucket: string | undefined, name: string, missing: () => T): T =>
      (of(bucket)[name] as T | undefined) ?? missing(),
    remove: (bucket: string | undefined, name: string) => {
      delete of(bucket)[name];
      return {};
    },
  };
}

/** What S3 does for every bucket that says nothing else. */
const defaultEncryption = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const }, BucketKeyEnabled: false }],
};

function checkPolicy(policy: string | undefined): void {
  try {
    JSON.parse(policy ?? "");
  } catch {
    throw new AwsError("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'");
  }
}

export function configuration(shelf: Shelf): Operations<S3> {
  const { put, get, remove } = recorder(shelf);
  return {
    PutBucketVersioning: ({ Bucket, VersioningConfiguration }) => put(Bucket, "versioning", VersioningConfiguration),
    GetBucketVersioning: ({ Bucket }) => get(Bucket, "versioning", () => ({})),
    PutBucketEncryption: ({ Bucket, ServerSideEncryptionConfiguration }) =>
      put(Bucket, "encryption", ServerSideEncryptionConfiguration),
    GetBucketEncryption: ({ Bucket }) => ({
      ServerSideEncryptionConfiguration: get(Bucket, "encryption", () => defaultEncryption),
    }),
    DeleteBucketEncryption: ({ Bucket }) => remove(Bucket, "encryption"),
    PutPublicAccessBlock: ({ Bucket, PublicAccessBlockConfiguration }) =>
      put(Bucket, "publicAccessBlock", PublicAccessBlockConfiguration),
    GetPublicAccessBlock: ({ Bucket }) => ({
      PublicAccessBlockConfiguration: get(
        Bucket,
        "publicAccessBlock",
        absent("NoSuchPublicAccessBlockConfiguration", "public access block configuration"),
      ),
    }),
    DeletePublicAccessBlock: ({ Bucket }) => remove(Bucket, "publicAccessBlock"),
    PutBucketPolicy: ({ Bucket, Policy }) => {
      checkPolicy(Policy);
      return put(Bucket, "policy", Policy);
    },
    GetBucketPolicy: ({ Bucket }) => ({ Policy: get(Bucket, "policy", absent("NoSuchBucketPolicy", "bucket policy")) }),
    DeleteBucketPolicy: ({ Bucket }) => remove(Bucket, "policy"),
    PutBucketLifecycleConfiguration: ({ Bucket, LifecycleConfiguration }) =>
      put(Bucket, "lifecycle", LifecycleConfiguration ?? { Rules: [] }),
    GetBucketLifecycleConfiguration: ({ Bucket }) =>
      get(Bucket, "lifecycle", absent("NoSuchLifecycleConfiguration", "lifecycle configuration")),
    DeleteBucketLifecycle: ({ Bucket }) => remove(Bucket, "lifecycle"),
    PutBucketTagging: ({ Bucket, Tagging }) => put(Bucket, "tagging", Tagging),
    GetBucketTagging: ({ Bucket }) => get(Bucket, "tagging", absent("NoSuchTagSet", "TagSet")),
    DeleteBucketTagging: ({ Bucket }) => remove(Bucket, "tagging"),
    PutBucketOwnershipControls: ({ Bucket, OwnershipControls }) => put(Bucket, "ownership", OwnershipControls),
    GetBucketOwnershipControls: ({ Bucket }) => ({
      OwnershipControls: get(Bucket, "ownership", () => ({
        Rules: [{ ObjectOwnership: "BucketOwnerEnforced" as const }],
      })),
    }),
    PutBucketLogging: ({ Bucket, BucketLoggingStatus }) => put(Bucket, "logging", BucketLoggingStatus),
    GetBucketLogging: ({ Bucket }) => get(Bucket, "logging", () => ({})),
  };
}
