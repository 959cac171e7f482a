import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { extname, join, posix } from "node:path";
import { init, parse } from "es-module-lexer";
import { ActionError } from "../action.ts";
import { loadInstalled } from "./installed.ts";

/** One file of the checkout as the bundler gets it: TypeScript compiled, its imports renamed to `.js`. */
export interface StagedSource {
  /** Path below the root, with `/`. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** What an entry needs: its own files and the npm packages that they name. */
export interface SourceClosure {
  readonly files: readonly StagedSource[];
  /** Names of npm packages, each with one file that imports it. */
  readonly packages: ReadonlyMap<string, string>;
}

type Compile = (code: string, path: string) => Promise<string>;

/** A file beside the code that it reads when it runs: the bundler carries it as an asset. */
const ASSET = /new URL\(\s*(["'])(\.[^"']+)\1\s*,\s*import\.meta\.url\s*\)/g;

/**
 * Follows the imports of `entry` (a path below `root`) and compiles what it meets.
 * @throws {ActionError} for an import that does not exist or leaves the root, and for code that does not parse.
 */
export async function collectSources(root: string, entry: string): Promise<SourceClosure> {
  await init;
  const compile = typescriptCompiler(root);
  const files = new Map<string, StagedSource>();
  const packages = new Map<string, string>();
  const pending = [{ path: posix.normalize(entry), from: "the agent's manifest" }];
  const seen = new Set<string>();
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (seen.has(next.path)) continue;
    seen.add(next.path);
    const source = await readSource(root, next.path, next.from);
    if (!isCode(next.path)) {
      files.set(next.path, { path: next.path, content: source });
      continue;
    }
    const code = next.path.endsWith(".ts")
      ? await compile(source.toString("utf8"), next.path)
      : source.toString("utf8");
    const { rewritten, relative, bare } = readImports(code, next.path);
    files.set(next.path, { path: staged(next.path), content: rewritten });
    for (const path of relative) pending.push({ path, from: next.path });
    for (const name of bare) packages.set(name, packages.get(name) ?? next.path);
  }
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: sorted, packages };
}

/** The name under which the bundler finds a source file. */
export const staged = (path: string): string => path.replace(/\.ts$/, ".js");

const isCode = (path: string): boolean => [".ts", ".js", ".mjs"].includes(extname(path));

async function readSource(root: string, path: string, from: string): Promise<Buffer> {
  if (path.startsWith("../")) throw new ActionError(`${from} imports ${path}, which is outside the checkout.`);
  try {
    return await readFile(join(root, path));
  } catch (cause) {
    throw new ActionError(`${from} names ${path}, which cannot be read (${(cause as NodeJS.ErrnoException).code}).`);
  }
}

function readImports(code: string, path: string): { rewritten: string; relative: string[]; bare: string[] } {
  const relative: string[] = [];
  const bare: string[] = [];
  let rewritten = code;
  const [imports] = parse(code, path);
  for (const found of imports.toReversed()) {
    const specifier = found.n;
    if (specifier === undefined || isBuiltin(specifier)) continue;
    if (!specifier.startsWith(".")) {
      bare.push(packageOf(specifier));
      continue;
    }
    relative.push(posix.join(posix.dirname(path), specifier));
    // A dynamic import's range includes its quotes, a static one's does not; the extension is the last thing in both.
    const text = code.slice(found.s, found.e);
    rewritten = rewritten.slice(0, found.s) + text.replace(/\.ts(["'`]?)$/, ".js$1") + rewritten.slice(found.e);
  }
  for (const match of code.matchAll(ASSET)) relative.push(posix.join(posix.dirname(path), match[2] ?? ""));
  return { rewritten, relative, bare };
}

const packageOf = (specifier: string): string => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");

/** SWC is a native module, so it is taken from the checkout and never bundled. */
function typescriptCompiler(root: string): Compile {
  const swc = loadInstalled<typeof import("@swc/core")>(root, "@swc/core");
  return async (code, path) => {
    const options = {
      filename: path,
      configFile: false,
      swcrc: false,
      sourceMaps: false,
      module: { type: "es6" },
      jsc: {
        target: "es2022",
        parser: { syntax: "typescript" },
        transform: { verbatimModuleSyntax: true },
      },
    } as const;
    try {
      return (await swc.transform(code, options)).code;
    } catch (cause) {
      throw new ActionError(`${path} does not compile: ${firstLine(cause)}`);
    }
  };
}

const firstLine = (cause: unknown): string => {
  // SWC frames its message with terminal colours and a code picture; the sentence is what helps here.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour
  const text = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\u001b\[[0-9;]*m/g, "");
  return (
    text
      .split("\n")
      .find((line) => /[A-Za-z]{3}/.test(line))
      ?.replace(/^[\s×x]+/, "")
      .trim() ?? "a syntax error"
  );
};
