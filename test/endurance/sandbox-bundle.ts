import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const MAIN = fileURLToPath(new URL("sandbox-process.ts", import.meta.url));
/** CommonJS dependencies inside an ES module need a `require`. */
const BANNER =
  'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

/**
 * The sandbox that tests kill, in few files: it starts in a fifth of the processor time that loading its sources
 * takes, and is the same at every start, even while somebody edits the sources.
 * @returns the program's path, in the folder.
 */
export async function bundleSandbox(folder: string): Promise<string> {
  await build({
    entryPoints: [MAIN],
    bundle: true,
    splitting: true, // what the sandbox loads at the first call stays so
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"], // a CommonJS package that is loaded later would lose its names
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: true, // the sandbox reads a client's protocol from the name of its class
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    banner: { js: BANNER },
    logLevel: "error",
    plugins: [{ name: "source-urls", setup: (plugin) => plugin.onLoad({ filter: /\.ts$/ }, withSourceUrl) }],
  });
  return join(folder, "sandbox-process.mjs");
}

/** Sources find the files beside them (a task's preload, schemas) from their own place, not from the bundle's. */
const withSourceUrl = ({ path }: { path: string }) => ({
  loader: "ts" as const,
  contents: readFileSync(path, "utf8").replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)),
});
