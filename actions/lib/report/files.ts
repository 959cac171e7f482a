import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseVerdictFile, type VerdictFile } from "./verdict-file.ts";

export function writeJson(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
}

/** Every verdict file of a folder and its sub-folders; a missing folder holds none. Unreadable files are named. */
export function readVerdicts(folder: string): { files: VerdictFile[]; unreadable: string[] } {
  const files: VerdictFile[] = [];
  const unreadable: string[] = [];
  for (const path of jsonFiles(folder)) {
    const file = parseVerdictFile(readFileSync(path, "utf8"));
    if (file) files.push(file);
    else unreadable.push(path);
  }
  return { files, unreadable };
}

function jsonFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && entry.name.endsWith(".json") ? [join(entry.parentPath, entry.name)] : [],
  );
}
