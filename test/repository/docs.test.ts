import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { docFaults } from "./docs.ts";
import { repositoryFiles } from "./sources.ts";

const ROOT = join(import.meta.dirname, "../..");

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "docs-"));
  writeFileSync(join(root, "package.json"), JSON.stringify({ scripts: { start: "x", check: "x" } }));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("the documents", () => {
  test("name scripts and files that exist", () => {
    expect(docFaults(ROOT, repositoryFiles(ROOT, "*.md"))).toEqual([]);
  });

  test("a script or a file that is not there is found", () => {
    writeFileSync(
      join(root, "A.md"),
      "`npm start`, `npm run check` and `npm run gone`; see [b](B.md#part) and [a](A.md).",
    );
    expect(docFaults(root, ["A.md"])).toEqual([
      "A.md names `npm run gone`, which package.json does not have.",
      "A.md links to B.md, which is not there.",
    ]);
  });
});
