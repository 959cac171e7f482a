import { spawn } from "node:child_process";
import { join } from "node:path";
import { readManifests } from "../../agents/manifest.ts";
import { agentNameFaults } from "./agent-names.ts";
import { layerFaults } from "./layers.ts";
import { sizeFaults } from "./sizes.ts";
import { repositoryFiles, typescriptFiles } from "./sources.ts";

/** `npm run check`: every rule that needs no test run, each with one line, all faults at once. */
const root = join(import.meta.dirname, "../..");

interface Rule {
  readonly name: string;
  /** Faults as lines; empty when the rule holds. */
  readonly faults: () => Promise<string[]> | string[];
}

const rules: readonly Rule[] = [
  {
    name: "format and lint",
    faults: () => command("npx", ["biome", "ci", "--colors=off", "--error-on-warnings", "."]),
  },
  { name: "types", faults: () => command("npx", ["tsc", "--noEmit", "-p", "."]) },
  { name: "layers", faults: () => layerFaults(root, typescriptFiles(root)).map((fault) => fault.sentence) },
  { name: "agent names", faults: agentNames },
  { name: "sizes and names of files", faults: () => sizeFaults(root, typescriptFiles(root)) },
  { name: "generated files", faults: () => command("npx", ["tsx", "test/repository/build.ts", "--check"]) },
];

function agentNames(): string[] {
  const names = readManifests(join(root, "agents")).map((agent) => agent.name);
  return agentNameFaults(root, repositoryFiles(root, "*.ts", "*.yml", "*.yaml", "*.js", "*.mjs", "*.html"), names);
}

function command(program: string, args: string[]): Promise<string[]> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    child.on("error", (error) => resolve([`${program} could not start: ${error.message}`]));
    child.on("close", (status) => resolve(status === 0 ? [] : Buffer.concat(output).toString().trimEnd().split("\n")));
  });
}

let red = 0;
for (const rule of rules) {
  const started = Date.now();
  const faults = await rule.faults();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${faults.length === 0 ? "ok  " : "FAIL"}  ${rule.name} (${seconds} s)\n`);
  for (const fault of faults) process.stdout.write(`      ${fault}\n`);
  if (faults.length > 0) red += 1;
}
process.stdout.write(red === 0 ? "All rules hold.\n" : `${red} of ${rules.length} rules broken.\n`);
process.exitCode = red === 0 ? 0 : 1;
