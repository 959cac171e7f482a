import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import * as v from "valibot";
import { ActionError, InputError, type Outcome, type Progress, readInputs, runAction } from "./action.ts";
import { temporaryFolder } from "./images/testing/checkout.ts";

const inputs = v.strictObject({
  agent: v.pipe(v.string(), v.minLength(3, "at least 3 characters")),
  "fail-on": v.optional(v.picklist(["low", "high"]), "high"),
  minutes: v.optional(v.pipe(v.string(), v.regex(/^\d+$/, "a whole number"), v.transform(Number)), "5"),
});

describe("inputs", () => {
  const read = (env: NodeJS.ProcessEnv) => readInputs({ name: "try-it", inputs }, env);

  test("are read as GitHub passes them: upper case, dashes kept, empty when not given", () => {
    const env = { INPUT_AGENT: " alpha ", "INPUT_FAIL-ON": "low", INPUT_MINUTES: "", PATH: "/bin" };
    expect(read(env)).toEqual({ agent: "alpha", "fail-on": "low", minutes: 5 });
  });

  test.each<[string, NodeJS.ProcessEnv, string[]]>([
    ["a missing one", {}, ["1 wrong input(s) of try-it", "agent: is missing; it is required"]],
    ["an empty one", { INPUT_AGENT: "  " }, ["agent: is missing"]],
    ["a short one", { INPUT_AGENT: "x" }, ["agent: got", "at least 3 characters"]],
    [
      "a value that is not in the list",
      { INPUT_AGENT: "alpha", "INPUT_FAIL-ON": "no" },
      ['fail-on: got "no"', '"low"', '"high"'],
    ],
    ["a word for a number", { INPUT_AGENT: "alpha", INPUT_MINUTES: "five" }, ["minutes: got", "a whole number"]],
    [
      "an unknown one",
      { INPUT_AGENT: "alpha", INPUT_AGNET: "alpha" },
      ["agnet: is not an input", "agent, fail-on, minutes"],
    ],
    [
      "several at once",
      { "INPUT_FAIL-ON": "no", INPUT_MINUTES: "x" },
      ["3 wrong input(s)", "agent:", "fail-on:", "minutes:"],
    ],
  ])("with %s are refused, with what is allowed", (_title, env, parts) => {
    expect(() => read(env)).toThrow(InputError);
    for (const part of parts) expect(() => read(env)).toThrow(part);
  });
});

describe("an action", () => {
  afterEach(() => {
    process.exitCode = undefined;
  });

  interface Ran {
    readonly log: string;
    readonly outputs: string;
    readonly summary: string;
    readonly exitCode: typeof process.exitCode;
  }

  async function ran(run: (progress: Progress) => Promise<Outcome>, env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    using folder = temporaryFolder();
    const [GITHUB_OUTPUT, GITHUB_STEP_SUMMARY] = [join(folder.path, "outputs"), join(folder.path, "summary")];
    const texts: string[] = [];
    const spy = jest.spyOn(process.stdout, "write").mockImplementation((text) => texts.push(String(text)) > 0);
    try {
      const definition = { name: "try-it", inputs, run: (_inputs: unknown, progress: Progress) => run(progress) };
      await runAction(definition, { INPUT_AGENT: "alpha", GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, ...env });
    } finally {
      spy.mockRestore();
    }
    const content = (file: string) => {
      try {
        return readFileSync(file, "utf8");
      } catch {
        return "";
      }
    };
    return {
      log: texts.join(""),
      outputs: content(GITHUB_OUTPUT),
      summary: content(GITHUB_STEP_SUMMARY),
      exitCode: process.exitCode,
    };
  }

  test("reports outputs, notices, warnings and a summary, and is green", async () => {
    const result = await ran(async (progress) => {
      progress.line("working");
      return { outputs: { verdict: "DEPLOYED" }, notices: ["n"], warnings: ["w"], summary: "## Done" };
    });
    expect(result.log).toBe("working\n::notice::n\n::warning::w\n");
    expect(result.outputs).toMatch(/^verdict<<(ghadelimiter_\S+)\nDEPLOYED\n\1\n$/);
    expect(result.summary).toBe("## Done\n");
    expect(result.exitCode).toBeUndefined();
  });

  test("is red with one annotation when its outcome is a failure; the outputs are still there", async () => {
    const result = await ran(async () => ({
      outputs: { verdict: "ROLLED_BACK" },
      failure: { title: "alpha", message: "rolled back\nbecause" },
    }));
    expect(result.log).toBe("::error title=alpha::rolled back%0Abecause\n");
    expect(result.outputs).toContain("ROLLED_BACK");
    expect(result.exitCode).toBe(1);
  });

  test("shows a user's fault as one sentence without a stack", async () => {
    const result = await ran(async () => {
      throw new ActionError("The folder is missing.");
    });
    expect(result.log).toBe("::error::The folder is missing.\n");
    expect(result.exitCode).toBe(1);
  });

  test("keeps the stack of a fault of its own for debug runs", async () => {
    const result = await ran(async () => {
      throw new TypeError("x is undefined");
    });
    expect(result.log.split("\n").filter((line) => !line.startsWith("::debug::"))).toEqual([
      "::error::x is undefined",
      "",
    ]);
    expect(result.log).toContain("::debug::TypeError");
  });

  test("does not run with wrong inputs", async () => {
    const run = jest.fn(async () => ({ outputs: {} }));
    const result = await ran(run, { INPUT_AGENT: "" });
    expect(run).not.toHaveBeenCalled();
    expect(result.log).toBe("::error::1 wrong input(s) of try-it:%0A  agent: is missing; it is required\n");
  });

  test("hides secrets", async () => {
    const result = await ran(async (progress) => {
      progress.mask("hunter2");
      return { outputs: {} };
    });
    expect(result.log).toBe("::add-mask::hunter2\n");
  });
});
