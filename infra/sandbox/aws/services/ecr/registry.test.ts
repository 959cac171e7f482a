import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ECR } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Aws, startAws } from "../../server.ts";
import { digestOf, MANIFEST_TYPE, makeImage, RegistryClient, type TestImage } from "./image.fixture.ts";
import { ecr as service } from "./service.ts";

const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

let folder: string;
let aws: Aws;
let ecr: ECR;
let registry: RegistryClient;
let image: TestImage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ecr-"));
  aws = await startAws({ services: [service], dataDir: folder });
  ecr = new ECR({
    endpoint: aws.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  registry = new RegistryClient(aws.endpoint, ecr);
  image = await makeImage({ files: { "app/index.mjs": "console.log('hello')" } });
  await ecr.createRepository({ repositoryName: "team/alpha", imageTagMutability: "IMMUTABLE" });
  await ecr.createRepository({ repositoryName: "team/beta" });
});

afterAll(async () => {
  ecr.destroy();
  await aws.stop();
  await rm(folder, { recursive: true, force: true });
});

const errorOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { errors: { code: string }[] }).errors[0]?.code ?? "";

describe("login", () => {
  test("an anonymous ping is answered with the Basic challenge", async () => {
    const response = await fetch(`${aws.endpoint}/v2/`);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Basic realm=/);
    expect(await errorOf(response)).toBe("UNAUTHORIZED");
  });

  test("a made-up password is refused, a token of the API is accepted", async () => {
    const wrong = { authorization: `Basic ${Buffer.from("AWS:guess").toString("base64")}` };
    expect((await registry.request("GET", "/v2/", { headers: wrong })).status).toBe(401);
    expect((await registry.request("GET", "/v2/")).status).toBe(200);
  });
});

describe("push", () => {
  test("an image that was pushed is described with digest, tag, size and time", async () => {
    const reference = await registry.push("team/alpha", "v1", image);
    const size = [...image.blobs.values()].reduce((sum, blob) => sum + blob.length, 0);
    const { imageDetails } = await ecr.describeImages({ repositoryName: "team/alpha", imageIds: [{ imageTag: "v1" }] });
    expect(imageDetails).toMatchObject([{ imageDigest: image.digest, imageTags: ["v1"], imageSizeInBytes: size }]);
    expect(Math.abs(Date.now() - (imageDetails?.[0]?.imagePushedAt?.getTime() ?? 0))).toBeLessThan(60_000);
    const { repositories } = await ecr.describeRepositories({ repositoryNames: ["team/alpha"] });
    expect(reference).toBe(`${repositories?.[0]?.repositoryUri}@${image.digest}`);
  });

  test("the same manifest can be read by tag and by digest, byte for byte", async () => {
    for (const reference of ["v1", image.digest]) {
      const response = await registry.request("GET", `/v2/team/alpha/manifests/${reference}`);
      expect(response.headers.get("docker-content-digest")).toBe(image.digest);
      expect(response.headers.get("content-type")).toBe(MANIFEST_TYPE);
      expect(Buffer.from(await response.arrayBuffer()).equals(image.manifest)).toBe(true);
    }
  });

  test("an immutable tag takes the same image again, but no other", async () => {
    expect((await registry.pushManifest("team/alpha", "v1", image.manifest)).status).toBe(201);
    const other = await makeImage({ files: { "app/index.mjs": "console.log('other')" } });
    for (const bytes of other.blobs.values()) await registry.pushBlob("team/alpha", bytes);
    const refused = await registry.pushManifest("team/alpha", "v1", other.manifest);
    expect(refused.status).toBe(400);
    expect(await errorOf(refused)).toBe("TAG_INVALID");
    await expect(
      ecr.putImage({ repositoryName: "team/alpha", imageTag: "v1", imageManifest: other.manifest.toString() }),
    ).rejects.toMatchObject({ name: "ImageTagAlreadyExistsException" });
  });

  test("a repository that was not created is unknown", async () => {
    const response = await registry.request("POST", "/v2/team/gamma/blobs/uploads/");
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toBe("NAME_UNKNOWN");
  });

  test("a manifest whose layer is missing is refused", async () => {
    const other = await makeImage({ files: { "app/index.mjs": "console.log('unsent')" } });
    const response = await registry.pushManifest("team/beta", "v1", other.manifest);
    expect(await errorOf(response)).toBe("MANIFEST_BLOB_UNKNOWN");
  });

  test("content that has another digest than promised is refused and not kept", async () => {
    const opened = await registry.request("POST", "/v2/team/beta/blobs/uploads/");
    const promised = digestOf(Buffer.from("promised"));
    const refused = await registry.request("PUT", `${opened.headers.get("location")}?digest=${promised}`, {
      body: Buffer.from("sent"),
    });
    expect(await errorOf(refused)).toBe("DIGEST_INVALID");
    expect((await registry.request("HEAD", `/v2/team/beta/blobs/${promised}`)).status).toBe(404);
  });

  test("a chunked upload is put together in order; a chunk out of order is refused", async () => {
    const bytes = Buffer.from("0123456789");
    const opened = await registry.request("POST", "/v2/team/beta/blobs/uploads/");
    const location = opened.headers.get("location") ?? "";
    const send = (start: number, end: number) =>
      registry.request("PATCH", location, {
        body: bytes.subarray(start, end),
        headers: { "content-range": `${start}-${end - 1}` },
      });
    expect((await send(0, 4)).headers.get("range")).toBe("0-3");
    expect((await send(6, 10)).status).toBe(416);
    expect((await send(4, 10)).headers.get("range")).toBe("0-9");
    expect((await registry.request("PUT", `${location}?digest=${digestOf(bytes)}`)).status).toBe(201);
    const stored = await registry.request("GET", `/v2/team/beta/blobs/${digestOf(bytes)}`, {
      headers: { range: "bytes=2-4" },
    });
    expect([stored.status, await stored.text()]).toEqual([206, "234"]);
  });

  test("a blob is mounted from another repository, and unknown there before", async () => {
    const [digest] = [...image.blobs.keys()];
    expect((await registry.request("HEAD", `/v2/team/beta/blobs/${digest}`)).status).toBe(404);
    const mounted = await registry.request("POST", `/v2/team/beta/blobs/uploads/?mount=${digest}&from=team/alpha`);
    expect(mounted.status).toBe(201);
    expect((await registry.request("HEAD", `/v2/team/beta/blobs/${digest}`)).status).toBe(200);
  });

  test("an index needs its members and is described by the largest", async () => {
    const member = { mediaType: MANIFEST_TYPE, digest: image.digest, size: image.manifest.length };
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [member] }));
    expect((await registry.pushManifest("team/beta", "multi", index, INDEX_TYPE)).status).toBe(404);
    expect((await registry.pushManifest("team/alpha", "multi", index, INDEX_TYPE)).status).toBe(201);
    const { imageDetails } = await ecr.describeImages({ repositoryName: "team/alpha" });
    const sizes = imageDetails?.map((detail) => detail.imageSizeInBytes);
    expect(new Set(sizes).size).toBe(1);
  });

  test("a referrer is listed with its subject", async () => {
    const manifest = JSON.parse(image.manifest.toString()) as object;
    const subject = { mediaType: MANIFEST_TYPE, digest: image.digest, size: image.manifest.length };
    const referrer = Buffer.from(JSON.stringify({ ...manifest, artifactType: "application/spdx+json", subject }));
    const put = await registry.pushManifest("team/alpha", digestOf(referrer), referrer);
    expect(put.headers.get("oci-subject")).toBe(image.digest);
    const response = await registry.request("GET", `/v2/team/alpha/referrers/${image.digest}`);
    expect(await response.json()).toMatchObject({
      manifests: [{ digest: digestOf(referrer), artifactType: "application/spdx+json" }],
    });
  });

  test("tags are listed in pages", async () => {
    const first = await registry.request("GET", "/v2/team/alpha/tags/list?n=1");
    expect(await first.json()).toEqual({ name: "team/alpha", tags: ["multi"] });
    const next = /<([^>]+)>/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    expect(await (await registry.request("GET", next)).json()).toEqual({ name: "team/alpha", tags: ["v1"] });
  });
});

