import type { Bucket as BucketSummary, ServerSideEncryption, StorageClass, Tag } from "@aws-sdk/client-s3";
import { AwsError, type Collection } from "../../kernel.ts";
import type { BlobStore } from "./blobs.ts";

/** What S3 keeps: buckets with their recorded configuration, objects, and uploads in progress. */
export interface StoredBucket {
  readonly name: string;
  readonly createdAt: Date;
  readonly region: string;
  /** Configurations as they were put, by name (`versioning`, `policy`, …). */
  readonly configuration: Record<string, unknown>;
}

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly file: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  readonly modified: Date;
  readonly headers: ObjectHeaders;
  readonly metadata: Record<string, string>;
  tags: Tag[];
}

/** Headers that come back as they were put. */
export interface ObjectHeaders {
  readonly ContentType?: string;
  readonly ContentEncoding?: string;
  readonly ContentDisposition?: string;
  readonly ContentLanguage?: string;
  readonly CacheControl?: string;
  readonly ServerSideEncryption?: ServerSideEncryption;
  readonly SSEKMSKeyId?: string;
  readonly StorageClass?: StorageClass;
}

export interface StoredUpload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: Date;
  readonly headers: ObjectHeaders;
  readonly metadata: Record<string, string>;
  readonly parts: Record<string, Part>;
}

export interface Part {
  readonly file: string;
  readonly size: number;
  readonly md5: string;
  readonly modified: Date;
}

export interface Shelf {
  readonly buckets: Collection<StoredBucket>;
  /** By `bucket/key`. */
  readonly objects: Collection<StoredObject>;
  readonly uploads: Collection<StoredUpload>;
  readonly blobs: BlobStore;
  readonly now: () => Date;
  readonly id: (length: number) => string;
}

const s3Error = (code: string, status: number, message: string): AwsError => new AwsError(code, message, { status });

export const objectId = (bucket: string, key: string): string => `${bucket}/${key}`;

export function bucketOf(shelf: Shelf, name: string | undefined): StoredBucket {
  const bucket = shelf.buckets.get(name ?? "");
  if (!bucket) throw s3Error("NoSuchBucket", 404, `The specified bucket does not exist: ${name}`);
  return bucket;
}

/** @throws AwsError NoSuchBucket, NoSuchKey; NotImplemented for a version, because versions are not kept. */
export function objectOf(
  shelf: Shelf,
  { Bucket, Key = "", VersionId }: { Bucket?: string; Key?: string; VersionId?: string },
): StoredObject {
  bucketOf(shelf, Bucket);
  if (VersionId !== undefined && VersionId !== "null")
    throw s3Error(
      "NotImplemented",
      501,
      "The sandbox records a bucket's versioning but keeps the newest version only.",
    );
  const object = shelf.objects.get(objectId(Bucket ?? "", Key));
  if (!object) throw s3Error("NoSuchKey", 404, `The specified key does not exist: ${Key}`);
  return object;
}

export function uploadOf(shelf: Shelf, { Key, UploadId = "" }: { Key?: string; UploadId?: string }): StoredUpload {
  const upload = shelf.uploads.get(UploadId);
  if (upload?.key === Key && upload !== undefined) return upload;
  throw s3Error(
    "NoSuchUpload",
    404,
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
  );
}

export function objectsIn(shelf: Shelf, bucket: string): StoredObject[] {
  return [...shelf.objects.values()]
    .filter((object) => object.bucket === bucket)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** AWS's rules for general purpose buckets. */
export function checkBucketName(name: string): void {
  const valid =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..") && !/^\d+\.\d+\.\d+\.\d+$/.test(name);
  if (!valid) throw s3Error("InvalidBucketName", 400, `The specified bucket is not valid: ${JSON.stringify(name)}`);
}

export const summary = ({ name, createdAt, region }: StoredBucket): BucketSummary => ({
  Name: name,
  CreationDate: createdAt,
  BucketRegion: region,
});

/** Copies those headers that are present. */
export function headersOf(input: ObjectHeaders): ObjectHeaders {
  const names = [
    "ContentType",
    "ContentDisposition",
    "ContentLanguage",
    "CacheControl",
    "ServerSideEncryption",
    "SSEKMSKeyId",
    "StorageClass",
  ] as const;
  const present = names.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]]));
  // aws-chunked is the framing of the upload, not a property of the object.
  const encoding = input.ContentEncoding?.split(/\s*,\s*/)
    .filter((part) => part !== "aws-chunked")
    .join(",");
  return Object.fromEntries(encoding ? [...present, ["ContentEncoding", encoding]] : present) as ObjectHeaders;
}
