import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Commands and links of the documents that lead nowhere. @param files Markdown files of the repository. */
export function docFaults(root: string, files: readonly string[]): string[] {
  const scripts = new Set(Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts ?? {}));
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    const unknown = scriptsIn(text).filter((script) => !scripts.has(script));
    const broken = linksIn(text).filter((link) => !existsSync(join(root, dirname(file), link)));
    return [
      ...unknown.map((script) => `${file} names \`npm run ${script}\`, which package.json does not have.`),
      ...broken.map((link) => `${file} links to ${link}, which is not there.`),
    ];
  });
}

/** Scripts that a document tells people to run. */
export function scriptsIn(text: string): string[] {
  const named = [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].flatMap((match) => match[1] ?? []);
  const short = [...text.matchAll(/\bnpm (start|test)\b/g)].flatMap((match) => match[1] ?? []);
  return [...new Set([...named, ...short])];
}

/** Relative links to files, without their anchors. */
function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].flatMap((match) => match[1] ?? []);
}
