import { readFileSync } from "node:fs";
import { join } from "node:path";

const LIMIT = 300;
const TEST_LIMIT = 500;

/** Files that have grown past the rules of CONTRIBUTING.md, and names that say nothing. */
export function sizeFaults(root: string, files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const lines = readFileSync(join(root, file), "utf8").split("\n").length - 1;
    const limit = file.endsWith(".test.ts") ? TEST_LIMIT : LIMIT;
    return [
      ...(lines > limit ? [`${file} has ${lines} lines; the limit is ${limit}: split it by noun.`] : []),
      ...(/(^|\/)(utils?|helpers?|misc|common)(\.ts|\/)/.test(file) ? [`${file}: name it after what it holds.`] : []),
    ];
  });
}
