import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readInputs } from "../lib/action.ts";
import { standingOf } from "../lib/github/ancestry.ts";
import { gitIn } from "../lib/github/git.ts";
import type { LedgerRecord } from "../lib/ledger/record.ts";
import { alphaManifest, commitA, digestA, digestB, uriOf } from "../lib/rollout/alpha.fixture.ts";
import { type AgentState, decideAgent } from "./decision.ts";
import { inputs } from "./inputs.ts";
import { changedFiles, filesOf, infrastructureFingerprint } from "./sources.ts";

const record: LedgerRecord = {
  ...{ digest: digestA, image: uriOf(digestA), commit: commitA, run: "r", actor: "a", verdict: "DEPLOYED", at: "t" },
};
const sound: AgentState = {
  agent: alphaManifest(),
  record,
  proof: { kind: "serves", digest: digestA, revision: "r", desired: 1 },
  changed: [],
};

describe("deciding about one agent", () => {
  test.each([
    ["nothing changed", {}, "unchanged", "nothing changed since aaaaaaaaaaaa"],
    ["its source changed", { changed: ["agents/alpha/src/main.ts"] }, "deploy", "changed: agents/alpha/src/main.ts"],
    [
      "the runtime changed",
      { changed: ["README.md", "agents/runtime/server.ts"] },
      "deploy",
      "changed: agents/runtime/server.ts",
    ],
    [
      "another agent changed",
      { changed: ["agents/beta/src/main.ts"] },
      "unchanged",
      "nothing changed since aaaaaaaaaaaa",
    ],
    [
      "only tests and texts changed",
      { changed: ["agents/alpha/src/a.test.ts", "agents/alpha/README.md"] },
      "unchanged",
      "nothing changed since aaaaaaaaaaaa",
    ],
    ["a first push", { record: undefined }, "deploy", "nothing is proven here yet"],
    [
      "a live commit that git does not know",
      { changed: undefined },
      "deploy",
      "the live commit aaaaaaaaaaaa is not in this clone",
    ],
    [
      "another digest serves",
      { proof: { kind: "serves", digest: digestB, revision: "r", desired: 1 } },
      "deploy",
      "bbbbbbbbbbbb serves, but aaaaaaaaaaaa was proven last",
    ],
    [
      "nothing is proven to serve",
      { proof: { kind: "unproven", why: "no target." } },
      "deploy",
      "the live version is not proven: no target.",
    ],
  ] as const)("%s", (_, change, action, reason) => {
    expect(decideAgent({ ...sound, ...change }, false)).toEqual({ agent: "alpha", action, reason });
  });

  test("a named agent is deployed whether it changed or not", () => {
    expect(decideAgent(sound, true)).toMatchObject({ action: "deploy", reason: "asked for" });
  });

  test("what shapes stacks alone builds no image anew", () => {
    expect(filesOf({ name: "alpha" }, ["agents/beta/agent.json", "infra/aws/app.ts"])).toEqual([]);
    expect(filesOf({ name: "alpha" }, ["agents/alpha/agent.json", "agents/runtime/agent.ts"])).toHaveLength(2);
  });
});

describe("in a real clone", () => {
  let folder = "";
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: folder })
      .toString()
      .trim();
  const commit = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
    git("add", ".");
    git("commit", "-qm", file);
    return git("rev-parse", "HEAD");
  };
  let first = "";
  let second = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "clone-"));
    git("init", "-q");
    first = commit("infra/aws/app.ts", "1");
    second = commit("agents/alpha/src/näme.ts", "2");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("changed files are those since the live commit, whatever their names", async () => {
    expect(await changedFiles(gitIn(folder), first, second)).toEqual(["agents/alpha/src/näme.ts"]);
    expect(await changedFiles(gitIn(folder), commitA, second)).toBeUndefined();
  });

  test("the fingerprint follows the infrastructure's sources only", async () => {
    const same = await infrastructureFingerprint(gitIn(folder), second);
    expect(await infrastructureFingerprint(gitIn(folder), first)).toBe(same);
    const third = commit("agents/alpha/agent.json", "{}");
    expect(await infrastructureFingerprint(gitIn(folder), third)).not.toBe(same);
  });

  test("a commit outside the clone says how to check out", async () => {
    await expect(infrastructureFingerprint(gitIn(folder), commitA)).rejects.toThrow(
      /not in this clone.*fetch-depth: 0/,
    );
  });

  test("ages of commits", async () => {
    expect(await standingOf(first, second, gitIn(folder))).toBe("older");
    expect(await standingOf(second, first, gitIn(folder))).toBe("newer");
    expect(await standingOf(first, first, gitIn(folder))).toBe("same");
    expect(await standingOf(commitA, first, gitIn(folder))).toBe("unknown");
  });
});

test("all wrong inputs come at once", () => {
  const env = { INPUT_STAGE: "Prod!", INPUT_COMMIT: "main", INPUT_AGENTS: "alpha;beta" };
  expect(() => readInputs({ name: "select-agents", inputs }, env)).toThrow(
    /3 wrong input\(s\)[\s\S]*stage[\s\S]*commit[\s\S]*agents/,
  );
});
