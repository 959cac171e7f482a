import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ComputeError, type ContainerSpec } from "../driver.ts";
import type { UnpackedImage } from "./image-cache.ts";

const PORT_MAPPER = fileURLToPath(new URL("./port-mapper.mjs", import.meta.url));

/** What the host really executes for a container. */
export interface Program {
  readonly executable: string;
  readonly args: readonly string[];
  readonly directory: string;
  /** Folder that is the image's `/`. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Whether a word names Node as images do. */
export const isNode = (word: string): boolean => /^(?:\/(?:usr\/(?:local\/)?)?bin\/)?node(?:js)?$/.test(word);

function parseEnvironment(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(entries.map((entry) => [entry.split("=")[0] ?? "", entry.slice(entry.indexOf("=") + 1)]));
}

/**
 * Maps a container's command onto the host: `node` is the host's, absolute paths are the image's.
 * A task definition's entry point replaces the image's command too, as container engines do.
 * @throws ComputeError CannotStartContainerError when the command is not `node`.
 */
export function programOf(spec: ContainerSpec, image: UnpackedImage, home: string): Program {
  const entryPoint = spec.entryPoint ?? image.config.entryPoint;
  const command = spec.command ?? (spec.entryPoint ? [] : image.config.command);
  const [executable = "", ...args] = [...entryPoint, ...command];
  if (!isNode(executable))
    throw new ComputeError(
      "CannotStartContainerError",
      `the sandbox's process driver runs only "node", not ${JSON.stringify(executable)}`,
    );
  const inImage = (path: string) => (path.startsWith("/") ? join(image.root, path) : path);
  return {
    executable: process.execPath,
    args: ["--import", PORT_MAPPER, ...args.map(inImage)],
    root: image.root,
    directory: inImage(spec.workingDirectory ?? image.config.workingDirectory ?? "/"),
    environment: {
      HOME: home,
      TMPDIR: home,
      ...parseEnvironment(image.config.environment),
      ...spec.environment,
      KARMACADABRA_CONTAINER_PORTS: spec.ports.join(","),
      ...(spec.aliases?.length ? { KARMACADABRA_ALIASES: JSON.stringify(spec.aliases) } : {}),
    },
  };
}
