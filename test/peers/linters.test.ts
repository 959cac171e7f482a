import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { withPeer } from "./peer.ts";

const ROOT = join(import.meta.dirname, "../..");

withPeer("zizmor", ["zizmor", "--version"], () => {
  test("finds nothing of medium weight or more in the workflows and actions", () => {
    const result = spawnSync(
      "zizmor",
      ["--offline", "--no-progress", "--min-severity", "medium", ".github/workflows", "actions"],
      {
        cwd: ROOT,
        encoding: "utf8",
      },
    );
    expect(`${result.stdout}${result.stderr}`).toContain("No findings to report");
    expect(result.status).toBe(0);
  });
});

withPeer("cfn-lint", ["cfn-lint", "--version"], () => {
  let assembly: string;
  beforeAll(() => {
    assembly = mkdtempSync(join(tmpdir(), "assembly-"));
    const synth = spawnSync("npx", ["tsx", "infra/aws/app.ts"], {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, CDK_OUTDIR: assembly, STAGE: "prod" },
    });
    if (synth.status !== 0) throw new Error(synth.stderr);
  });
  afterAll(() => rmSync(assembly, { recursive: true }));

  test("finds no fault in the synthesized templates", () => {
    const templates = readdirSync(assembly).filter((file) => file.endsWith(".template.json"));
    expect(templates.length).toBeGreaterThan(4);
    // W3010: the app names its zones on purpose, because synthesis has no credentials to look them up with.
    const result = spawnSync("cfn-lint", ["--ignore-checks", "W3010", "--", ...templates], {
      cwd: assembly,
      encoding: "utf8",
    });
    expect(result.stdout).toBe("");
    expect(result.status).toBe(0);
  });
});
