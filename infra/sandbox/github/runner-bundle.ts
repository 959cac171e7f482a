import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const MAIN = fileURLToPath(new URL("./runner/main.ts", import.meta.url));
const require = createRequire(import.meta.url);
/** CommonJS dependencies inside an ES module need a `require`. */
const BANNER =
  'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';
/** Bundles of other versions of the sources are removed when they are a day old. */
const MAX_AGE_MS = 24 * 3600_000;

let command: readonly string[] | undefined;

/**
 * Node's arguments that start the runner. The runner is bundled once per process of the sandbox: a run then starts
 * in a fraction of the time that loading its few hundred modules through tsx takes. Where no bundle can be written
 * (a read-only node_modules), tsx runs the sources.
 */
export function runnerCommand(): readonly string[] {
  command ??= bundled() ?? ["--import", pathToFileURL(require.resolve("tsx")).href, MAIN];
  return command;
}

function bundled(): readonly string[] | undefined {
  try {
    // Inside node_modules, so that what stays outside the bundle (the AWS SDK) is found from there.
    const cache = join(nodeModules(), ".cache", "github-runner");
    mkdirSync(cache, { recursive: true });
    return [join(cache, build(cache), "main.js")];
  } catch {
    return undefined;
  }
}

const nodeModules = (): string => dirname(dirname(require.resolve("esbuild/package.json")));

/** @returns the folder's name: the hash of what is in it, so that processes share it and none changes another's. */
function build(cache: string): string {
  const next = mkdtempSync(join(cache, "next-"));
  try {
    const esbuild = join(nodeModules(), "esbuild", "bin", "esbuild");
    const options = ["--bundle", "--splitting", "--platform=node", "--format=esm", "--target=node20"];
    const files = ["--external:@aws-sdk/*", `--outdir=${next}`, `--banner:js=${BANNER}`, "--log-level=error"];
    execFileSync(esbuild, [MAIN, ...options, ...files], { stdio: "pipe" });
    const hash = createHash("sha256");
    for (const file of readdirSync(next).sort()) hash.update(file).update(readFileSync(join(next, file)));
    const name = hash.digest("hex").slice(0, 16);
    if (!existsSync(join(cache, name))) renameSync(next, join(cache, name));
    prune(cache, name);
    return name;
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

function prune(cache: string, current: string): void {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (name !== current && age > MAX_AGE_MS) rmSync(folder, { recursive: true, force: true });
  }
}
