import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { gzipSync } from "fflate";
import { extract, pack } from "tar-stream";
import type { BundleFile } from "./bundle.ts";
import { sha256 } from "./oci.ts";

export interface Layer {
  /** The gzipped tar. */
  readonly bytes: Uint8Array;
  /** Digest of the tar before compression, as an image's config lists it. */
  readonly diffId: string;
}

const EPOCH = new Date(0);

/**
 * Packs files under `folder` (e.g. `app`) into a layer whose bytes depend on nothing but their paths and contents:
 * sorted entries, owner 0:0, times 0, modes 644 and 755. The compressor is JavaScript (fflate), not `node:zlib`: zlib's
 * output changes with its version, its build and the processor, so it would change the image's digest with the machine.
 */
export async function createLayer(folder: string, files: readonly BundleFile[]): Promise<Layer> {
  const tar = pack();
  const names = files.map((file) => `${folder}/${file.path}`);
  const folders = new Set(names.flatMap(parents));
  for (const name of [...folders].sort())
    tar.entry({ name: `${name}/`, type: "directory", mode: 0o755, mtime: EPOCH, uid: 0, gid: 0 });
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, content } of sorted)
    tar.entry({ name: `${folder}/${path}`, mode: 0o644, mtime: EPOCH, uid: 0, gid: 0 }, Buffer.from(content));
  tar.finalize();
  const bytes = await buffer(tar);
  return { bytes: gzipSync(bytes, { level: 9, mtime: 0 }), diffId: sha256(bytes) };
}

/**
 * One file of a layer; undefined when the layer does not have it.
 * @throws when the layer is not a gzipped tar.
 */
export async function readLayerFile(layer: Uint8Array, name: string): Promise<Buffer | undefined> {
  const reader = extract();
  Readable.from([gunzipSync(layer)]).pipe(reader);
  let found: Buffer | undefined;
  for await (const entry of reader) {
    // A later entry of the same name replaces an earlier one, as unpacking would.
    if (entry.header.name === name) found = await buffer(entry);
    else entry.resume();
  }
  return found;
}

const parents = (path: string): string[] =>
  path.split("/").flatMap((_part, index, parts) => (index === 0 ? [] : [parts.slice(0, index).join("/")]));
