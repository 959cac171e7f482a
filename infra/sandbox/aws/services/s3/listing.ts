import type { CommonPrefix, EncodingType, S3, _Object as Summary } from "@aws-sdk/client-s3";
import { AwsError, type Operations } from "../../kernel.ts";
import { bucketOf, objectsIn, type Shelf, type StoredObject } from "./model.ts";

/** Listing of a bucket's keys, in both versions of the API. */
interface Question {
  readonly prefix: string;
  readonly delimiter: string;
  /** Keys (and common prefixes) up to this one were already listed. */
  readonly after: string;
  readonly limit: number;
}

interface Listing {
  readonly contents: StoredObject[];
  readonly prefixes: string[];
  /** The last entry when there are more. */
  readonly next: string | undefined;
}

function commonPrefix(key: string, { prefix, delimiter }: Question): string | undefined {
  if (delimiter === "") return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

/** A listing entry is a key, or the common prefix that stands for all keys below it. */
export function list(objects: readonly StoredObject[], question: Question): Listing {
  const contents: StoredObject[] = [];
  const prefixes = new Set<string>();
  let last = "";
  for (const object of objects) {
    if (!object.key.startsWith(question.prefix)) continue;
    const common = commonPrefix(object.key, question);
    const entry = common ?? object.key;
    if (entry <= question.after || (common && prefixes.has(common))) continue;
    if (contents.length + prefixes.size >= question.limit) return { contents, prefixes: [...prefixes], next: last };
    if (common) prefixes.add(common);
    else contents.push(object);
    last = entry;
  }
  return { contents, prefixes: [...prefixes], next: undefined };
}

const maxKeys = 1000;

function limitOf(asked: number | undefined): number {
  if (asked !== undefined && asked < 0)
    throw new AwsError("InvalidArgument", `max-keys must not be negative, got ${asked}.`);
  return Math.min(asked ?? maxKeys, maxKeys);
}

type Encode = (text: string) => string;
const encoding = (type: EncodingType | undefined): Encode =>
  type === "url" ? (text) => encodeURIComponent(text).replace(/%2F/g, "/") : (text) => text;

const summary = ({ key, etag, size, modified, headers }: StoredObject, encode: Encode): Summary => ({
  Key: encode(key),
  ETag: etag,
  Size: size,
  LastModified: modified,
  StorageClass: headers.StorageClass ?? "STANDARD",
});

const prefixesOf = (prefixes: readonly string[], encode: Encode): CommonPrefix[] =>
  prefixes.map((Prefix) => ({ Prefix: encode(Prefix) }));

const toToken = (key: string): string => Buffer.from(key).toString("base64url");
const fromToken = (token: string): string => Buffer.from(token, "base64url").toString();

export function listing(shelf: Shelf): Operations<S3> {
  return {
    ListObjectsV2: ({ Bucket = "", Prefix = "", Delimiter = "", EncodingType, ...rest }) => {
      bucketOf(shelf, Bucket);
      const limit = limitOf(rest.MaxKeys);
      const after = rest.ContinuationToken ? fromToken(rest.ContinuationToken) : (rest.StartAfter ?? "");
      const found = list(objectsIn(shelf, Bucket), { prefix: Prefix, delimiter: Delimiter, after, limit });
      const encode = encoding(EncodingType);
      return {
        Name: Bucket,
        Prefix: encode(Prefix),
        ...(Delimiter ? { Delimiter: encode(Delimiter) } : {}),
        ...(EncodingType ? { EncodingType } : {}),
        MaxKeys: limit,
        KeyCount: found.contents.length + found.prefixes.length,
        IsTruncated: found.next !== undefined,
        Contents: found.contents.map((object) => summary(object, encode)),
        CommonPrefixes: prefixesOf(found.prefixes, encode),
        ...(rest.ContinuationToken ? { ContinuationToken: rest.ContinuationToken } : {}),
        ...(found.next === undefined ? {} : { NextContinuationToken: toToken(found.next) }),
      };
    },
    ListObjects: ({ Bucket = "", Prefix = "", Delimiter = "", Marker = "", EncodingType, MaxKeys }) => {
      bucketOf(shelf, Bucket);
      const limit = limitOf(MaxKeys);
      const found = list(objectsIn(shelf, Bucket), { prefix: Prefix, delimiter: Delimiter, after: Marker, limit });
      const encode = encoding(EncodingType);
      return {
        Name: Bucket,
        Prefix: encode(Prefix),
        Marker: encode(Marker),
        MaxKeys: limit,
        IsTruncated: found.next !== undefined,
        ...(EncodingType ? { EncodingType } : {}),
        ...(Delimiter ? { Delimiter: encode(Delimiter) } : {}),
        Contents: found.contents.map((object) => summary(object, encode)),
        CommonPrefixes: prefixesOf(found.prefixes, encode),
        ...(found.next === undefined ? {} : { NextMarker: encode(found.next) }),
      };
    },
    ListObjectVersions: ({ Bucket = "", Prefix = "", KeyMarker = "", MaxKeys, EncodingType }) => {
      bucketOf(shelf, Bucket);
      const limit = limitOf(MaxKeys);
      const found = list(objectsIn(shelf, Bucket), { prefix: Prefix, delimiter: "", after: KeyMarker, limit });
      const encode = encoding(EncodingType);
      const Versions = found.contents.map((object) => ({
        ...summary(object, encode),
        StorageClass: "STANDARD" as const,
        VersionId: "null",
        IsLatest: true,
      }));
      return {
        Name: Bucket,
        Prefix: encode(Prefix),
        KeyMarker: encode(KeyMarker),
        MaxKeys: limit,
        IsTruncated: found.next !== undefined,
        ...(EncodingType ? { EncodingType } : {}),
        Versions,
        ...(found.next === undefined ? {} : { NextKeyMarker: encode(found.next), NextVersionIdMarker: "null" }),
      };
    },
  };
}
