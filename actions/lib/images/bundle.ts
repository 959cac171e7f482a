import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ActionError } from "../action.ts";
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
  /** The entry's path below the root, e.g. `agents/validator/src/main.ts`. */
  readonly entry: string;
  /** Adds source maps to the files; the tests use them as a second witness of what is in the bundle. */
  readonly sourceMap?: boolean;
}

const run = promisify(execFile);

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
    await writeFile(join(staging, "package.json"), '{ "type": "module" }\n');
    for (const { path, content } of files) {
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), content);
    }
    await stagePackages(root, staging, packages);
    const modules = await runNcc({ cli: nccCli(root), staging, entry, sourceMap });
    const bundled = await readBundle(join(staging, "out"));
    return { files: bundled.map(withCommonJsNames), packages: await packagesOf(staging, modules) };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** ncc runs as a process of its own: its working folder is part of what it derives module ids from. No variable reaches it. */
async function runNcc(job: { cli: string; staging: string; entry: string; sourceMap: boolean }): Promise<string[]> {
  const fixed = [
    "--no-cache",
    "--no-source-map-register",
    "--quiet",
    "--target",
    "es2022",
    "--stats-out",
    "stats.json",
  ];
  const args = [job.cli, "build", staged(job.entry), "-o", "out", ...fixed, ...(job.sourceMap ? ["--source-map"] : [])];
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

function nccCli(root: string): string {
  try {
    return createRequire(join(root, "package.json")).resolve("@vercel/ncc/dist/ncc/cli.js");
  } catch {
    throw new ActionError(`@vercel/ncc is not installed in ${root}. Run: npm ci`);
  }
}

async function readBundle(folder: string): Promise<BundleFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name).slice(folder.length + 1));
  const sorted = paths.map((path) => ({ path: path.replaceAll("\\", "/"), file: join(folder, path) }));
  sorted.sort((a, b) => (a.path < b.path ? -1 : 1));
  return Promise.all(sorted.map(async ({ path, file }) => ({ path, content: await readFile(file) })));
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
