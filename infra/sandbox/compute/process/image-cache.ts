import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ComputeError,
  HOST_NODE,
  type ImageConfig,
  isHostNode,
  NeedsEngineError,
  type PulledImage,
  type PullRequest,
} from "../driver.ts";
import { applyLayer } from "./layer.ts";
import { parseReference } from "./reference.ts";
import { type FetchedManifest, RegistryClient } from "./registry-client.ts";

interface ManifestBody {
  readonly config?: { digest: string };
  readonly layers?: readonly { digest: string }[];
  readonly manifests?: readonly { digest: string; platform?: { os?: string; architecture?: string } }[];
}

interface ConfigBody {
  readonly architecture?: string;
  readonly config?: {
    Env?: string[];
    Entrypoint?: string[];
    Cmd?: string[];
    WorkingDir?: string;
    Labels?: Record<string, string>;
  };
}

export interface UnpackedImage extends PulledImage {
  /** Folder that is the image's `/`. */
  readonly root: string;
}

function readConfig(body: ConfigBody): ImageConfig {
  const { Env, Entrypoint, Cmd, WorkingDir, Labels } = body.config ?? {};
  return {
    environment: Env ?? [],
    entryPoint: Entrypoint ?? [],
    command: Cmd ?? [],
    workingDirectory: WorkingDir || undefined,
    labels: Labels ?? {},
    architecture: body.architecture,
  };
}

function requireHostNode(reference: string, config: ImageConfig): void {
  if (isHostNode(config)) return;
  throw new NeedsEngineError(
    `image ${reference} needs a container engine: the sandbox's process driver runs only images on the host-Node base ` +
      `(label ${HOST_NODE.label}=${HOST_NODE.value})`,
  );
}

/** Images unpacked once per digest under `<folder>/<hex>`: a folder appears whole or not at all. */
export class ImageCache {
  readonly #folder: string;
  readonly #pulling = new Map<string, Promise<UnpackedImage>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** An image that was pulled before. @throws ComputeError CannotStartContainerError */
  async find(image: PulledImage): Promise<UnpackedImage> {
    const found = await this.#read(image.digest, image.reference);
    if (found) return found;
    throw new ComputeError("CannotStartContainerError", `image ${image.reference} is not on this machine any more`);
  }

  /** @throws ComputeError CannotPullContainerError */
  async pull(request: PullRequest): Promise<UnpackedImage> {
    const image = parseReference(request.reference);
    if (!image)
      throw new ComputeError(
        "CannotPullContainerError",
        `image ${request.reference} names no registry; the sandbox pulls from its own registry only`,
      );
    const known = image.version.startsWith("sha256:") ? await this.#read(image.version, request.reference) : undefined;
    if (known) return known;
    const client = new RegistryClient(request.reference, image, request.authorization);
    const manifest = await this.#imageManifest(client, await client.manifest(image.version));
    const pending = this.#pulling.get(manifest.digest) ?? this.#unpack(client, manifest, request.reference);
    this.#pulling.set(manifest.digest, pending);
    try {
      return { ...(await pending), reference: request.reference };
    } finally {
      this.#pulling.delete(manifest.digest);
    }
  }

  /** Of an index, the member for this machine: a host-Node image has no machine code, so any Linux member will do. */
  async #imageManifest(client: RegistryClient, manifest: FetchedManifest): Promise<FetchedManifest> {
    const members = (manifest.body as ManifestBody).manifests;
    if (!members) return manifest;
    const here = process.arch === "x64" ? "amd64" : process.arch;
    const linux = members.filter((member) => member.platform?.os === "linux");
    const chosen = linux.find((member) => member.platform?.architecture === here) ?? linux[0] ?? members[0];
    return chosen ? client.manifest(chosen.digest) : manifest;
  }

  #place(digest: string): string {
    return join(this.#folder, digest.slice("sha256:".length));
  }

  async #read(digest: string, reference: string): Promise<UnpackedImage | undefined> {
    try {
      const text = await readFile(join(this.#place(digest), "config.json"), "utf8");
      return { reference, digest, config: JSON.parse(text) as ImageConfig, root: join(this.#place(digest), "root") };
    } catch {
      return undefined;
    }
  }

  async #unpack(client: RegistryClient, manifest: FetchedManifest, reference: string): Promise<UnpackedImage> {
    const known = await this.#read(manifest.digest, reference);
    if (known) return known;
    const body = manifest.body as ManifestBody;
    const config = readConfig((await client.json(body.config?.digest ?? "")) as ConfigBody);
    requireHostNode(reference, config);
    const place = this.#place(manifest.digest);
    const draft = `${place}.draft`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(join(draft, "root"), { recursive: true });
    try {
      await this.#applyLayers(client, body, draft);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (error instanceof ComputeError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ComputeError("CannotPullContainerError", `failed to extract image ${reference}: ${reason}`);
    }
    await writeFile(join(draft, "config.json"), JSON.stringify(config));
    await rename(draft, place);
    return { reference, digest: manifest.digest, config, root: join(place, "root") };
  }

  async #applyLayers(client: RegistryClient, body: ManifestBody, draft: string): Promise<void> {
    const file = join(draft, "layer");
    for (const layer of body.layers ?? []) {
      await client.download(layer.digest, file);
      await applyLayer(file, join(draft, "root"));
    }
    await rm(file, { force: true });
  }
}
