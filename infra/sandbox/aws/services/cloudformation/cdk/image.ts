import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { ECR } from "@aws-sdk/client-ecr";
import { pack } from "tar-stream";

const sha256 = (data: Uint8Array): string => `sha256:${createHash("sha256").update(data).digest("hex")}`;

/** A ten-line web server that says its greeting. `GREETING=crash` exits at once, as a bad release does. */
const PROGRAM = `import { createServer } from "node:http";
if (process.env.GREETING === "crash") process.exit(3);
createServer((_, response) => response.end(process.env.GREETING)).listen(8080);
process.on("SIGTERM", () => process.exit(0));
`;

async function layer(): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: "app/index.mjs" }, PROGRAM);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function upload(ecr: ECR, repositoryName: string, blob: Buffer): Promise<void> {
  const { uploadId } = await ecr.initiateLayerUpload({ repositoryName });
  const part = { repositoryName, uploadId, partFirstByte: 0, partLastByte: blob.length - 1, layerPartBlob: blob };
  await ecr.uploadLayerPart(part);
  await ecr.completeLayerUpload({ repositoryName, uploadId, layerDigests: [sha256(blob)] });
}

/** Pushes an image on the host-Node base through ECR's own API. @returns its URI by digest. */
export async function pushImage(ecr: ECR, repositoryName: string): Promise<string> {
  const { repository } = await ecr.createRepository({ repositoryName });
  const tar = await layer();
  const blob = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Entrypoint: ["node", "/app/index.mjs"], Labels: { "dev.karmacadabra.base": "host-node" } },
      rootfs: { type: "layers", diff_ids: [sha256(tar)] },
    }),
  );
  await upload(ecr, repositoryName, blob);
  await upload(ecr, repositoryName, config);
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: sha256(config), size: config.length },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: sha256(blob), size: blob.length }],
  });
  const { image } = await ecr.putImage({ repositoryName, imageManifest, imageTag: "v1" });
  return `${repository?.repositoryUri}@${image?.imageId?.imageDigest}`;
}
