import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type HeaderArgument, pack } from "./layer.fixture.ts";
import { applyLayer } from "./layer.ts";

let folder: string;
let root: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "layer-"));
  root = join(folder, "root");
  await mkdir(root);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function apply(entries: readonly (HeaderArgument & { content?: string })[], gzip = false): Promise<void> {
  const file = join(folder, "layer.tar");
  const stream = pack(entries);
  if (gzip) await pipeline(stream, createGzip(), createWriteStream(file));
  else await pipeline(stream, createWriteStream(file));
  await applyLayer(file, root);
}

test.each([false, true])("files of a layer are written (gzip: %s)", async (gzip) => {
  await apply(
    [
      { name: "app/", type: "directory" },
      { name: "app/index.js", content: "x" },
      { name: "/abs.txt", content: "y" },
    ],
    gzip,
  );
  expect(await readFile(join(root, "app/index.js"), "utf8")).toBe("x");
  expect(await readFile(join(root, "abs.txt"), "utf8")).toBe("y");
});

test("a whiteout removes a file of the layers below; an opaque one empties the folder", async () => {
  await apply([
    { name: "a/one", content: "1" },
    { name: "a/two", content: "2" },
    { name: "b/three", content: "3" },
  ]);
  await apply([
    { name: "a/.wh.one", content: "" },
    { name: "b/.wh..wh..opq", content: "" },
    { name: "b/four", content: "4" },
  ]);
  expect(await readdir(join(root, "a"))).toEqual(["two"]);
  expect(await readdir(join(root, "b"))).toEqual(["four"]);
});

test("an upper layer replaces a file and a link", async () => {
  await apply([
    { name: "file", content: "old" },
    { name: "link", type: "symlink", linkname: "file" },
  ]);
  await apply([{ name: "link", content: "new" }]);
  expect(await readFile(join(root, "file"), "utf8")).toBe("old");
  expect(await readFile(join(root, "link"), "utf8")).toBe("new");
});

test.each([
  ["a path with ..", [{ name: "../outside", content: "x" }]],
  ["a deeper path with ..", [{ name: "app/../../outside", content: "x" }]],
  ["a link out of the image", [{ name: "out", type: "symlink" as const, linkname: "../../" }]],
  [
    "a path through a link",
    [
      { name: "app/", type: "directory" as const },
      { name: "in", type: "symlink" as const, linkname: "app" },
      { name: "in/file", content: "x" },
    ],
  ],
  ["a whiteout above the image", [{ name: "../.wh.sentinel", content: "" }]],
])("%s is refused and nothing outside is touched", async (_case, entries) => {
  await writeFile(join(folder, "sentinel"), "still here");
  await expect(apply(entries)).rejects.toThrow(/leaves the image|goes through the link/);
  expect(await readFile(join(folder, "sentinel"), "utf8")).toBe("still here");
  expect(await readdir(folder)).not.toContain("outside");
});

test("an absolute link means the image's own root", async () => {
  await apply([
    { name: "data/file", content: "x" },
    { name: "link", type: "symlink", linkname: "/data/file" },
  ]);
  expect(await readFile(join(root, "link"), "utf8")).toBe("x");
});
