import { createHash } from "node:crypto";
import type { CompletedPart, S3 } from "@aws-sdk/client-s3";
import { AwsError, type Operations } from "../../kernel.ts";
import { bucketOf, headersOf, type Part, type Shelf, type StoredUpload, uploadOf } from "./model.ts";
import { place } from "./objects.ts";

/** Uploads in parts. */

/** Bytes; every part but the last must have at least as many. */
const smallestPart = 5 * 1024 * 1024;

function partOf(upload: StoredUpload, { PartNumber, ETag = "" }: CompletedPart): Part {
  const part = upload.parts[String(PartNumber)];
  if (part && part.md5 === ETag.replace(/"/g, "")) return part;
  throw new AwsError(
    "InvalidPart",
    `Part ${PartNumber} could not be found: it was not uploaded, or its entity tag does not match.`,
  );
}

function checkedParts(upload: StoredUpload, given: readonly CompletedPart[]): Part[] {
  if (given.length === 0) throw new AwsError("MalformedXML", "The list of parts must not be empty.");
  const numbers = given.map(({ PartNumber }) => PartNumber ?? 0);
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0)))
    throw new AwsError("InvalidPartOrder", "The list of parts was not in ascending order.");
  const parts = given.map((part) => partOf(upload, part));
  if (parts.slice(0, -1).some(({ size }) => size < smallestPart))
    throw new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
  return parts;
}

/** The entity tag of an object made of parts: the digest of the parts' digests, and their number. */
function tagOf(parts: readonly Part[]): string {
  const hash = createHash("md5");
  for (const { md5 } of parts) hash.update(Buffer.from(md5, "hex"));
  return `"${hash.digest("hex")}-${parts.length}"`;
}

const filesOf = (upload: StoredUpload): string[] => Object.values(upload.parts).map(({ file }) => file);

export function multipart(shelf: Shelf): Operations<S3> {
  return {
    CreateMultipartUpload: (input) => {
      const { Bucket = "", Key = "", Metadata = {} } = input;
      bucketOf(shelf, Bucket);
      const id = shelf.id(64);
      const headers = headersOf(input);
      shelf.uploads.set(id, {
        id,
        bucket: Bucket,
        key: Key,
        initiated: shelf.now(),
        headers,
        metadata: Metadata,
        parts: {},
      });
      return { Bucket, Key, UploadId: id };
    },
    UploadPart: async (input) => {
      const { PartNumber = 0 } = input;
      if (!Number.isInteger(PartNumber) || PartNumber < 1 || PartNumber > 10_000)
        throw new AwsError("InvalidArgument", `Part number must be an integer between 1 and 10000, got ${PartNumber}.`);
      const upload = uploadOf(shelf, input);
      const blob = await shelf.blobs.write(input.Body);
      const previous = upload.parts[String(PartNumber)];
      upload.parts[String(PartNumber)] = { ...blob, modified: shelf.now() };
      if (previous) shelf.blobs.remove(previous.file);
      return { ETag: `"${blob.md5}"` };
    },
    CompleteMultipartUpload: async (input) => {
      const upload = uploadOf(shelf, input);
      const parts = checkedParts(upload, input.MultipartUpload?.Parts ?? []);
      const blob = await shelf.blobs.concat(parts.map(({ file }) => file));
      const { bucket, key, headers, metadata } = upload;
      const object = await place(shelf, { bucket, key, blob, etag: tagOf(parts), headers, metadata });
      shelf.uploads.delete(upload.id);
      shelf.blobs.remove(...filesOf(upload));
      return { Bucket: bucket, Key: key, ETag: object.etag, Location: `/${bucket}/${key}` };
    },
    AbortMultipartUpload: async (input) => {
      const upload = uploadOf(shelf, input);
      shelf.uploads.delete(upload.id);
      shelf.blobs.remove(...filesOf(upload));
      return {};
    },
    ListParts: (input) => {
      const { bucket, key, id, parts } = uploadOf(shelf, input);
      const Parts = Object.entries(parts)
        .map(([number, part]) => ({
          PartNumber: Number(number),
          Size: part.size,
          ETag: `"${part.md5}"`,
          LastModified: part.modified,
        }))
        .sort((a, b) => a.PartNumber - b.PartNumber);
      return { Bucket: bucket, Key: key, UploadId: id, Parts, IsTruncated: false };
    },
    ListMultipartUploads: ({ Bucket = "" }) => {
      bucketOf(shelf, Bucket);
      const uploads = [...shelf.uploads.values()].filter(({ bucket }) => bucket === Bucket);
      const Uploads = uploads.map(({ id, key, initiated }) => ({ UploadId: id, Key: key, Initiated: initiated }));
      return { Bucket, Uploads, IsTruncated: false };
    },
  };
}
