import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { s3 } from "../../../infra/sandbox/aws/services/s3/service.ts";
import { type Harness, startHarness } from "../harness.ts";

let sandbox: Harness;
let client: S3Client;
const Bucket = "assets";

beforeAll(async () => {
  sandbox = await startHarness([s3]);
  client = new S3Client(sandbox.config);
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => sandbox.stop());

const put = (Key: string, Body: string | Uint8Array | Readable, more = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));

describe("buckets", () => {
  test("refuse bad names, unknown ones, and deletion while full", async () => {
    const create = client.send(new CreateBucketCommand({ Bucket: "UPPER" }));
    await expect(create).rejects.toMatchObject({ name: "InvalidBucketName" });
    const head = client.send(new HeadBucketCommand({ Bucket: "missing" }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
    await expect(client.send(new ListObjectsV2Command({ Bucket: "missing" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
    await put("full", "x");
    await expect(client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "BucketNotEmpty" });
    await client.send(new DeleteObjectCommand({ Bucket, Key: "full" }));
  });
});

describe("objects", () => {
  test("come back byte for byte, by stream too", async () => {
    const bytes = randomBytes(300_000);
    const { ETag } = await put("bin/ü & <x>.bin", bytes, { ContentType: "image/png", Metadata: { colour: "red" } });
    expect(ETag).toBe(`"${createHash("md5").update(bytes).digest("hex")}"`);
    const got = await client.send(new GetObjectCommand({ Bucket, Key: "bin/ü & <x>.bin" }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
    expect(got).toMatchObject({ ContentType: "image/png", Metadata: { colour: "red" }, ContentLength: 300_000 });
    expect(got.ContentEncoding).toBeUndefined();
    await put("stream", Readable.from([Buffer.from("ab"), Buffer.from("c")]), { ContentLength: 3 });
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: "stream" }))).ContentLength).toBe(3);
  });

  test("ranges", async () => {
    await put("digits", "0123456789");
    const range = async (Range: string) => {
      const { Body, ContentRange } = await client.send(new GetObjectCommand({ Bucket, Key: "digits", Range }));
      return [await Body?.transformToString(), ContentRange];
    };
    expect(await range("bytes=2-4")).toEqual(["234", "bytes 2-4/10"]);
    expect(await range("bytes=-3")).toEqual(["789", "bytes 7-9/10"]);
    await expect(range("bytes=20-")).rejects.toMatchObject({ name: "InvalidRange" });
  });

  test("conditions", async () => {
    await put("once", "first", { IfNoneMatch: "*" });
    await expect(put("once", "second", { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
    const { ETag } = await client.send(new HeadObjectCommand({ Bucket, Key: "once" }));
    const unchanged = client.send(new GetObjectCommand({ Bucket, Key: "once", IfNoneMatch: ETag }));
    await expect(unchanged).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  });

  test("damaged bodies", async () => {
    await expect(put("damaged", "x", { ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" })).rejects.toMatchObject({
      name: "BadDigest",
    });
  });

  test("are read and written in process too", async () => {
    await sandbox.aws.s3.putObject({ Bucket, Key: "inside", Body: "text" });
    expect(await (await sandbox.aws.s3.getObject({ Bucket, Key: "inside" })).Body?.transformToString()).toBe("text");
  });
});

describe("listing", () => {
  beforeAll(async () => {
    await client.send(new CreateBucketCommand({ Bucket: "listed" }));
    for (const Key of ["a/1", "a/2", "b/1", "c", "d &"])
      await client.send(new PutObjectCommand({ Bucket: "listed", Key, Body: "x" }));
  });

  test("folders by delimiter", async () => {
    const { Contents, CommonPrefixes } = await client.send(
      new ListObjectsV2Command({ Bucket: "listed", Delimiter: "/" }),
    );
    expect(Contents?.map(({ Key }) => Key)).toEqual(["c", "d &"]);
    expect(CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(["a/", "b/"]);
  });

  test("pages, in both versions", async () => {
    const seen: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const input = { Bucket: "listed", MaxKeys: 2, ContinuationToken: token };
      const page = await client.send(new ListObjectsV2Command(input));
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
      token = page.NextContinuationToken;
    } while (token);
    expect(seen).toEqual(["a/1", "a/2", "b/1", "c", "d &"]);
    const { Contents, IsTruncated } = await client.send(
      new ListObjectsCommand({ Bucket: "listed", Marker: "b/1", MaxKeys: 1 }),
    );
    expect([Contents?.[0]?.Key, IsTruncated]).toEqual(["c", true]);
    expect((await client.send(new ListObjectsV2Command({ Bucket: "listed", Prefix: "zzz" }))).KeyCount).toBe(0);
  });
});

test("an upload in parts", async () => {
  const Key = "parts";
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "text/plain" }));
  const bodies = [Buffer.alloc(5 * 1024 * 1024, "a"), Buffer.from("end")];
  const Parts: { ETag?: string; PartNumber: number }[] = [];
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    Parts.push({ ETag, PartNumber });
  }
  expect((await client.send(new ListPartsCommand({ Bucket, Key, UploadId }))).Parts).toHaveLength(2);
  const complete = (parts: typeof Parts) =>
    client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }));
  await expect(complete(Parts.toReversed())).rejects.toMatchObject({ name: "InvalidPartOrder" });
  const { ETag } = await complete(Parts);
  expect(ETag).toMatch(/-2"$/);
  const { ContentLength, ContentType } = await client.send(new HeadObjectCommand({ Bucket, Key }));
  expect([ContentLength, ContentType]).toEqual([5 * 1024 * 1024 + 3, "text/plain"]);
});
