import { describe, expect, test } from "@jest/globals";
import { ActionError } from "../action.ts";
import { hostNodeBase, parseBase, readBase } from "./base.ts";
import { DOCKER_LAYER_TYPE, DOCKER_MANIFEST_TYPE, encodeJson, INDEX_TYPE, LAYER_TYPE, sha256 } from "./oci.ts";
import { parseDigestUri } from "./reference.ts";
import { RegistryClient } from "./registry.ts";
import { TestRegistry } from "./testing/registry.ts";

const clock = { now: () => new Date(), sleep: async () => {} };
const layer = Buffer.from("system and Node");

/** Puts a Docker-made base for two architectures into the registry; returns the digest of its index. */
function putBase(remote: TestRegistry): string {
  const manifests = ["amd64", "arm64"].map((architecture) => {
    const config = Buffer.from(
      encodeJson({
        architecture,
        os: "linux",
        config: { Env: ["PATH=/bin", "NODE_VERSION=22.1.0"] },
        rootfs: { type: "layers", diff_ids: [sha256(layer)] },
        history: [{ created_by: "base" }],
      }),
    );
    const manifest = Buffer.from(
      encodeJson({
        schemaVersion: 2,
        config: { mediaType: "x", digest: remote.putBlob("base/node", config), size: config.length },
        layers: [{ mediaType: DOCKER_LAYER_TYPE, digest: sha256(layer), size: layer.length }],
      }),
    );
    const digest = remote.putManifest("base/node", architecture, DOCKER_MANIFEST_TYPE, manifest);
    return { mediaType: DOCKER_MANIFEST_TYPE, digest, size: manifest.length, platform: { os: "linux", architecture } };
  });
  return remote.putManifest("base/node", "v1", INDEX_TYPE, Buffer.from(encodeJson({ schemaVersion: 2, manifests })));
}

async function read(architecture: string, change: (remote: TestRegistry, digest: string) => string = (_r, d) => d) {
  await using remote = await TestRegistry.start();
  remote.isPublic = true;
  const digest = change(remote, putBase(remote));
  const registry = new RegistryClient({ registry: remote.address, clock });
  const base = await readBase(parseDigestUri(`${remote.address}/base/node@${digest}`), architecture, registry);
  return { base, requests: remote.requests, blobs: remote.blobs };
}

describe("a base image", () => {
  test("is read without its layers, for the agent's architecture, in OCI's terms", async () => {
    const { base, requests } = await read("arm64");
    expect(base.layers).toEqual([{ mediaType: LAYER_TYPE, digest: sha256(layer), size: layer.length }]);
    expect(base.env).toEqual(["PATH=/bin", "NODE_VERSION=22.1.0"]);
    expect(base.annotations["org.opencontainers.image.base.name"]).toMatch(/^127\.0\.0\.1:\d+\/base\/node$/);
    expect(requests.filter((request) => request.includes(sha256(layer)))).toEqual([]);
    expect(base.description).toContain("1 layers, which stay in their registry");
  });

  test.each<[string, string, (remote: TestRegistry, digest: string) => string, string]>([
    ["an architecture that it does not have", "riscv64", (_r, d) => d, "it has: linux/amd64, linux/arm64"],
    ["a digest that is not there", "arm64", () => sha256(Buffer.from("none")), "has no image sha256:"],
    [
      "an image of another architecture",
      "arm64",
      (remote) => sha256(remote.manifests.get("base/node amd64")?.bytes ?? Buffer.alloc(0)),
      "is for linux/amd64; the agent needs linux/arm64",
    ],
    [
      "a registry that answers with something else",
      "arm64",
      (remote, digest) => {
        const stored = remote.manifests.get(`base/node ${digest}`);
        if (stored) stored.bytes = Buffer.from("{}");
        return digest;
      },
      "content that has another digest",
    ],
  ])("is refused for %s", async (_title, architecture, change, message) => {
    const error = await read(architecture, change).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ActionError);
    expect((error as Error).message).toContain(message);
  });

  test("is the host's Node when none is named, and says what that means", () => {
    expect([parseBase(undefined), parseBase(""), parseBase("host-node")]).toEqual(Array(3).fill("host-node"));
    expect(hostNodeBase.description).toContain("only the sandbox's process driver can run it");
    expect(() => parseBase("docker.io/library/node:22")).toThrow("a tag can move");
  });
});
