import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  type ImageIdentifier,
} from "@aws-sdk/client-ecr";
import * as v from "valibot";
import { isAwsError } from "./failures.ts";
import type { AwsSettings } from "./settings.ts";

/** What an image says of itself. */
export interface ImageContents {
  /** Docker's words: `amd64`, `arm64`. */
  readonly architectures: readonly string[];
  /** Label `org.opencontainers.image.revision`: the commit it was built from. */
  readonly revision?: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface RegistryImage {
  readonly digest: string;
  readonly tags: readonly string[];
}

export interface Registry {
  /** `registry/repository`, without tag or digest; undefined when the repository does not exist. */
  uri(repository: string): Promise<string | undefined>;
  /** @param id by digest or by tag. @returns undefined when the image or its repository does not exist. */
  image(repository: string, id: { digest: string } | { tag: string }): Promise<RegistryImage | undefined>;
  /** @returns undefined when the manifest or the configuration cannot be read. */
  contents(repository: string, digest: string): Promise<ImageContents | undefined>;
}

const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const descriptor = v.object({
  digest: v.string(),
  platform: v.optional(v.object({ architecture: v.string(), os: v.optional(v.string()) })),
});
const manifestShape = v.object({ manifests: v.optional(v.array(descriptor)), config: v.optional(descriptor) });
const configShape = v.object({
  architecture: v.string(),
  config: v.optional(v.object({ Labels: v.optional(v.nullable(v.record(v.string(), v.string()))) })),
});

export function registryPort(settings: AwsSettings, http: typeof fetch = fetch): Registry {
  const client = new ECRClient(settings);
  return {
    async uri(repository) {
      try {
        const answer = await client.send(new DescribeRepositoriesCommand({ repositoryNames: [repository] }));
        return answer.repositories?.[0]?.repositoryUri;
      } catch (error) {
        if (isAwsError(error, "RepositoryNotFoundException")) return undefined;
        throw error;
      }
    },
    async image(repository, id) {
      try {
        const imageId: ImageIdentifier = "digest" in id ? { imageDigest: id.digest } : { imageTag: id.tag };
        const answer = await client.send(
          new DescribeImagesCommand({ repositoryName: repository, imageIds: [imageId] }),
        );
        const found = answer.imageDetails?.[0];
        return found?.imageDigest ? { digest: found.imageDigest, tags: found.imageTags ?? [] } : undefined;
      } catch (error) {
        if (isAwsError(error, "ImageNotFoundException", "RepositoryNotFoundException")) return undefined;
        throw error;
      }
    },
    contents: (repository, digest) => contentsOf({ client, http, repository }, digest),
  };
}

interface Reader {
  readonly client: ECRClient;
  readonly http: typeof fetch;
  readonly repository: string;
}

async function contentsOf(reader: Reader, digest: string): Promise<ImageContents | undefined> {
  const manifest = await manifestOf(reader, digest);
  if (!manifest) return undefined;
  if (manifest.config) return configOf(reader, manifest.config.digest);
  // BuildKit lists its attestations in the index too, with the platform `unknown`.
  const images = (manifest.manifests ?? []).filter((m) => m.platform && m.platform.architecture !== "unknown");
  const first = images[0] && (await contentsOf(reader, images[0].digest));
  const architectures = images.flatMap((m) => (m.platform ? [m.platform.architecture] : []));
  return first ? { ...first, architectures } : { architectures, labels: {} };
}

async function manifestOf({ client, repository }: Reader, digest: string) {
  const { images } = await client.send(
    new BatchGetImageCommand({
      repositoryName: repository,
      imageIds: [{ imageDigest: digest }],
      acceptedMediaTypes: MANIFESTS,
    }),
  );
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), manifestShape), images?.[0]?.imageManifest);
  return parsed.success ? parsed.output : undefined;
}

async function configOf({ client, repository, http }: Reader, layerDigest: string): Promise<ImageContents | undefined> {
  const { downloadUrl } = await client.send(
    new GetDownloadUrlForLayerCommand({ repositoryName: repository, layerDigest }),
  );
  if (!downloadUrl) return undefined;
  const answer = await http(downloadUrl, { signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), configShape), await answer.text());
  if (!parsed.success) return undefined;
  const labels = parsed.output.config?.Labels ?? {};
  return {
    architectures: [parsed.output.architecture],
    revision: labels["org.opencontainers.image.revision"],
    labels,
  };
}
