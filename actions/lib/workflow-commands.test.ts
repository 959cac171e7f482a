import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "@actions/core";
import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { temporaryFolder } from "./images/testing/checkout.ts";
import { WorkflowCommands } from "./workflow-commands.ts";

/** What GitHub's own library writes. */
function written(act: () => void): string {
  const texts: string[] = [];
  const spy = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    texts.push(String(text));
    return true;
  });
  try {
    act();
  } finally {
    spy.mockRestore();
  }
  return texts.join("");
}

function ours(act: (commands: WorkflowCommands) => void, env: NodeJS.ProcessEnv = {}): string {
  const texts: string[] = [];
  act(new WorkflowCommands(env, (text) => void texts.push(text)));
  return texts.join("");
}

const anyText = fc.string({ unit: fc.constantFrom("%", "\r", "\n", ":", ",", "a", " ", "é", "0A") });

describe("workflow commands", () => {
  test("are those of @actions/core, whatever the text", () => {
    fc.assert(
      fc.property(anyText, anyText, (text, title) => {
        expect(ours((c) => c.error(text, title))).toBe(written(() => core.error(text, title ? { title } : {})));
        expect(ours((c) => c.warning(text, title))).toBe(written(() => core.warning(text, title ? { title } : {})));
        expect(ours((c) => c.notice(text))).toBe(written(() => core.notice(text)));
        expect(ours((c) => c.debug(text))).toBe(written(() => core.debug(text)));
      }),
    );
  });

  test("write outputs as @actions/core does", () => {
    using folder = temporaryFolder();
    const [theirs, own] = [join(folder.path, "theirs"), join(folder.path, "own")];
    for (const file of [theirs, own]) writeFileSync(file, "");
    const before = process.env.GITHUB_OUTPUT;
    process.env.GITHUB_OUTPUT = theirs;
    core.setOutput("image", "two\nlines");
    if (before === undefined) delete process.env.GITHUB_OUTPUT;
    else process.env.GITHUB_OUTPUT = before;
    ours((c) => c.output("image", "two\nlines"), { GITHUB_OUTPUT: own });
    const plain = (file: string) => readFileSync(file, "utf8").replaceAll(/[0-9a-f-]{36}/g, "<id>");
    expect(plain(own)).toBe(plain(theirs));
  });

  test("hide every line of a secret", () => {
    expect(ours((c) => c.mask("one\n\n two%"))).toBe("::add-mask::one\n::add-mask:: two%25\n");
  });

  test("are never issued by text from elsewhere", () => {
    const hostile = "fine\n::add-mask::x\n  ::stop-commands::y\n##[error]z";
    const lines = ours((c) => c.line(hostile)).split("\n");
    expect(lines.filter((line) => line.trimStart().startsWith("::") || line.includes("##["))).toEqual([]);
    expect(ours((c) => c.line("a :: b"))).toBe("a :: b\n");
  });

  test("keep a summary below GitHub's limit", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "summary");
    ours((c) => c.summary("x".repeat(2_000_000)), { GITHUB_STEP_SUMMARY: file });
    const text = readFileSync(file, "utf8");
    expect(text.length).toBeLessThanOrEqual(1024 * 1024);
    expect(text).toContain("limited to 1 MiB");
    expect(() => ours((c) => c.summary("x"))).not.toThrow();
  });
});
