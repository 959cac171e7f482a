import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { isGlob, pathGlob } from "../../globs.ts";

/**
 * `hashFiles()`: SHA-256 over the SHA-256 of every matching file below `workspace`, empty when none matches.
 * A pattern that starts with `!` takes files out.
 */
export function hashFiles(workspace: string, patterns: readonly string[]): string {
  const files = findFiles(workspace, patterns).filter((file) => !relative(workspace, file).startsWith(".."));
  if (files.length === 0) return "";
  const total = createHash("sha256");
  for (const file of files) total.update(createHash("sha256").update(readFileSync(file)).digest());
  return total.digest("hex");
}

/** Files that match, in the order of their paths. Patterns are relative to `root`; a folder means all in it. */
export function findFiles(root: string, patterns: readonly string[], include = (_path: string) => true): string[] {
  const found = new Set<string>();
  for (const line of patterns.flatMap((pattern) => pattern.split("\n"))) {
    const pattern = line.trim();
    if (!pattern || pattern.startsWith("#")) continue;
    if (pattern.startsWith("!")) {
      const glob = absoluteGlob(root, pattern.slice(1));
      for (const file of found) if (glob.test(file)) found.delete(file);
    } else for (const file of expand(root, pattern)) if (include(file)) found.add(file);
  }
  return [...found].sort();
}

function absoluteGlob(root: string, pattern: string): RegExp {
  const absolute = resolve(root, pattern);
  return new RegExp(`${pathGlob(absolute).source.slice(0, -1)}(?:/.*)?$`);
}

function expand(root: string, pattern: string): string[] {
  const absolute = resolve(root, pattern);
  if (!isGlob(pattern)) return filesAt(absolute);
  const fixed = absolute.split("/").findIndex((part) => isGlob(part));
  const base = absolute.split("/").slice(0, fixed).join("/") || "/";
  const glob = absoluteGlob(root, pattern);
  return filesAt(base).filter((file) => glob.test(file));
}

function filesAt(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [path];
  if (!stat.isDirectory()) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name);
    if (entry.isSymbolicLink()) return statSync(child, { throwIfNoEntry: false })?.isFile() ? [child] : [];
    return entry.isDirectory() ? filesAt(child) : [child];
  });
}
