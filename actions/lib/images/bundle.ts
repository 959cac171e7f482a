import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { ActionError } from "../action.ts";
import { resolveInstalled } from "./installed.ts";
import { type BundledPackage, packagesOf, stagePackages } from "./packages.ts";
import { collectSources, staged } from "./sources.ts";

/** A file of the bundle; `index.js` is the entry. */
export interface BundleFile {
  /** Path below the bundle's folder, with `/`. */
  readonly path: string;
  readonly content: Uint8Array;
}

export interface Bundle {
  /** Sorted by path. An ES module: `package.json` says so. */
  readonly files: readonly BundleFile[];
  /** Exactly the npm packages whose code is in the files. */
  readonly packages: readonly BundledPackage[];
}

/** Modules as webpack's statistics describe them; a concatenated module lists its parts. */
interface StatsModule {
  readonly name?: string;
  readonly chunks?: readonly (string | number)[];
  readonly modules?: readonly StatsModule[];
}

export interface BundleOptions {
  /** Folder of the checkout: has `package.json`, `node_modules` (may be a symbolic link) and the entry. */
  readonly root: string;
  /** The entry's path below the root, e.g. `agents/alpha/src/main.ts`. */
  readonly entry: string;
  /** Adds source maps to the files; the tests use them as a second witness of what is in the bundle. */
  readonly sourceMap?: boolean;
}

const run = promisify(execFile);

/** Makes ncc read and write ES modules. */
const MODULE_PACKAGE = '{ "type": "module" }\n';

/**
 * Bundles an entry and all that it imports into ES modules for Node 20.19 and newer, unminified. The bundler sees only
 * a fresh folder with the compiled sources and the packages they need, at the same places below it for every checkout:
 * so the result depends on the commit alone, not on where the clone lies or what else is installed.
 * @throws {ActionError} for code that does not compile, missing packages or an entry that cannot be bundled.
 */
export async function bundle({ root, entry, sourceMap = false }: BundleOptions): Promise<Bundle> {
  const { files, packages } = await collectSources(root, entry);
  const staging = await realpath(await mkdtemp(join(tmpdir(), "karmacadabra-bundle-")));
  try {
    await writeFile(join(staging, "package.json"), MODULE_PACKAGE);
    for (const { path, content } of files) {
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), content);
    }
    await stagePackages(root, staging, packages);
    const api = await stageBundler(root, staging);
    const modules = await runNcc({ api, staging, entry, sourceMap });
    const bundled = (await readBundle(join(staging, "out"))).map(withCommonJsNames);
    bundled.sort((a, b) => (a.path < b.path ? -1 : 1));
    return { files: bundled, packages: await packagesOf(staging, modules) };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/**
 * Copies ncc into the staging folder. It names chunks by the paths of modules, and its own loaders are among them: from
 * where the checkout lies, the same commit would give other names in another folder.
 * @returns the copy, as Node requires it.
 */
async function stageBundler(root: string, staging: string): Promise<string> {
  const copy = join(staging, "bundler");
  await cp(dirname(resolveInstalled(root, "@vercel/ncc/package.json")), copy, { recursive: true });
  return copy;
}

/**
 * What the bundler's process runs. ncc gets a process of its own: its working folder is part of what it derives module
 * ids from, and no variable of ours may reach it. `filterAssetBase` names a folder that does not exist: otherwise ncc
 * takes any `path.resolve(variable, "name")` for a file to carry along, and rewrites the code to find it beside itself.
 * Its exit listeners are removed because they only write caches, which go away with the folder.
 */
const NCC_PROGRAM = `
const { mkdirSync, writeFileSync } = require("node:fs");
const { dirname, resolve } = require("node:path");
const [api, entry, sourceMap] = process.argv.slice(1);
const options = {
  cache: false, quiet: true, minify: false, sourceMapRegister: false, target: "es2022",
  sourceMap: sourceMap === "true", filterAssetBase: resolve("no-assets"),
};
const put = (name, content) => {
  mkdirSync(dirname(resolve("out", name)), { recursive: true });
  writeFileSync(resolve("out", name), content);
};
require(api)(resolve(entry), options).then(({ code, map, assets, stats }) => {
  put("index.js", code);
  if (map) put("index.js.map", map);
  for (const [name, asset] of Object.entries(assets)) put(name, asset.source);
  writeFileSync("stats.json", JSON.stringify(stats.toJson({ all: false, modules: true, nestedModules: true, ids: true })));
}).catch((error) => { console.error(error.message); process.exitCode = 1; })
  .finally(() => process.removeAllListeners("exit"));
`;

async function runNcc(job: { api: string; staging: string; entry: string; sourceMap: boolean }): Promise<string[]> {
  const args = ["-e", NCC_PROGRAM, "--", job.api, staged(job.entry), String(job.sourceMap)];
  try {
    await run(process.execPath, args, { cwd: job.staging, env: {}, maxBuffer: 64 * 1024 * 1024 });
  } catch (cause) {
    const { stdout = "", stderr = "", message } = cause as Error & { stdout?: string; stderr?: string };
    const said = `${stdout}\n${stderr}`.replaceAll(job.staging, ".").trim() || message;
    throw new ActionError(`${job.entry} cannot be bundled:\n${said.split("\n").slice(0, 12).join("\n")}`);
  }
  const stats = JSON.parse(await readFile(join(job.staging, "stats.json"), "utf8")) as { modules?: StatsModule[] };
  return (stats.modules ?? []).filter((found) => found.chunks?.length).flatMap(moduleNames);
}

const moduleNames = (found: StatsModule): string[] =>
  found.modules?.length ? found.modules.flatMap(moduleNames) : found.name ? [found.name] : [];

async function readBundle(folder: string): Promise<BundleFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((e) => e.isFile()).map((e) => relative(folder, join(e.parentPath, e.name)));
  const files = paths.map((path) => ({ path: path.replaceAll("\\", "/"), file: join(folder, path) }));
  return Promise.all(files.map(async ({ path, file }) => ({ path, content: await readFile(file) })));
}

/** ncc leaves `__dirname` and `__filename` of CommonJS packages as they are; an ES module must declare them. */
function withCommonJsNames(file: BundleFile): BundleFile {
  if (!file.path.endsWith(".js")) return file;
  const code = Buffer.from(file.content).toString("utf8");
  const names = ["__dirname", "__filename"].filter((name) => new RegExp(`(?<![\\w$."'\`])${name}\\b`).test(code));
  if (names.length === 0) return file;
  const value = { __dirname: "import.meta.dirname", __filename: "import.meta.filename" } as Record<string, string>;
  const head = names.map((name) => `const ${name} = ${value[name]};\n`).join("");
  return { path: file.path, content: Buffer.from(head + code) };
}