describe("API", () => {
  test("images and layers can be asked for and deleted", async () => {
    const layerDigests = [...image.blobs.keys(), digestOf(Buffer.from("nowhere"))];
    const { layers } = await ecr.batchCheckLayerAvailability({ repositoryName: "team/alpha", layerDigests });
    expect(layers?.map((layer) => layer.layerAvailability)).toEqual(["AVAILABLE", "AVAILABLE", "UNAVAILABLE"]);
    const { images } = await ecr.batchGetImage({ repositoryName: "team/alpha", imageIds: [{ imageTag: "v1" }] });
    expect(images?.[0]?.imageManifest).toBe(image.manifest.toString());
    const { failures } = await ecr.batchDeleteImage({ repositoryName: "team/alpha", imageIds: [{ imageTag: "nope" }] });
    expect(failures).toMatchObject([{ failureCode: "ImageNotFound" }]);
  });

  test("layers can be uploaded through the API too", async () => {
    const bytes = Buffer.from("layer by API");
    const { uploadId } = await ecr.initiateLayerUpload({ repositoryName: "team/beta" });
    await ecr.uploadLayerPart({
      repositoryName: "team/beta",
      uploadId,
      partFirstByte: 0,
      partLastByte: bytes.length - 1,
      layerPartBlob: bytes,
    });
    const done = await ecr.completeLayerUpload({
      repositoryName: "team/beta",
      uploadId,
      layerDigests: [digestOf(bytes)],
    });
    expect(done.layerDigest).toBe(digestOf(bytes));
  });

  test("a repository with images is deleted only with force", async () => {
    await ecr.putLifecyclePolicy({ repositoryName: "team/alpha", lifecyclePolicyText: '{"rules":[]}' });
    await expect(ecr.deleteRepository({ repositoryName: "team/alpha" })).rejects.toMatchObject({
      name: "RepositoryNotEmptyException",
    });
    await ecr.deleteRepository({ repositoryName: "team/alpha", force: true });
    await expect(ecr.describeRepositories({ repositoryNames: ["team/alpha"] })).rejects.toMatchObject({
      name: "RepositoryNotFoundException",
    });
  });
});

test("a blob that is lost on purpose is not found where it is downloaded", async () => {
  await ecr.createRepository({ repositoryName: "lost/alpha" });
  await registry.push("lost/alpha", "v-lost", image);
  const [digest = ""] = image.blobs.keys();
  aws.faults.add({ kind: "blob-missing", scope: { agent: "alpha" }, count: 1 });
  expect((await registry.request("HEAD", `/v2/lost/alpha/blobs/${digest}`)).status).toBe(200);
  const lost = await registry.request("GET", `/v2/lost/alpha/blobs/${digest}`);
  expect([lost.status, await errorOf(lost)]).toEqual([404, "BLOB_UNKNOWN"]);
  expect((await registry.request("GET", `/v2/lost/alpha/blobs/${digest}`)).status).toBe(200);
});
