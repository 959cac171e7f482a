import { createReadStream, createWriteStream } from "node:fs";
import { lstat, mkdir, open, readdir, rm, symlink } from "node:fs/promises";
import { dirname, join, normalize, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";

const WHITEOUT = ".wh."; // OCI image spec: a file of this prefix removes its namesake of the layers below
const OPAQUE = ".wh..wh..opq";
const GZIP_MAGIC = 0x1f8b;

interface Entry extends AsyncIterable<Uint8Array> {
  readonly header: Header;
  resume(): unknown;
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE() === GZIP_MAGIC;
  } finally {
    await handle.close();
  }
}

/**
 * The place of an archive's path below the root.
 * @throws Error when the path would leave it, by itself or through a link that an entry made.
 */
async function placeOf(root: string, name: string): Promise<string> {
  const place = resolve(root, normalize(name).replace(/^[/\\]+/, ""));
  if (place !== root && !place.startsWith(root + sep)) throw new Error(`the layer's path "${name}" leaves the image`);
  let parent = root;
  for (const part of relative(root, dirname(place)).split(sep)) {
    if (part === "") continue;
    parent = join(parent, part);
    const found = await lstat(parent).catch(() => undefined);
    if (found?.isSymbolicLink()) throw new Error(`the layer's path "${name}" goes through the link "${part}"`);
  }
  return place;
}

async function applyWhiteout(root: string, name: string): Promise<boolean> {
  const base = name.split("/").at(-1) ?? "";
  if (!base.startsWith(WHITEOUT)) return false;
  const folder = dirname(await placeOf(root, name));
  if (base !== OPAQUE) {
    const hidden = await placeOf(root, join(dirname(name), base.slice(WHITEOUT.length)));
    if (hidden !== root) await rm(hidden, { recursive: true, force: true });
    return true;
  }
  for (const entry of await readdir(folder).catch(() => []))
    await rm(join(folder, entry), { recursive: true, force: true });
  return true;
}

async function makeLink(root: string, place: string, target: string): Promise<void> {
  // An absolute target means the image's root, not the host's.
  const goal = target.startsWith("/") ? join(root, target) : resolve(dirname(place), target);
  if (goal !== root && !goal.startsWith(root + sep))
    throw new Error(`the layer's link to "${target}" leaves the image`);
  await rm(place, { recursive: true, force: true });
  await symlink(relative(dirname(place), goal) || ".", place);
}

async function writeEntry(root: string, entry: Entry): Promise<void> {
  const { name, type, linkname, mode } = entry.header;
  if (await applyWhiteout(root, name)) return;
  const place = await placeOf(root, name);
  if (type === "directory") {
    await mkdir(place, { recursive: true });
    return;
  }
  await mkdir(dirname(place), { recursive: true });
  if (type === "symlink") return makeLink(root, place, linkname ?? "");
  // A hard link becomes a symbolic one: the process driver only ever reads the image.
  if (type === "link") return makeLink(root, place, `/${linkname ?? ""}`);
  if (type !== "file" && type !== "contiguous-file") return; // devices and pipes have no meaning without a container
  await rm(place, { recursive: true, force: true });
  await pipeline(entry, createWriteStream(place, { mode: (mode ?? 0o644) | 0o400 }));
}

/**
 * Unpacks one layer (tar or tar+gzip) over what the layers below left in `root`.
 * @throws Error when an entry would be written outside `root`.
 */
export async function applyLayer(file: string, root: string): Promise<void> {
  const archive = extract();
  const sink = archive as unknown as NodeJS.WritableStream; // a stream of streamx: works, but is typed apart
  const source = createReadStream(file);
  const reading = (await isGzip(file)) ? pipeline(source, createGunzip(), sink) : pipeline(source, sink);
  reading.catch(() => undefined); // rethrown below; the loop may fail first
  for await (const entry of archive as unknown as AsyncIterable<Entry>) {
    await writeEntry(resolve(root), entry);
    entry.resume();
  }
  await reading;
}
