import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The part of an `action.yml` that the repository's own rules look at. */
export interface ActionFile {
  readonly name: string;
  readonly runs: { readonly using?: string; readonly main?: string };
  readonly inputs: Readonly<Record<string, ActionInput>>;
  readonly outputs: Readonly<Record<string, { readonly description?: string }>>;
}

interface ActionInput {
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: string;
}

/** Names of the folders of `actions/` that hold an action. */
export function actionNames(root: string): string[] {
  const folders = readdirSync(join(root, "actions"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map((entry) => entry.name);
  return names.filter((name) => existsSync(join(root, "actions", name, "action.yml"))).sort();
}

export function readAction(root: string, name: string): ActionFile {
  const text = readFileSync(join(root, "actions", name, "action.yml"), "utf8");
  const found = parse(text) as Partial<ActionFile>;
  return { name, runs: found.runs ?? {}, inputs: found.inputs ?? {}, outputs: found.outputs ?? {} };
}

/** What differs between an `action.yml` and the program behind it, as sentences. */
export function actionFaults(action: ActionFile, programInputs: readonly string[]): string[] {
  const { name, runs, inputs, outputs } = action;
  const file = `actions/${name}/action.yml`;
  const declared = Object.keys(inputs);
  const both = [...Object.entries(inputs), ...Object.entries(outputs)];
  return [
    ...(runs.using === "node24" ? [] : [`${file}: runs.using is ${runs.using}; it must be node24.`]),
    ...(runs.main === `../dist/${name}.js`
      ? []
      : [`${file}: runs.main is ${runs.main}; it must be ../dist/${name}.js.`]),
    ...programInputs
      .filter((key) => !declared.includes(key))
      .map((key) => `${file} does not declare the input ${key}.`),
    ...declared.filter((key) => !programInputs.includes(key)).map((key) => `${file}: nothing reads the input ${key}.`),
    ...both.filter(([, value]) => !value.description).map(([key]) => `${file}: ${key} has no description.`),
  ];
}

const BEGIN = "<!-- generated from action.yml: npm run build -->";
const END = "<!-- end of generated -->";

/** A README with its tables of inputs and outputs as `action.yml` has them; unchanged when it has no place for them. */
export function withTables(readme: string, action: ActionFile): string {
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) return readme;
  return [before, BEGIN, "\n\n", tables(action), "\n", END, after].join("");
}

function tables({ inputs, outputs }: ActionFile): string {
  const given = Object.entries(inputs).map(([name, { description, required, default: preset }]) => [
    `\`${name}\``,
    required ? "yes" : preset === undefined || preset === "" ? "no" : `\`${preset}\``,
    description ?? "",
  ]);
  const made = Object.entries(outputs).map(([name, { description }]) => [`\`${name}\``, description ?? ""]);
  return [
    "## Inputs\n",
    table(["input", "required, or default", "what it is"], given),
    "\n## Outputs\n",
    table(["output", "what it is"], made),
    "",
  ].join("\n");
}

/** Columns are aligned as the formatter aligns them, so that it has nothing to change in a generated table. */
function table(head: readonly string[], rows: readonly string[][]): string {
  const escaped = [head, ...rows].map((cells) =>
    cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")),
  );
  const widths = head.map((_name, column) => Math.max(3, ...escaped.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [first = [], ...others] = escaped;
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...others.map(line)].join("\n");
}
