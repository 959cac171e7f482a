import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { repositoryFiles } from "../repository/sources.ts";
import { workflowFaults } from "./workflows.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("this repository's workflows", () => {
  test.each(repositoryFiles(ROOT, ".github/workflows/*.yml"))("%s refers only to what is there", (file) => {
    expect(workflowFaults(ROOT, file)).toEqual([]);
  });
});

describe("a faulty workflow", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "workflows-"));
    mkdirSync(join(root, "actions/one"), { recursive: true });
    writeFileSync(
      join(root, "actions/one/action.yml"),
      "inputs: { a: { required: true }, b: {} }\noutputs: { x: {} }\n",
    );
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("has every fault named", () => {
    writeFileSync(
      join(root, "w.yml"),
      `on: push
permissions: write-all
jobs:
  one:
    runs-on: ubuntu-24.04
    outputs: { y: "\${{ steps.s.outputs.y }}", z: "\${{ steps.gone.outputs.z }}" }
    steps:
      - { id: s, uses: ./actions/one, with: { c: 1 } }
      - uses: ./actions/two
      - uses: some/action@v1
      - run: echo \${{ github.head_ref }}
`,
    );
    expect(workflowFaults(root, "w.yml")).toEqual([
      "w.yml: permissions at the top must be {}; jobs grant what they need.",
      "w.yml: job one has no timeout-minutes.",
      "w.yml: job one does not say its permissions.",
      "w.yml: job one, step 1 gives ./actions/one the input c, which it does not have.",
      "w.yml: job one, step 1 does not give ./actions/one the input a, which it requires.",
      "w.yml: job one, step 2 uses ./actions/two, which does not exist.",
      "w.yml: job one, step 3 uses some/action@v1, which is not pinned by a full commit hash.",
      "w.yml: job one, step 4 puts an expression into a script; pass it by env.",
      "w.yml: job one reads the output y of step s, which it does not have.",
      "w.yml: job one reads steps.gone, which it does not have.",
    ]);
  });
});
