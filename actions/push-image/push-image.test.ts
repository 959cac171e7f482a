import { join } from "node:path";
import { ECRClient } from "@aws-sdk/client-ecr";
import { describe, expect, test } from "@jest/globals";
import { ActionError, InputError, type Outcome, readInputs } from "../lib/action.ts";
import { readBase } from "../lib/images/base.ts";
import { writeLayout } from "../lib/images/layout.ts";
import { encodeJson, LAYER_TYPE, MANIFEST_TYPE, sha256 } from "../lib/images/oci.ts";
import { parseDigestUri } from "../lib/images/reference.ts";
import { RegistryClient } from "../lib/images/registry.ts";
import { temporaryFolder } from "../lib/images/testing/checkout.ts";
import { alphaBundle, alphaImage } from "../lib/images/testing/image.ts";
import { TestRegistry } from "../lib/images/testing/registry.ts";
import { inputs } from "./inputs.ts";
import { push } from "./push-image.ts";

const commit = "a".repeat(40);
const repository = "karmacadabra/alpha";
const instantClock = { now: () => new Date(), sleep: async () => {} };

interface Pushed {
  readonly outcome: Outcome;
  readonly lines: readonly string[];
  readonly masked: readonly string[];
}

/** Runs the action against `remote` with the layout of `image`. */
async function pushed(remote: TestRegistry, image = alphaImage(), given: Record<string, string> = {}): Promise<Pushed> {
  using folder = temporaryFolder();
  const layout = join(folder.path, "layout");
  await writeLayout(layout, await image);
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const ecr = new ECRClient({ endpoint: `http://${remote.address}`, region: "us-east-1", credentials, maxAttempts: 1 });
  const lines: string[] = [];
  const masked: string[] = [];
  const progress = { line: (text: string) => void lines.push(text), mask: (text: string) => void masked.push(text) };
  const parsed = readInputs({ name: "push-image", inputs }, { INPUT_LAYOUT: layout, ...given });
  const outcome = await push(parsed, progress, { env: {}, clock: instantClock, ecr });
  return { outcome, lines, masked };
}

