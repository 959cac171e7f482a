import type { S3 } from "@aws-sdk/client-s3";
import { AwsError, type Operations } from "../../kernel.ts";
import type { Blob, ByteRange } from "./blobs.ts";
import { bucketOf, headersOf, type ObjectHeaders, objectId, objectOf, type Shelf, type StoredObject } from "./model.ts";

/** Reading, writing, copying and deleting objects. */
const precondition = (): AwsError =>
  new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", { status: 412 });

const sameTag = (given: string, etag: string): boolean =>
  given === "*" || given.split(/\s*,\s*/).some((tag) => tag.replace(/"/g, "") === etag.replace(/"/g, ""));

interface Place {
  readonly bucket: string;
  readonly key: string;
  readonly blob: Blob;
  readonly etag?: string;
  readonly headers: ObjectHeaders;
  readonly metadata: Record<string, string>;
}

/** Replaces the object of that key. @returns the new one. */
export async function place(
  shelf: Shelf,
  { bucket, key, blob, etag, headers, metadata }: Place,
): Promise<StoredObject> {
  const id = objectId(bucket, key);
  const previous = shelf.objects.get(id);
  const { file, size, md5 } = blob;
  const object: StoredObject = {
    bucket,
    key,
    file,
    size,
    headers,
    metadata,
    etag: etag ?? `"${md5}"`,
    modified: shelf.now(),
    tags: [],
  };
  shelf.objects.set(id, object);
  if (previous) shelf.blobs.remove(previous.file);
  return object;
}

interface WriteConditions {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly IfNoneMatch?: string;
  readonly IfMatch?: string;
}

function checkWrite(shelf: Shelf, { Bucket = "", Key = "", IfNoneMatch, IfMatch }: WriteConditions): void {
  bucketOf(shelf, Bucket);
  if (Buffer.byteLength(Key) > 1024) throw new AwsError("KeyTooLongError", "Your key is too long");
  const existing = shelf.objects.get(objectId(Bucket, Key));
  if (IfNoneMatch !== undefined && existing && sameTag(IfNoneMatch, existing.etag)) throw precondition();
  if (IfMatch !== undefined && !(existing && sameTag(IfMatch, existing.etag))) throw precondition();
}

/** `bytes=0-9`, `bytes=5-`, `bytes=-3`; anything else is ignored, as HTTP allows. */
function rangeOf(header: string | undefined, size: number): ByteRange | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!found || (found[1] === "" && found[2] === "")) return undefined;
  const start = found[1] === "" ? Math.max(0, size - Number(found[2])) : Number(found[1]);
  const end = found[1] === "" || found[2] === "" ? size - 1 : Math.min(Number(found[2]), size - 1);
  if (start >= size || start > end)
    throw new AwsError("InvalidRange", "The requested range is not satisfiable", { status: 416 });
  return { start, end };
}

interface ReadConditions {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly IfModifiedSince?: Date;
  readonly IfUnmodifiedSince?: Date;
}

/** HTTP dates have whole seconds. */
const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

function checkRead({ etag, modified }: StoredObject, conditions: ReadConditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (IfMatch !== undefined && !sameTag(IfMatch, etag)) throw precondition();
  if (IfMatch === undefined && IfUnmodifiedSince && seconds(modified) > seconds(IfUnmodifiedSince))
    throw precondition();
  const unchanged =
    IfNoneMatch !== undefined
      ? sameTag(IfNoneMatch, etag)
      : IfModifiedSince !== undefined && seconds(modified) <= seconds(IfModifiedSince);
  if (unchanged) throw new AwsError("NotModified", "Not Modified", { status: 304 });
}

function head(object: StoredObject, range: ByteRange | undefined) {
  return {
    ...object.headers,
    ContentType: object.headers.ContentType ?? "binary/octet-stream",
    ServerSideEncryption: object.headers.ServerSideEncryption ?? ("AES256" as const),
    ETag: object.etag,
    LastModified: object.modified,
    AcceptRanges: "bytes",
    Metadata: object.metadata,
    ContentLength: range ? range.end - range.start + 1 : object.size,
    ...(range ? { ContentRange: `bytes ${range.start}-${range.end}/${object.size}` } : {}),
  };
}

