import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where an agent's name may stand: its own folder, what is generated from the manifests, and prose. */
const ALLOWED = [/^agents\//, /\.md$/, /^package(-lock)?\.json$/, /^actions\/dist\//];

/** @returns `file:line` of every place outside the manifests where an agent's name is typed. */
export function agentNameFaults(root: string, files: readonly string[], names: readonly string[]): string[] {
  if (names.length === 0) return [];
  // As a whole string or a path segment: some names are also ordinary words, and prose may use those.
  const word = new RegExp(`["'\`/](?:${names.join("|")})["'\`/]`);
  return files
    .filter((file) => !ALLOWED.some((allowed) => allowed.test(file)))
    .flatMap((file) =>
      readFileSync(join(root, file), "utf8")
        .split("\n")
        .flatMap((line, index) =>
          word.test(line) ? [`${file}:${index + 1} types the name of an agent: ${line.trim()}`] : [],
        ),
    );
}
