import { existsSync } from "node:fs";
import { copyFile, link, mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { ActionError } from "../action.ts";

/** An npm package whose code is in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression as the package states it; `UNKNOWN` when it states none. */
  readonly license: string;
  /** Package URL, e.g. `pkg:npm/%40scope/name@1.2.3` (purl specification, type npm). */
  readonly purl: string;
}

interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string | { readonly type?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * Copies the installed packages that `names` need, and all that those depend on, from `root/node_modules` into
 * `staging` at the same places. Versions are checked against `package-lock.json`: an image is named by its commit, so
 * it may hold only what the commit locked.
 * @throws {ActionError} for a package that is missing or is not the locked version.
 */
export async function stagePackages(root: string, staging: string, names: ReadonlyMap<string, string>): Promise<void> {
  const locked = await lockedVersions(root);
  const pending = [...names].map(([name, from]) => ({ name, inside: "", from, required: true }));
  const done = new Set<string>();
  for (let next = pending.pop(); next; next = pending.pop()) {
    const found = find(root, next.name, next.inside);
    if (!found && !next.required) continue;
    if (!found)
      throw new ActionError(`${next.from} needs the package ${next.name}, which is not installed. Run: npm ci`);
    if (done.has(found)) continue;
    done.add(found);
    const manifest = await readPackage(join(root, found));
    checkLocked(manifest, found, locked);
    await copyTree(join(root, found), join(staging, found));
    for (const { name, required } of dependenciesOf(manifest))
      pending.push({ name, inside: found, from: next.name, required });
  }
}

/** The packages that own `paths` (module paths below a root, such as `./node_modules/a/index.js`), sorted and once each. */
export async function packagesOf(root: string, paths: Iterable<string>): Promise<BundledPackage[]> {
  const folders = new Set([...paths].map(packageFolder).filter((folder) => folder !== undefined));
  const packages = await Promise.all([...folders].map((folder) => readPackage(join(root, folder)).then(describe)));
  const unique = new Map(packages.map((found) => [found.purl, found]));
  return [...unique.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

/** The folder of the package that owns a module: what follows the last `node_modules`; undefined for own code. */
export function packageFolder(path: string): string | undefined {
  return /^(?:\.\/)?((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

/** What a package's code may import. An optional peer is not its business, as `typescript` is not a library's. */
function dependenciesOf(manifest: PackageJson): { name: string; required: boolean }[] {
  const optional = manifest.optionalDependencies ?? {};
  const peers = Object.keys(manifest.peerDependencies ?? {});
  const names = [
    ...Object.keys({ ...manifest.dependencies, ...optional }),
    ...peers.filter((name) => !manifest.peerDependenciesMeta?.[name]?.optional),
  ];
  const used = names.filter((name) => !name.startsWith("@types/"));
  return used.map((name) => ({ name, required: !(name in optional) && !peers.includes(name) }));
}

/** Node's look-up of a package from `inside` (a path below the root) upwards, never above the root. */
function find(root: string, name: string, inside: string): string | undefined {
  for (let folder = inside; ; folder = posix.dirname(folder)) {
    const base = folder === "." ? "" : folder;
    const candidate = posix.join(base, "node_modules", name);
    if (posix.basename(base) !== "node_modules" && existsSync(join(root, candidate, "package.json"))) return candidate;
    if (base === "") return undefined;
  }
}

async function readPackage(folder: string): Promise<PackageJson> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as PackageJson;
}

function describe(manifest: PackageJson): BundledPackage {
  const { name = "UNKNOWN", version = "0.0.0", license } = manifest;
  const stated = typeof license === "string" ? license : license?.type;
  return { name, version, license: stated ?? "UNKNOWN", purl: npmPurl(name, version) };
}

export const npmPurl = (name: string, version: string): string => `pkg:npm/${name.replace("@", "%40")}@${version}`;

/** Installed places and versions of the lock file; undefined without one (a checkout that locks nothing). */
async function lockedVersions(root: string): Promise<Readonly<Record<string, { version?: string }>> | undefined> {
  const file = join(root, "package-lock.json");
  if (!existsSync(file)) return undefined;
  const lock = JSON.parse(await readFile(file, "utf8")) as { packages?: Record<string, { version?: string }> };
  return lock.packages;
}

function checkLocked(
  manifest: PackageJson,
  folder: string,
  locked: Readonly<Record<string, { version?: string }>> | undefined,
): void {
  const expected = locked?.[folder]?.version;
  if (!locked || expected === manifest.version) return;
  const wanted = expected ? `package-lock.json says ${expected}` : "package-lock.json does not have it";
  throw new ActionError(`${folder} is version ${manifest.version}, but ${wanted}. Run: npm ci`);
}

/** Types, maps and prose are never part of a bundle; leaving them out halves the copying. */
const USELESS = /\.(?:d\.[cm]?ts|map|md|markdown|flow)$/;

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && entry.name !== "node_modules" && entry.name !== "dist-types")
      await copyTree(source, target);
    else if (entry.isFile() && !USELESS.test(entry.name)) await linkOrCopy(source, target);
  }
}

/** A hard link costs no copy; another file system, or one that forbids links, gets a copy. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await link(source, target).catch(() => copyFile(source, target));
}
