import { type AgentManifest, parseManifest } from "../../../../agents/manifest.ts";
import { hostNodeBase } from "../base.ts";
import { assembleImage, type ImageParts } from "../image.ts";
import type { StoredImage } from "../layout.ts";
import { npmPurl } from "../packages.ts";
import { alphaManifest } from "./checkout.ts";

/** Images for tests, without bundling anything. */
export function alphaParts(changes: Partial<ImageParts> = {}): ImageParts {
  const { manifest } = parseManifest("agents/alpha/agent.json", JSON.parse(alphaManifest()));
  return {
    agent: manifest as AgentManifest,
    architecture: "arm64",
    bundle: alphaBundle({ left: "1.0.0" }),
    base: hostNodeBase,
    source: {
      commit: "a".repeat(40),
      committedAt: new Date("2026-01-02T03:04:05Z"),
      version: "1.2.3",
      url: "https://github.com/owner/name",
    },
    ...changes,
  };
}

export const alphaImage = (changes: Partial<ImageParts> = {}): Promise<StoredImage> =>
  assembleImage(alphaParts(changes));

/** A bundle that says it holds these packages, by name and version. */
export function alphaBundle(
  packages: Readonly<Record<string, string>>,
  code = "console.log(1);\n",
): ImageParts["bundle"] {
  const files = [{ path: "index.js", content: Buffer.from(code) }];
  const list = Object.entries(packages).map(([name, version]) => ({
    name,
    version,
    license: "MIT",
    purl: npmPurl(name, version),
  }));
  return { files, packages: list };
}
