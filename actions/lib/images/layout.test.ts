import { createHash } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { hostNodeBase } from "./base.ts";
import { assembleImage } from "./image.ts";
import { createLayer, readLayerFile } from "./layer.ts";
import { LayoutError, labelsOf, readLayout, type StoredImage, writeLayout } from "./layout.ts";
import { sha256 } from "./oci.ts";
import { temporaryFolder } from "./testing/checkout.ts";
import { alphaImage, alphaParts } from "./testing/image.ts";

const blobFile = (folder: string, digest: string): string => join(folder, "blobs", "sha256", digest.slice(7));

describe("a layer", () => {
  const files = [
    { path: "b/c.js", content: Buffer.from("c") },
    { path: "a.js", content: Buffer.from("a") },
  ];

  test("does not depend on the order of its files, on the hour, or on the machine's zlib", async () => {
    const [one, two] = [await createLayer("app", files), await createLayer("app", files.toReversed())];
    expect(sha256(one.bytes)).toBe(sha256(two.bytes));
    // A pinned digest: whatever Node version or processor runs this test, the bytes must be these.
    expect(one.diffId).toBe(`sha256:${createHash("sha256").update(gunzipSync(one.bytes)).digest("hex")}`);
    expect([...one.bytes.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
    expect(sha256(one.bytes)).toBe("sha256:4b044550f47f8f98df29615edd3ed3c3efa5f42e6a576b7df582282cdaa0f98b");
  });

  test("gives back every file as it was, whatever its content", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ maxLength: 2000 }), async (a, b) => {
        const layer = await createLayer("app", [
          { path: "x/a", content: a },
          { path: "b", content: b },
        ]);
        expect(await readLayerFile(layer.bytes, "app/x/a")).toEqual(Buffer.from(a));
        expect(await readLayerFile(layer.bytes, "app/b")).toEqual(Buffer.from(b));
        expect(await readLayerFile(layer.bytes, "app/none")).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });
});

describe("an image", () => {
  test("says what it is, and nothing about the machine", async () => {
    const image = await alphaImage();
    expect(labelsOf(image.config)).toEqual({
      "dev.karmacadabra.base": "host-node",
      "org.opencontainers.image.created": "2026-01-02T03:04:05.000Z",
      "org.opencontainers.image.revision": "a".repeat(40),
      "org.opencontainers.image.source": "https://github.com/owner/name",
      "org.opencontainers.image.title": "alpha",
      "org.opencontainers.image.version": "1.2.3",
    });
    expect(image.config.config?.Env).toEqual([
      "AGENT_NAME=alpha",
      "AGENT_VERSION=1.2.3",
      `AGENT_COMMIT=${"a".repeat(40)}`,
      "NODE_ENV=production",
    ]);
    expect(image.config.config?.Entrypoint).toEqual(["node", "/app/index.js"]);
    expect(image.config.created).toBe("2026-01-02T03:04:05.000Z");
    expect(image.config.architecture).toBe("arm64");
  });

  test("puts a base's layers below its own and names the base", async () => {
    const layer = {
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      digest: sha256(Buffer.from("b")),
      size: 1,
    };
    const annotations = {
      "org.opencontainers.image.base.digest": "sha256:x",
      "org.opencontainers.image.base.name": "r/b",
    };
    const base = {
      ...hostNodeBase,
      layers: [layer],
      diffIds: ["sha256:d"],
      env: ["PATH=/bin"],
      labels: {},
      annotations,
    };
    const image = await alphaImage({ base });
    expect(image.manifest.layers).toHaveLength(2);
    expect(image.manifest.layers[0]).toEqual(layer);
    expect(image.config.rootfs.diff_ids[0]).toBe("sha256:d");
    expect(image.config.config?.Env?.[0]).toBe("PATH=/bin");
    expect(image.manifest.annotations).toMatchObject(annotations);
    using folder = temporaryFolder();
    await writeLayout(join(folder.path, "layout"), image);
    expect((await readLayout(join(folder.path, "layout"))).remoteLayers).toEqual([layer]);
  });
});

describe("an image layout", () => {
  async function written(change: (folder: string, image: StoredImage) => void): Promise<StoredImage> {
    using folder = temporaryFolder();
    const layout = join(folder.path, "layout");
    const image = await alphaImage();
    await writeLayout(layout, image);
    change(layout, image);
    return await readLayout(layout);
  }

  test("is read as it was written", async () => {
    const image = await alphaImage();
    const read = await written(() => {});
    expect(read.descriptor).toEqual(image.descriptor);
    expect([...read.blobs.keys()].sort()).toEqual([...image.blobs.keys()].sort());
    expect(read.config).toEqual(image.config);
  });

  test("follows the specification's file names", async () => {
    await written((folder, image) => {
      expect(readdirSync(folder).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
      expect(JSON.parse(readFileSync(join(folder, "oci-layout"), "utf8"))).toEqual({ imageLayoutVersion: "1.0.0" });
      const bytes = readFileSync(blobFile(folder, image.descriptor.digest));
      expect(sha256(bytes)).toBe(image.descriptor.digest);
    });
  });

  const ownLayer = (image: StoredImage): string => image.manifest.layers[0]?.digest ?? "";
  test.each<[string, (folder: string, image: StoredImage) => void, string]>([
    ["a missing marker", (f) => rmSync(join(f, "oci-layout")), "oci-layout is missing"],
    ["a missing index", (f) => rmSync(join(f, "index.json")), "index.json is missing"],
    [
      "a half-written index",
      (f) => writeFileSync(join(f, "index.json"), '{"schemaVersion":2,"mani'),
      "index.json is not JSON",
    ],
    [
      "an index of nothing",
      (f) => writeFileSync(join(f, "index.json"), '{"schemaVersion":2,"manifests":[]}'),
      "names 0 images",
    ],
    ["a missing layer", (f, i) => rmSync(blobFile(f, ownLayer(i))), "is missing"],
    ["a layer that grew", (f, i) => appendFileSync(blobFile(f, ownLayer(i)), "x"), "bytes, its descriptor says"],
    [
      "a layer of other bytes",
      (f, i) => writeFileSync(blobFile(f, ownLayer(i)), Buffer.alloc(i.manifest.layers[0]?.size ?? 0)),
      "does not have the content that its name says",
    ],
    [
      "a digest that is a path",
      (f) =>
        writeFileSync(
          join(f, "index.json"),
          '{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"sha256:../../etc","size":1}]}',
        ),
      "index.json is wrong at manifests.0.digest",
    ],
  ])("with %s gives one clear error", async (_title, change, message) => {
    const error = await written(change).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LayoutError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).toMatch(/Build the image again\.$/);
  });

  test("replaces a layout, and never a folder that is none", async () => {
    using folder = temporaryFolder();
    const image = await alphaImage();
    const layout = join(folder.path, "layout");
    await writeLayout(layout, image);
    await writeLayout(layout, image);
    expect((await readLayout(layout)).descriptor.digest).toBe(image.descriptor.digest);
    rmSync(join(layout, "oci-layout"));
    await expect(writeLayout(layout, image)).rejects.toThrow("not an image layout");
    expect(readdirSync(folder.path)).toEqual(["layout"]);
  });

  test("is the same, byte for byte, every time it is assembled", async () => {
    const [one, two] = [await alphaImage(), await assembleImage(alphaParts())];
    expect(one.descriptor.digest).toBe(two.descriptor.digest);
  });
});