/** `bucket/key`, with or without a slash in front, escaped. */
function sourceOf(copySource: string): { Bucket: string; Key: string; VersionId?: string } {
  const [path = "", search = ""] = copySource.split("?");
  const [Bucket = "", Key = ""] = decodeURIComponent(path)
    .replace(/^\//, "")
    .split(/\/(.*)/s);
  const VersionId = new URLSearchParams(search).get("versionId");
  return { Bucket, Key, ...(VersionId ? { VersionId } : {}) };
}

function checkDigest(given: string | undefined, blob: Blob): boolean {
  return given === undefined || Buffer.from(given, "base64").toString("hex") === blob.md5;
}

async function removeObject(shelf: Shelf, bucket: string, key: string): Promise<void> {
  const id = objectId(bucket, key);
  const object = shelf.objects.get(id);
  if (!object) return;
  shelf.objects.delete(id);
  shelf.blobs.remove(object.file);
}

function tagsOf(header: string | undefined) {
  return [...new URLSearchParams(header ?? "")].map(([Key, Value]) => ({ Key, Value }));
}

export function objects(shelf: Shelf): Operations<S3> {
  return {
    PutObject: async (input) => {
      checkWrite(shelf, input);
      const blob = await shelf.blobs.write(input.Body);
      if (!checkDigest(input.ContentMD5, blob)) {
        shelf.blobs.remove(blob.file);
        throw new AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.");
      }
      const { Bucket: bucket = "", Key: key = "", Metadata: metadata = {} } = input;
      const object = await place(shelf, { bucket, key, blob, headers: headersOf(input), metadata });
      object.tags = tagsOf(input.Tagging);
      return { ETag: object.etag, ServerSideEncryption: object.headers.ServerSideEncryption ?? "AES256" };
    },
    GetObject: (input) => {
      const object = objectOf(shelf, input);
      checkRead(object, input);
      const range = object.size === 0 ? undefined : rangeOf(input.Range, object.size);
      return { ...head(object, range), Body: shelf.blobs.output(object.file, range) as never };
    },
    HeadObject: (input) => {
      const object = objectOf(shelf, input);
      checkRead(object, input);
      return head(object, object.size === 0 ? undefined : rangeOf(input.Range, object.size));
    },
    CopyObject: async (input) => {
      checkWrite(shelf, { Bucket: input.Bucket, Key: input.Key });
      const source = objectOf(shelf, sourceOf(input.CopySource ?? ""));
      const replace = input.MetadataDirective === "REPLACE";
      const object = await place(shelf, {
        bucket: input.Bucket ?? "",
        key: input.Key ?? "",
        blob: await shelf.blobs.concat([source.file]),
        etag: source.etag,
        headers: replace ? headersOf(input) : source.headers,
        metadata: replace ? (input.Metadata ?? {}) : source.metadata,
      });
      return { CopyObjectResult: { ETag: object.etag, LastModified: object.modified } };
    },
    DeleteObject: async ({ Bucket = "", Key = "" }) => {
      bucketOf(shelf, Bucket);
      await removeObject(shelf, Bucket, Key);
      return {};
    },
    DeleteObjects: async ({ Bucket = "", Delete }) => {
      bucketOf(shelf, Bucket);
      const keys = (Delete?.Objects ?? []).map(({ Key = "" }) => Key);
      if (keys.length === 0 || keys.length > 1000)
        throw new AwsError("MalformedXML", `Delete must name 1 to 1000 objects, got ${keys.length}.`);
      for (const key of keys) await removeObject(shelf, Bucket, key);
      return Delete?.Quiet ? {} : { Deleted: keys.map((Key) => ({ Key })) };
    },
    PutObjectTagging: (input) => {
      objectOf(shelf, input).tags = input.Tagging?.TagSet ?? [];
      return {};
    },
    GetObjectTagging: (input) => ({ TagSet: objectOf(shelf, input).tags }),
    DeleteObjectTagging: (input) => {
      objectOf(shelf, input).tags = [];
      return {};
    },
  };
}
