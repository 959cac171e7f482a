import { S3 } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { s3 } from "../../../infra/sandbox/aws/services/s3/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: S3;
let Bucket: string;
beforeAll(async () => {
  target = await startTarget([s3]);
  client = new S3(target.config);
  Bucket = target.unique("objects");
  await client.createBucket({ Bucket });
});
afterAll(async () => {
  const { Contents = [] } = await client.listObjectsV2({ Bucket });
  for (const { Key } of Contents) await client.deleteObject({ Bucket, Key });
  await client.deleteBucket({ Bucket });
  await target.stop();
});

/** An object with text `one` under a new key. */
async function object(more = {}): Promise<{ Bucket: string; Key: string }> {
  const at = { Bucket, Key: target.unique("object") };
  await client.putObject({ ...at, Body: "one", ...more });
  return at;
}

const text = async (at: { Bucket: string; Key: string }) => (await client.getObject(at)).Body?.transformToString();

test("PutObject: with metadata and type; the ETag is the MD5 of the body", async () => {
  const at = { Bucket, Key: target.unique("object") };
  const { ETag } = await client.putObject({ ...at, Body: "one", ContentType: "text/plain", Metadata: { a: "b" } });
  expect(ETag).toBe('"f97c5d29941bfb1b2fdab0874906ab82"');
  expect(await client.headObject(at)).toMatchObject({ ContentType: "text/plain", Metadata: { a: "b" } });
});

test("GetObject: whole or in part; an unknown key is an error", async () => {
  const at = await object();
  expect(await text(at)).toBe("one");
  const part = await client.getObject({ ...at, Range: "bytes=1-" });
  expect([await part.Body?.transformToString(), part.ContentRange]).toEqual(["ne", "bytes 1-2/3"]);
  await expect(client.getObject({ Bucket, Key: "none" })).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("HeadObject: size without body", async () => {
  expect((await client.headObject(await object())).ContentLength).toBe(3);
  await expect(client.headObject({ Bucket, Key: "none" })).rejects.toMatchObject({ name: "NotFound" });
});

test("CopyObject: the same bytes under another key", async () => {
  const { Key } = await object();
  const to = { Bucket, Key: target.unique("copy") };
  await client.copyObject({ ...to, CopySource: `${Bucket}/${Key}` });
  expect(await text(to)).toBe("one");
});

test("DeleteObject: is gone, and deleting again is no error", async () => {
  const at = await object();
  await client.deleteObject(at);
  await client.deleteObject(at);
  await expect(client.getObject(at)).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("DeleteObjects: several at once", async () => {
  const keys = [(await object()).Key, (await object()).Key];
  const { Deleted } = await client.deleteObjects({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } });
  expect(Deleted?.map(({ Key }) => Key).sort()).toEqual(keys.sort());
});

test("ListObjectsV2: below a prefix, in order", async () => {
  const Prefix = `${target.unique("list")}/`;
  for (const name of ["b", "a", "c/d"]) await client.putObject({ Bucket, Key: `${Prefix}${name}`, Body: name });
  const answer = await client.listObjectsV2({ Bucket, Prefix, Delimiter: "/" });
  expect(answer.Contents?.map(({ Key }) => Key)).toEqual([`${Prefix}a`, `${Prefix}b`]);
  expect(answer.CommonPrefixes).toEqual([{ Prefix: `${Prefix}c/` }]);
});

test("ListObjects: the older form, by marker", async () => {
  const Prefix = `${target.unique("list")}/`;
  for (const name of ["a", "b"]) await client.putObject({ Bucket, Key: `${Prefix}${name}`, Body: name });
  const { Contents } = await client.listObjects({ Bucket, Prefix, Marker: `${Prefix}a` });
  expect(Contents?.map(({ Key }) => Key)).toEqual([`${Prefix}b`]);
});

test("ListObjectVersions: one version each in a bucket without versioning", async () => {
  const { Key } = await object();
  const { Versions } = await client.listObjectVersions({ Bucket, Prefix: Key });
  expect(Versions).toMatchObject([{ Key, IsLatest: true, VersionId: "null" }]);
});

const Tagging = { TagSet: [{ Key: "team", Value: "fleet" }] };

test("PutObjectTagging: is what comes back", async () => {
  const at = await object();
  await client.putObjectTagging({ ...at, Tagging });
  expect((await client.getObjectTagging(at)).TagSet).toEqual(Tagging.TagSet);
});

test("GetObjectTagging: none at first", async () => {
  expect((await client.getObjectTagging(await object())).TagSet).toEqual([]);
});

test("DeleteObjectTagging: is gone", async () => {
  const at = await object({ Tagging: "team=fleet" });
  await client.deleteObjectTagging(at);
  expect((await client.getObjectTagging(at)).TagSet).toEqual([]);
});

/** An upload in parts that was begun. */
async function upload(): Promise<{ Bucket: string; Key: string; UploadId: string }> {
  const at = { Bucket, Key: target.unique("parts") };
  const { UploadId = "" } = await client.createMultipartUpload(at);
  return { ...at, UploadId };
}
const FIVE_MEBIBYTES = Buffer.alloc(5 * 2 ** 20, "x"); // the least that a part other than the last may have

test("CreateMultipartUpload: nothing is there before it is completed", async () => {
  const { UploadId, ...at } = await upload();
  await expect(client.headObject(at)).rejects.toMatchObject({ name: "NotFound" });
  await client.abortMultipartUpload({ ...at, UploadId });
});

test("UploadPart: its ETag", async () => {
  const at = await upload();
  const { ETag } = await client.uploadPart({ ...at, PartNumber: 1, Body: "one" });
  expect(ETag).toBe('"f97c5d29941bfb1b2fdab0874906ab82"');
  await client.abortMultipartUpload(at);
});

test("ListParts: in order, with sizes", async () => {
  const at = await upload();
  for (const PartNumber of [2, 1]) await client.uploadPart({ ...at, PartNumber, Body: "x".repeat(PartNumber) });
  const { Parts } = await client.listParts(at);
  expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  await client.abortMultipartUpload(at);
});

test("ListMultipartUploads: those under way", async () => {
  const at = await upload();
  const { Uploads } = await client.listMultipartUploads({ Bucket, Prefix: at.Key });
  expect(Uploads?.map(({ UploadId }) => UploadId)).toEqual([at.UploadId]);
  await client.abortMultipartUpload(at);
});

test("CompleteMultipartUpload: the parts, one after the other", async () => {
  const at = await upload();
  const bodies = [FIVE_MEBIBYTES, Buffer.from("end")];
  const Parts = await Promise.all(
    bodies.map(async (Body, index) => {
      const PartNumber = index + 1;
      return { PartNumber, ETag: (await client.uploadPart({ ...at, PartNumber, Body })).ETag };
    }),
  );
  const { ETag } = await client.completeMultipartUpload({ ...at, MultipartUpload: { Parts } });
  expect(ETag).toMatch(/-2"$/);
  expect((await client.headObject({ Bucket, Key: at.Key })).ContentLength).toBe(FIVE_MEBIBYTES.length + 3);
});

test("AbortMultipartUpload: it can be completed no more", async () => {
  const at = await upload();
  await client.abortMultipartUpload(at);
  const Parts = [{ PartNumber: 1, ETag: '"x"' }];
  await expect(client.completeMultipartUpload({ ...at, MultipartUpload: { Parts } })).rejects.toMatchObject({
    name: "NoSuchUpload",
  });
});
