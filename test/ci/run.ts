import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { add, type Counts, type JestReport, jestCounts, NOTHING } from "./counts.ts";

/** What `.ci/run` runs once everything is installed; its last line counts over all of it. */
interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Where jest writes its report; without one the step counts as one test, by its exit status. */
  readonly report?: string;
  /** Variables besides those that CI was given. */
  readonly env?: Readonly<Record<string, string>>;
}

const folder = mkdtempSync(join(tmpdir(), "ci-"));
const tests = join(folder, "tests.json");
const conformance = join(folder, "conformance.json");
const endurance = join(folder, "endurance.json");
const peers = join(folder, "peers.json");
const steps: readonly Step[] = [
  { name: "rules", command: ["npm", "run", "check"] },
  { name: "tests", command: ["npm", "test", "--", "--json", `--outputFile=${tests}`], report: tests },
  {
    name: "conformance",
    command: ["npm", "run", "test:conformance", "--", "--json", `--outputFile=${conformance}`],
    report: conformance,
    env: { FUZZ_RUNS: "20" },
  },
  {
    name: "endurance",
    command: ["npm", "run", "test:endurance", "--", "--json", `--outputFile=${endurance}`],
    report: endurance,
  },
  { name: "peers", command: ["npm", "run", "test:peers", "--", `--report=${peers}`], report: peers },
];

const counts: Counts[] = [];
for (const step of steps) {
  const started = Date.now();
  process.stdout.write(`\n== ${step.name}: ${step.command.join(" ")}\n`);
  const status = await run(step);
  const counted = count(step, status);
  counts.push(counted);
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stdout.write(`== ${step.name}: exit ${status} after ${seconds} s; ${sentence(counted)}\n`);
}
rmSync(folder, { recursive: true });
const total = counts.reduce(add, NOTHING);
process.stdout.write(`\n${sentence(total)}\n`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

/** A step that fails without a failed test (a crash, a rule) still counts as one failure. */
function count(step: Step, status: number): Counts {
  if (!step.report) return status === 0 ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1 };
  const counted = report(step.report);
  return status !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

function report(file: string): Counts {
  try {
    return jestCounts(JSON.parse(readFileSync(file, "utf8")) as JestReport);
  } catch {
    return NOTHING;
  }
}

function run({ command: [program, ...args], env }: Step): Promise<number> {
  return new Promise((resolve) => {
    // Jest's JSON report also goes to standard output; it is in the file, so only what people read is shown.
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", args.includes("--json") ? "ignore" : "inherit", "inherit"],
    });
    child.on("error", () => resolve(127));
    child.on("close", (status) => resolve(status ?? 1));
  });
}

function sentence({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
