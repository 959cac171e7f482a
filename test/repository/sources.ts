import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Files of the repository: tracked, or new and not ignored. Paths are relative to `root`. */
export function repositoryFiles(root: string, ...patterns: string[]): string[] {
  const list = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...patterns], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return [...new Set(list.split("\n"))].filter((file) => file && existsSync(join(root, file)));
}

/** TypeScript that people write: no generated bundle, no declarations. */
export const typescriptFiles = (root: string): string[] =>
  repositoryFiles(root, "*.ts").filter((file) => !file.startsWith("actions/dist/") && !file.endsWith(".d.ts"));
