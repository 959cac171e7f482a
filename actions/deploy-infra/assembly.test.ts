import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readAssembly } from "./assembly.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "assembly-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (name: string, content: unknown) => writeFileSync(join(directory, name), JSON.stringify(content));
const withArtifacts = (artifacts: unknown) => write("manifest.json", { version: "1", artifacts });

describe("reading a cloud assembly", () => {
  test("gives each stack with its template and the stacks that come before it", () => {
    write("one.template.json", { Resources: {} });
    write("two.template.json", { Resources: {} });
    withArtifacts({
      one: { type: "aws:cloudformation:stack", properties: { templateFile: "one.template.json", stackName: "first" } },
      "two.assets": { type: "cdk:asset-manifest" },
      two: {
        type: "aws:cloudformation:stack",
        dependencies: ["one", "two.assets"],
        properties: { templateFile: "two.template.json", tags: { Project: "p" } },
      },
    });
    expect(readAssembly(directory)).toEqual([
      { name: "first", template: '{"Resources":{}}', after: [], tags: {}, executionRole: undefined },
      { name: "two", template: '{"Resources":{}}', after: ["first"], tags: { Project: "p" }, executionRole: undefined },
    ]);
  });

  test("a missing assembly says how to make it", () => {
    expect(() => readAssembly(join(directory, "none"))).toThrow(/is missing. Run `npm run synth` first/);
  });

  test("a half-written manifest is an error, not an empty assembly", () => {
    writeFileSync(join(directory, "manifest.json"), '{"artifacts": {');
    expect(() => readAssembly(directory)).toThrow(/not a readable part of a cloud assembly/);
  });

  test("assets that it does not publish are named", () => {
    write("a.assets.json", {
      files: { x: { source: { path: "asset.abc" } }, t: { source: { path: "a.template.json" } } },
    });
    withArtifacts({ a: { type: "cdk:asset-manifest", properties: { file: "a.assets.json" } } });
    expect(() => readAssembly(directory)).toThrow(/needs 1 asset\(s\) that deploy-infra does not publish: asset.abc/);
  });
});