describe("push-image", () => {
  test("pushes what is missing, under the commit, and names the image by digest", async () => {
    await using remote = await TestRegistry.start();
    const { outcome } = await pushed(remote);
    const { digest } = (await alphaImage()).descriptor;
    expect(outcome.outputs).toMatchObject({ image: `${remote.address}/${repository}@${digest}`, digest, tag: commit });
    expect(Number(outcome.outputs["uploaded-bytes"])).toBeGreaterThan(0);
    expect(sha256(remote.manifests.get(`${repository} ${commit}`)?.bytes ?? Buffer.alloc(0))).toBe(digest);
    expect(parseDigestUri(outcome.outputs.image ?? "").registry).toBe(remote.address);
  });

  test("does nothing the second time", async () => {
    await using remote = await TestRegistry.start();
    await pushed(remote);
    remote.requests.length = 0;
    const { outcome, lines } = await pushed(remote);
    expect(outcome.outputs["uploaded-bytes"]).toBe("0");
    expect([...remote.sent("POST"), ...remote.sent("PATCH"), ...remote.sent("PUT")]).toEqual([]);
    expect(lines.at(-1)).toContain("was already there");
  });

  test("sends only the blobs that the repository lacks", async () => {
    await using remote = await TestRegistry.start();
    const image = await alphaImage();
    const layer = image.manifest.layers[0]?.digest ?? "";
    remote.putBlob(repository, Buffer.from(image.blobs.get(layer) ?? []));
    await pushed(remote);
    expect(remote.sent("PATCH")).toHaveLength(1);
  });

  test("never moves a commit's tag to another image", async () => {
    await using remote = await TestRegistry.start();
    await pushed(remote);
    const before = new Map(remote.manifests);
    const other = alphaImage({ bundle: alphaBundle({}, "console.log(2);\n") });
    await expect(pushed(remote, other)).rejects.toThrow(/is already sha256:.* a commit's tag is never moved/);
    expect(remote.manifests).toEqual(before);
    expect(remote.sent("PATCH")).toHaveLength(2);
  });

  test("begins an interrupted upload again, within its budget", async () => {
    await using remote = await TestRegistry.start();
    let broken = 0;
    remote.fault = (request) => (request.startsWith("PATCH") && broken++ < 3 ? "drop" : undefined);
    const { outcome, lines } = await pushed(remote);
    expect(outcome.outputs.tag).toBe(commit);
    expect(lines.filter((line) => line.includes("attempt")).length).toBe(3);
    remote.blobs.clear();
    remote.fault = (request) => (request.startsWith("PATCH") ? 503 : undefined);
    await expect(pushed(remote)).rejects.toThrow(/in 4 attempts/);
  });

  test("begins an upload again that the registry forgot", async () => {
    await using remote = await TestRegistry.start();
    let forgotten = 0;
    remote.fault = (request) =>
      request.startsWith("PUT") && request.includes("uploads") && forgotten++ < 1 ? 404 : undefined;
    const { outcome, lines } = await pushed(remote);
    expect(outcome.outputs.tag).toBe(commit);
    expect(lines.join("\n")).toContain("the registry forgot the upload; attempt 2 of 4");
  });

  test("notices a registry that lost a layer, and brings it back the next time", async () => {
    await using remote = await TestRegistry.start();
    const { digest } = (await alphaImage()).manifest.layers[0] ?? { digest: "" };
    let manifests = 0;
    remote.fault = (request) => {
      if (request.startsWith("GET") && manifests++ === 0) remote.blobs.delete(`${repository} ${digest}`);
      return undefined;
    };
    await expect(pushed(remote)).rejects.toThrow(`does not have ${digest} after the push`);
    const { outcome } = await pushed(remote);
    expect(Number(outcome.outputs["uploaded-bytes"])).toBeGreaterThan(0);
  });

  test("notices a registry that stored something else", async () => {
    await using remote = await TestRegistry.start();
    const image = await alphaImage();
    remote.fault = (request) => {
      const stored = remote.manifests.get(`${repository} ${image.descriptor.digest}`);
      if (request.startsWith("GET") && stored) stored.bytes = Buffer.concat([stored.bytes, Buffer.from(" ")]);
      return undefined;
    };
    await expect(pushed(remote)).rejects.toThrow("content that has another digest");
  });

  test("keeps the registry's password out of the log", async () => {
    await using remote = await TestRegistry.start();
    const { lines, masked, outcome } = await pushed(remote);
    expect(masked).toContain(remote.password);
    expect(JSON.stringify([lines, outcome])).not.toContain(remote.password);
  });

  test("says how to create a repository that does not exist", async () => {
    await using remote = await TestRegistry.start();
    remote.repositories.clear();
    const error = await pushed(remote).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ActionError);
    expect((error as Error).message).toContain("no ECR repository karmacadabra/alpha. The registries stack creates it");
  });

  test("takes a base's layers over inside the registry, without reading them", async () => {
    await using remote = await TestRegistry.start();
    const base = await basedImage(remote, remote);
    const { lines } = await pushed(remote, base.image);
    expect(remote.sent("GET").filter((request) => request.includes(base.layer))).toEqual([]);
    expect(remote.blobs.has(`${repository} ${base.layer}`)).toBe(true);
    expect(lines.join("\n")).not.toContain("reading the base");
  });

  test("carries a base's layers over from another registry", async () => {
    await using remote = await TestRegistry.start();
    await using origin = await TestRegistry.start();
    const base = await basedImage(origin, remote);
    await expect(pushed(remote, base.image)).rejects.toThrow("UNAUTHORIZED");
    origin.isPublic = true;
    const { lines } = await pushed(remote, base.image);
    expect(lines.join("\n")).toContain("reading the base's layer");
    expect(remote.blobs.has(`${repository} ${base.layer}`)).toBe(true);
    expect(origin.sent("PUT")).toEqual([]);
  });

  test.each([
    ["no layout", {}, "layout: is missing; it is required"],
    ["a repository that is a path", { INPUT_LAYOUT: "x", INPUT_REPOSITORY: "../x" }, "repository: got"],
    ["an unknown input", { INPUT_LAYOUT: "x", INPUT_TAG: "latest" }, "tag"],
  ])("refuses %s", (_title, env, message) => {
    expect(() => readInputs({ name: "push-image", inputs }, env)).toThrow(InputError);
    expect(() => readInputs({ name: "push-image", inputs }, env)).toThrow(message);
  });
});

/** An image of alpha on a base that lies in `origin`. */
async function basedImage(origin: TestRegistry, reader: TestRegistry) {
  const layer = origin.putBlob("base/node", Buffer.from("a base's layer"));
  const config = encodeJson({ os: "linux", architecture: "arm64", rootfs: { type: "layers", diff_ids: [layer] } });
  const describe = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    digest: sha256(bytes),
    size: bytes.byteLength,
  });
  origin.putBlob("base/node", Buffer.from(config));
  const manifest = encodeJson({
    schemaVersion: 2,
    config: describe("application/vnd.oci.image.config.v1+json", config),
    layers: [{ ...describe(LAYER_TYPE, Buffer.from("a base's layer")) }],
  });
  const digest = origin.putManifest("base/node", "v1", MANIFEST_TYPE, Buffer.from(manifest));
  const client = new RegistryClient({
    registry: origin.address,
    credentials: { username: "AWS", password: reader.password },
    clock: instantClock,
  });
  const base = await readBase(parseDigestUri(`${origin.address}/base/node@${digest}`), "arm64", client);
  origin.requests.length = 0;
  return { image: alphaImage({ base }), layer };
}
