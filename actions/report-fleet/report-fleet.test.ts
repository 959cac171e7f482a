import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readInputs } from "../lib/action.ts";
import { writeJson } from "../lib/report/files.ts";
import { toVerdictFile } from "../lib/report/verdict-file.ts";
import { commitA, commitB, digestA, requestFor } from "../lib/rollout/alpha.fixture.ts";
import { Fleet } from "../lib/rollout/fleet.fixture.ts";
import { rollOut } from "../lib/rollout/rollout.ts";
import { inputs } from "./inputs.ts";
import { reportFleet } from "./report-fleet.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const matrix = JSON.stringify({ include: [{ agent: "alpha", reason: "asked for", image: "" }] });
const unchanged = JSON.stringify([
  { agent: "beta", verdict: "UNCHANGED", digest: digestA, commit: commitA, url: "http://lb/beta" },
]);
const given = (more: Record<string, string>) =>
  readInputs({ name: "report-fleet", inputs }, { INPUT_STAGE: "prod", INPUT_VERDICTS: "verdicts", ...more });
const run = (more: Record<string, string> = {}) =>
  reportFleet(given({ INPUT_MATRIX: matrix, INPUT_UNCHANGED: unchanged, ...more }), { GITHUB_WORKSPACE: folder });
const verdict = async (commit: string) =>
  writeJson(
    join(folder, "verdicts", "verdict-alpha.json"),
    toVerdictFile(await rollOut(requestFor(), new Fleet({ commit }).ports)),
  );

describe("the fleet's report", () => {
  test("is green when all agents are, and is written as JSON", async () => {
    await verdict(commitB);
    const outcome = run();
    expect(outcome).toMatchObject({ outputs: { green: "true", count: "2" } });
    expect(outcome.failure).toBeUndefined();
    const report = JSON.parse(readFileSync(join(folder, "fleet.json"), "utf8"));
    expect(report.rows.map((row: { verdict: string }) => row.verdict)).toEqual(["DEPLOYED", "UNCHANGED"]);
  });

  test("is red with the cause when one agent is", async () => {
    await verdict(commitA);
    expect(run().failure?.message).toMatch(/^alpha: ROLLED_BACK. The image is not commit/);
  });

  test("is red when an agent of the matrix left nothing", () => {
    expect(run().failure?.message).toMatch(/^alpha: NO VERDICT/);
  });

  test("does not count another stage's verdict", async () => {
    await verdict(commitB);
    expect(run({ INPUT_STAGE: "preview-7" }).failure?.message).toMatch(/NO VERDICT/);
  });

  test("says what a matrix looks like", () => {
    expect(() => given({ INPUT_MATRIX: "[", INPUT_UNCHANGED: "no" })).toThrow(
      /2 wrong input\(s\)[\s\S]*matrix[\s\S]*unchanged/,
    );
  });
});
