import { describe, expect, test } from "@jest/globals";
import type { Json, WorkflowEvent } from "./contract.ts";
import { matchesFilters, pathGlob } from "./globs.ts";
import { whyNotTriggered } from "./triggers.ts";

const push = (ref: string): WorkflowEvent => ({ name: "push", payload: {}, ref, sha: "", actor: "" });
const main = push("refs/heads/main");

describe("on", () => {
  test.each<[Json, WorkflowEvent, string[], boolean]>([
    ["push", main, [], true],
    [["push", "workflow_dispatch"], main, [], true],
    [{ pull_request: null }, main, [], false],
    [{ push: null }, main, [], true],
    [{ push: { branches: ["main"] } }, main, [], true],
    [{ push: { branches: ["release/**"] } }, push("refs/heads/release/1/x"), [], true],
    [{ push: { branches: ["release/*"] } }, push("refs/heads/release/1/x"), [], false],
    [{ push: { branches: ["**", "!main"] } }, main, [], false],
    [{ push: { "branches-ignore": ["main"] } }, main, [], false],
    [{ push: { branches: ["main"] } }, push("refs/tags/v1"), [], false],
    [{ push: { tags: ["v*"] } }, push("refs/tags/v1"), [], true],
    [{ push: { tags: ["v*"] } }, main, [], false],
    [{ push: { paths: ["agents/**", "!**/*.md"] } }, main, ["agents/a/README.md"], false],
    [{ push: { paths: ["agents/**", "!**/*.md"] } }, main, ["agents/a/README.md", "agents/a/x.ts"], true],
    [{ push: { "paths-ignore": ["docs/**"] } }, main, ["docs/a", "docs/b/c"], false],
    [{ push: { "paths-ignore": ["docs/**"] } }, main, ["docs/a", "src/b"], true],
  ])("%j answers to the event: case %#", (on, event, files, runs) => {
    expect(whyNotTriggered(on, event, files) === undefined).toBe(runs);
  });

  test("a pull request runs for its default activities and its base branch", () => {
    const event = (action: string): WorkflowEvent => ({
      ...{ name: "pull_request", ref: "refs/pull/1/merge", sha: "", actor: "" },
      payload: { action, pull_request: { base: { ref: "main" } } },
    });
    expect(whyNotTriggered({ pull_request: { branches: ["main"] } }, event("opened"), [])).toBeUndefined();
    expect(whyNotTriggered({ pull_request: null }, event("closed"), [])).toMatch(/activity "closed"/);
    expect(whyNotTriggered({ pull_request: { types: ["closed"] } }, event("closed"), [])).toBeUndefined();
  });
});

describe("patterns", () => {
  test.each([
    ["*.jsx?", "page.js", true],
    ["*.jsx?", "page.jsx", true],
    ["v[12].[0-9]+", "v1.10", true],
    ["v[12].[0-9]+", "v3.1", false],
    ["**/docs/**", "a/b/docs/c", true],
    ["**/docs/**", "docs/c", true],
    ["a.b", "axb", false],
  ])("filter %s on %s: %s", (pattern, value, matches) => {
    expect(matchesFilters([pattern], value)).toBe(matches);
  });

  test("a path glob's ? is one character", () => {
    expect(pathGlob("a?.js").test("ab.js")).toBe(true);
    expect(pathGlob("a?.js").test("a.js")).toBe(false);
    expect(pathGlob("**/*.ts").test("x.ts")).toBe(true);
  });
});
