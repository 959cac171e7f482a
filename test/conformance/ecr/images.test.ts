import { ECR } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { digestOf, makeImage, type TestImage } from "../../../infra/sandbox/aws/services/ecr/image.fixture.ts";
import { ecr } from "../../../infra/sandbox/aws/services/ecr/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: ECR;
let image: TestImage;
beforeAll(async () => {
  target = await startTarget([ecr]);
  client = new ECR(target.config);
  image = await makeImage({ files: { "app/index.mjs": "console.log('hello');" } });
});
afterAll(() => target.stop());

/** A repository with the image's blobs, without its manifest. */
async function withBlobs(run: (repositoryName: string) => Promise<void>): Promise<void> {
  const repositoryName = target.unique("images");
  await client.createRepository({ repositoryName });
  try {
    for (const bytes of image.blobs.values()) await upload(repositoryName, bytes);
    await run(repositoryName);
  } finally {
    await client.deleteRepository({ repositoryName, force: true });
  }
}

async function upload(repositoryName: string, bytes: Buffer): Promise<string | undefined> {
  const { uploadId } = await client.initiateLayerUpload({ repositoryName });
  const part = { partFirstByte: 0, partLastByte: bytes.length - 1, layerPartBlob: bytes };
  await client.uploadLayerPart({ repositoryName, uploadId, ...part });
  const layerDigests = [digestOf(bytes)];
  return (await client.completeLayerUpload({ repositoryName, uploadId, layerDigests })).layerDigest;
}

const put = (repositoryName: string, imageTag?: string) =>
  client.putImage({ repositoryName, imageTag, imageManifest: image.manifest.toString() });

test("InitiateLayerUpload: an upload with its part size", () =>
  withBlobs(async (repositoryName) => {
    const { uploadId, partSize } = await client.initiateLayerUpload({ repositoryName });
    expect(uploadId).toMatch(/^[0-9a-f-]{32,36}$/);
    expect(partSize).toBeGreaterThanOrEqual(5 * 2 ** 20);
  }));

test("UploadLayerPart: an upload nobody began is an error", () =>
  withBlobs(async (repositoryName) => {
    const uploadId = "00000000-0000-4000-8000-000000000000";
    const part = { partFirstByte: 0, partLastByte: 2, layerPartBlob: Buffer.from("abc") };
    await expect(client.uploadLayerPart({ repositoryName, uploadId, ...part })).rejects.toMatchObject({
      name: "UploadNotFoundException",
    });
  }));

test("CompleteLayerUpload: the bytes must have the digest that is claimed", () =>
  withBlobs(async (repositoryName) => {
    const { uploadId } = await client.initiateLayerUpload({ repositoryName });
    const part = { partFirstByte: 0, partLastByte: 2, layerPartBlob: Buffer.from("abc") };
    await client.uploadLayerPart({ repositoryName, uploadId, ...part });
    const layerDigests = [digestOf(Buffer.from("other"))];
    await expect(client.completeLayerUpload({ repositoryName, uploadId, layerDigests })).rejects.toMatchObject({
      name: "InvalidLayerException",
    });
  }));

test("BatchCheckLayerAvailability: which layers are there", () =>
  withBlobs(async (repositoryName) => {
    const [known = ""] = image.blobs.keys();
    const layerDigests = [known, digestOf(Buffer.from("other"))];
    const { layers, failures } = await client.batchCheckLayerAvailability({ repositoryName, layerDigests });
    expect(
      layers?.filter(({ layerAvailability }) => layerAvailability === "AVAILABLE").map((one) => one.layerDigest),
    ).toEqual([known]);
    expect((layers?.length ?? 0) + (failures?.length ?? 0)).toBe(2);
  }));

test("GetDownloadUrlForLayer: the very bytes", () =>
  withBlobs(async (repositoryName) => {
    const [layerDigest = "", bytes] = [...image.blobs][1] ?? [];
    await put(repositoryName);
    const { downloadUrl = "" } = await client.getDownloadUrlForLayer({ repositoryName, layerDigest });
    const answer = await fetch(downloadUrl);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes ?? Buffer.alloc(0))).toBe(true);
  }));

test("PutImage: names the manifest by its digest; the same again is an error", () =>
  withBlobs(async (repositoryName) => {
    expect((await put(repositoryName, "v1")).image?.imageId).toEqual({ imageDigest: image.digest, imageTag: "v1" });
    await expect(put(repositoryName, "v1")).rejects.toMatchObject({ name: "ImageAlreadyExistsException" });
  }));

test("BatchGetImage: by tag or digest, failures for the others", () =>
  withBlobs(async (repositoryName) => {
    await put(repositoryName, "v1");
    const imageIds = [{ imageTag: "v1" }, { imageDigest: image.digest }, { imageTag: "none" }];
    const { images, failures } = await client.batchGetImage({ repositoryName, imageIds });
    expect(new Set(images?.map(({ imageManifest }) => imageManifest))).toEqual(new Set([image.manifest.toString()]));
    expect(failures).toMatchObject([{ imageId: { imageTag: "none" }, failureCode: "ImageNotFound" }]);
  }));

test("DescribeImages: tags, size and media type", () =>
  withBlobs(async (repositoryName) => {
    await put(repositoryName, "v1");
    await put(repositoryName, "v2");
    const { imageDetails } = await client.describeImages({ repositoryName });
    expect(imageDetails).toHaveLength(1);
    expect(imageDetails?.[0]).toMatchObject({ imageDigest: image.digest, repositoryName });
    expect(imageDetails?.[0]?.imageTags?.sort()).toEqual(["v1", "v2"]);
    expect(imageDetails?.[0]?.imageSizeInBytes).toBeGreaterThan(0);
  }));

test("ListImages: tagged or not", () =>
  withBlobs(async (repositoryName) => {
    await put(repositoryName, "v1");
    const list = async (tagStatus: "TAGGED" | "UNTAGGED") =>
      (await client.listImages({ repositoryName, filter: { tagStatus } })).imageIds;
    expect(await list("TAGGED")).toEqual([{ imageDigest: image.digest, imageTag: "v1" }]);
    expect(await list("UNTAGGED")).toEqual([]);
  }));

test("BatchDeleteImage: a tag alone leaves the image", () =>
  withBlobs(async (repositoryName) => {
    await put(repositoryName, "v1");
    await put(repositoryName, "v2");
    await client.batchDeleteImage({ repositoryName, imageIds: [{ imageTag: "v1" }] });
    expect((await client.listImages({ repositoryName })).imageIds?.map(({ imageTag }) => imageTag)).toEqual(["v2"]);
    await client.batchDeleteImage({ repositoryName, imageIds: [{ imageDigest: image.digest }] });
    expect((await client.listImages({ repositoryName })).imageIds).toEqual([]);
  }));
