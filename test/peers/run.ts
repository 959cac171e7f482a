import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `npm run test:peers`: runs them, names what was skipped and why, and fails when everything was skipped. */
interface JestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly ancestorTitles: readonly string[];
      readonly title: string;
    }[];
  }[];
}

const folder = mkdtempSync(join(tmpdir(), "peers-"));
const own = process.argv.slice(2);
const report = own.find((arg) => arg.startsWith("--report="))?.slice("--report=".length) ?? join(folder, "report.json");
const jest = [
  "--experimental-vm-modules",
  "--disable-warning=ExperimentalWarning",
  "node_modules/jest/bin/jest.js",
  "--config",
  "jest.peers.config.js",
  "--json",
  `--outputFile=${report}`,
  ...own.filter((arg) => !arg.startsWith("--report=")),
];
const child = spawn(process.execPath, jest, { stdio: ["ignore", "ignore", "inherit"] });
child.on("close", (status) => {
  process.exitCode = conclude(status ?? 1);
  rmSync(folder, { recursive: true });
});

function conclude(status: number): number {
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, "utf8")) as JestReport;
  const skipped = testResults.flatMap((file) => file.assertionResults).filter((test) => test.status === "pending");
  const reasons = new Set(skipped.map((test) => test.ancestorTitles[0] ?? test.title));
  for (const reason of reasons) process.stdout.write(`not run: ${reason}\n`);
  if (status === 0 && numPassedTests === 0) {
    process.stdout.write("No peer was there, so nothing was tested: that is a failure, not a success.\n");
    return 1;
  }
  return status;
}
