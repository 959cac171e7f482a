import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readManifests } from "../../agents/manifest.ts";
import { agentNameFaults } from "./agent-names.ts";
import { layerFaults } from "./layers.ts";
import { sizeFaults } from "./sizes.ts";
import { repositoryFiles, typescriptFiles } from "./sources.ts";

const ROOT = join(import.meta.dirname, "../..");

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "repository-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Record<string, string>): string[] {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  return Object.keys(files);
}

const sentences = (files: Record<string, string>) => layerFaults(root, write(files)).map((fault) => fault.sentence);

describe("the layer test", () => {
  test("the repository keeps its layers", () => {
    expect(layerFaults(ROOT, typescriptFiles(ROOT))).toEqual([]);
  });

  test.each([
    ["up", "actions/lib/a.ts", "../push-image/b.ts", "that is a higher layer"],
    ["sideways between actions", "actions/one/a.ts", "../two/b.ts", "siblings in a layer never import each other"],
    ["from the sandbox into the domain", "infra/sandbox/a.ts", "../../actions/lib/b.ts", "an independent witness"],
    ["from the sandbox into the CDK app", "infra/sandbox/a.ts", "../aws/b.ts", "siblings in a layer"],
    ["from the domain into infrastructure", "actions/lib/a.ts", "../../infra/aws/b.ts", "that is a higher layer"],
    [
      "from an agent into the domain",
      "agents/alpha/src/a.ts",
      "../../../actions/lib/b.ts",
      "imports agents/runtime/ only",
    ],
    ["from an agent into another", "agents/alpha/src/a.ts", "../../beta/src/b.ts", "imports agents/runtime/ only"],
    [
      "from an action into an agent",
      "actions/one/a.ts",
      "../../agents/alpha/src/b.ts",
      "no other layer imports an agent's code",
    ],
    ["from anywhere into a test", "actions/lib/a.ts", "../../test/b.ts", "nothing imports tests"],
  ])("an import %s is a sentence", (_name, file, specifier, expected) => {
    expect(sentences({ [file]: `import { b } from "${specifier}";` })).toEqual([expect.stringContaining(expected)]);
  });

  test("dynamic imports and re-exports count, types too", () => {
    const source = `export { b } from "../two/b.ts";\nconst c = await import("../three/c.ts");\nimport type { D } from "../four/d.ts";`;
    expect(sentences({ "actions/one/a.ts": source })).toHaveLength(3);
  });

  test("going down is allowed", () => {
    expect(
      sentences({
        "actions/one/a.ts": `import { b } from "../lib/b.ts";\nimport { c } from "../../agents/naming.ts";`,
      }),
    ).toEqual([]);
  });
});

describe("the agent-names test", () => {
  test("no agent's name is typed outside agents/", () => {
    const names = readManifests(join(ROOT, "agents")).map((agent) => agent.name);
    const files = repositoryFiles(ROOT, "*.ts", "*.yml", "*.yaml", "*.js", "*.mjs", "*.html");
    expect(agentNameFaults(ROOT, files, names)).toEqual([]);
  });

  test("names the place where one is", () => {
    const files = write({
      "actions/a.ts": 'const one = "alpha";\nconst validated = true;',
      ".github/w.yml": "path: agents/alpha/src",
      "README.md": '"alpha"',
      "agents/alpha/x.ts": '"alpha"',
      "infra/b.ts": "// the alpha of things\nconst alphabet = 1;",
    });
    expect(agentNameFaults(root, files, ["alpha", "beta"])).toEqual([
      'actions/a.ts:1 types the name of an agent: const one = "alpha";',
      ".github/w.yml:1 types the name of an agent: path: agents/alpha/src",
    ]);
  });
});

describe("sizes and names", () => {
  test("files stay small and are named after what they hold", () => {
    expect(sizeFaults(ROOT, typescriptFiles(ROOT))).toEqual([]);
  });

  test("a long file and an empty name are found", () => {
    const files = write({
      "a/long.ts": "x\n".repeat(301),
      "a/long.test.ts": "x\n".repeat(301),
      "a/utils.ts": "",
      "helpers/b.ts": "",
    });
    expect(sizeFaults(root, files)).toEqual([
      expect.stringContaining("a/long.ts has 301 lines; the limit is 300"),
      expect.stringContaining("a/utils.ts: name it"),
      expect.stringContaining("helpers/b.ts: name it"),
    ]);
  });
});
