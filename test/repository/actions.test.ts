import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type ActionFile, actionFaults, actionNames, readAction, withTables } from "./actions.ts";

const root = join(import.meta.dirname, "../..");
const names = actionNames(root);

/** Names of the inputs that an action's program reads. */
async function programInputs(name: string): Promise<string[]> {
  const module = (await import(join(root, "actions", name, "inputs.ts"))) as { inputs: { entries: object } };
  return Object.keys(module.inputs.entries);
}

describe("every action", () => {
  test.each(names)("%s declares exactly what its program reads, and is documented", async (name) => {
    expect(actionFaults(readAction(root, name), await programInputs(name))).toEqual([]);
    expect(readFileSync(join(root, "actions", name, "README.md"), "utf8")).toContain("```yaml");
  });

  test("can be started by its name", () => {
    const main = readFileSync(join(root, "actions/main.ts"), "utf8");
    const lines = names.map((name) => `"${name}": () => import("./${name}/main.ts"),`);
    expect(lines.filter((line) => !main.includes(line))).toEqual([]);
  });

  test("there are some", () => expect(names.length).toBeGreaterThan(5));
});

const action: ActionFile = {
  name: "do-it",
  runs: { using: "node24", main: "../dist/do-it.js" },
  inputs: { stage: { description: "The stage.", required: true }, mode: { description: "a | b", default: "a" } },
  outputs: { verdict: { description: "What came out." } },
};

describe("the rule about action.yml", () => {
  test.each<[string, Partial<ActionFile>, string]>([
    [
      "an input that nothing reads",
      { inputs: { ...action.inputs, old: { description: "x" } } },
      "nothing reads the input old",
    ],
    ["an input that is not declared", { inputs: { stage: { description: "x" } } }, "does not declare the input mode"],
    ["another Node", { runs: { using: "node20", main: "../dist/do-it.js" } }, "it must be node24"],
    ["another file", { runs: { using: "node24", main: "dist/index.js" } }, "it must be ../dist/do-it.js"],
    ["no description", { outputs: { verdict: {} } }, "verdict has no description"],
  ])("is broken by %s", (_title, change, sentence) => {
    expect(actionFaults({ ...action, ...change }, ["stage", "mode"]).join("\n")).toContain(sentence);
    expect(actionFaults(action, ["stage", "mode"])).toEqual([]);
  });

  test("a README's tables follow action.yml, and the rest of it stays", () => {
    const readme =
      "# do-it\n\n<!-- generated from action.yml: npm run build -->\nold\n<!-- end of generated -->\n\nEnd.\n";
    const text = withTables(readme, action);
    expect(text).toContain(
      "| `stage` | yes                  | The stage. |\n| `mode`  | `a`                  | a \\| b     |",
    );
    expect(text).toContain("| `verdict` | What came out. |");
    expect(text).not.toContain("old");
    expect(text.startsWith("# do-it\n")).toBe(true);
    expect(text.endsWith("\n\nEnd.\n")).toBe(true);
    expect(withTables(text, action)).toBe(text);
    expect(withTables("no place", action)).toBe("no place");
  });
});
