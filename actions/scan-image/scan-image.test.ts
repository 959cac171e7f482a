import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { InputError, type Outcome, readInputs } from "../lib/action.ts";
import { writeLayout } from "../lib/images/layout.ts";
import { put, temporaryFolder } from "../lib/images/testing/checkout.ts";
import { alphaBundle, alphaImage } from "../lib/images/testing/image.ts";
import { inputs } from "./inputs.ts";
import { scanImage } from "./scan-image.ts";

const clock = { now: () => new Date("2026-03-10T00:00:00Z"), sleep: async () => {} };

/** A record about the package `left`, fixed in 1.3.0; `changes` replaces parts of it. */
const record = (changes: Record<string, unknown> = {}): string =>
  JSON.stringify({
    schema_version: "1.6.0",
    id: "GHSA-aaaa-bbbb-cccc",
    modified: "2026-03-01T00:00:00Z",
    aliases: ["CVE-2026-1"],
    summary: "Left pads | too much",
    affected: [
      {
        package: { ecosystem: "npm", name: "left" },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.3.0" }] }],
      },
    ],
    database_specific: { severity: "HIGH" },
    ...changes,
  });

interface Scanned {
  readonly outcome: Outcome;
  readonly log: string;
  readonly report: Record<string, unknown>;
}

/** Scans an image that holds `left` with the given files as its folder of advisories. */
async function scanned(
  files: Readonly<Record<string, string>>,
  { left = "1.2.0", given = {} }: { left?: string; given?: Record<string, string> } = {},
): Promise<Scanned> {
  using folder = temporaryFolder();
  const layout = join(folder.path, "layout");
  await writeLayout(layout, await alphaImage({ bundle: alphaBundle({ left, right: "2.0.0" }) }));
  for (const [name, content] of Object.entries(files)) put(join(folder.path, "advisories", name), content);
  const env = {
    INPUT_LAYOUT: "layout",
    INPUT_ADVISORIES: "advisories",
    INPUT_REPORT: "reports/scan.json",
    ...given,
  };
  const parsed = readInputs({ name: "scan-image", inputs }, env);
  const lines: string[] = [];
  const progress = { line: (text: string) => void lines.push(text), mask: () => {} };
  const outcome = await scanImage(parsed, progress, { env: { GITHUB_WORKSPACE: folder.path }, clock });
  const report = JSON.parse(readFileSync(join(folder.path, "reports/scan.json"), "utf8"));
  return { outcome, log: lines.join("\n"), report };
}

describe("scan-image", () => {
  test("fails on a finding at the threshold and says what fixes it", async () => {
    const { outcome, log, report } = await scanned({ "a.json": record() });
    expect(outcome.outputs).toMatchObject({ verdict: "fail", packages: "2", findings: "1" });
    expect(outcome.failure?.message).toContain("GHSA-aaaa-bbbb-cccc: left 1.2.0, fixed in 1.3.0");
    expect(log).toMatch(/high +GHSA-aaaa-bbbb-cccc +left +1\.2\.0 +1\.3\.0/);
    expect(outcome.summary).toContain("Left pads \\| too much");
    expect(report).toMatchObject({
      verdict: "fail",
      failOn: "high",
      findings: [{ severity: "high", fixedIn: "1.3.0" }],
    });
  });

  test("passes when what is known does not apply", async () => {
    const { outcome, log } = await scanned({ "deep/er/a.json": record() }, { left: "1.3.0" });
    expect(outcome.outputs).toMatchObject({ verdict: "pass", findings: "0" });
    expect(outcome.failure).toBeUndefined();
    expect(outcome.warnings).toBeUndefined();
    expect(log).toContain("2 npm packages in the bundle, 1 advisory records of unknown age, newest record 9 days old");
    expect(log).toContain("base host-node was not examined");
  });

  test("passes with findings below the threshold, and lists them", async () => {
    const { outcome, log } = await scanned({ "a.json": record() }, { given: { "INPUT_FAIL-ON": "critical" } });
    expect(outcome.outputs).toMatchObject({ verdict: "pass", findings: "1" });
    expect(log).toContain("1 findings, all below critical");
  });

  test("says how old the snapshot is when it knows", async () => {
    const meta = JSON.stringify({ takenAt: "2026-03-05T12:00:00Z" });
    expect((await scanned({ "a.json": record(), "snapshot.json": meta })).log).toContain("taken 4 days ago");
  });

  test.each<[string, Record<string, string>, string]>([
    ["no folder", {}, "there is no folder of advisories"],
    ["an empty folder", { "readme.txt": "" }, "holds no advisory records"],
    ["a record that is not JSON", { "a.json": record({ affected: [] }), "b.json": "{" }, "b.json is not JSON"],
    ["a record of another shape", { "a.json": "[]" }, "a.json is wrong at"],
    ["a record without an id", { "a.json": record({ id: undefined }) }, "a.json is wrong at id"],
    [
      "records about other ecosystems only",
      { "a.json": record({ affected: [{ package: { ecosystem: "PyPI", name: "left" } }] }) },
      "none of them about npm packages",
    ],
    [
      "a finding without a severity",
      { "a.json": record({ database_specific: {} }) },
      "GHSA-aaaa-bbbb-cccc (left) states no severity",
    ],
  ])("is inconclusive, never clean, with %s", async (_title, files, problem) => {
    const { outcome, log } = await scanned(files);
    expect(outcome.outputs.verdict).toBe("inconclusive");
    expect(outcome.failure).toBeUndefined();
    expect(outcome.warnings?.[0]).toContain("proves nothing");
    expect(log).toContain(problem);
    const blocked = await scanned(files, { given: { "INPUT_ON-INCONCLUSIVE": "block" } });
    expect(blocked.outcome.failure?.message).toContain("inconclusive");
  });

  test("is inconclusive when no advisories were given at all", async () => {
    const { outcome } = await scanned({}, { given: { INPUT_ADVISORIES: "" } });
    expect(outcome.warnings?.[0]).toContain("no folder of advisories was given");
  });

  test("a finding decides even when other records cannot be read", async () => {
    const { outcome } = await scanned({ "a.json": record(), "b.json": "{" });
    expect(outcome.outputs.verdict).toBe("fail");
  });

  test("an image that cannot be read is an error, not a pass", async () => {
    using folder = temporaryFolder();
    const layout = join(folder.path, "layout");
    await writeLayout(layout, await alphaImage());
    rmSync(join(layout, "blobs"), { recursive: true });
    const parsed = readInputs({ name: "scan-image", inputs }, { INPUT_LAYOUT: layout });
    const outcome = await scanImage(parsed, { line: () => {}, mask: () => {} }, { env: {}, clock });
    expect(outcome.outputs).toEqual({ verdict: "error" });
    expect(outcome.failure?.message).toContain("is missing. Build the image again.");
  });

  test("lists all wrong inputs at once", () => {
    const env = { "INPUT_FAIL-ON": "severe", "INPUT_ON-INCONCLUSIVE": "ignore" };
    const read = () => readInputs({ name: "scan-image", inputs }, env);
    expect(read).toThrow(InputError);
    expect(read).toThrow(/3 wrong input\(s\)[\s\S]*layout: is missing[\s\S]*fail-on: got "severe"; allowed: .*"low"/);
  });
});
