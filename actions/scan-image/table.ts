import type { Finding } from "../lib/images/matching.ts";
import type { ScanResult } from "../lib/images/scan.ts";

const COLUMNS = ["severity", "advisory", "package", "version", "fixed in", "summary"] as const;

const cells = (finding: Finding): string[] => [
  finding.severity ?? "unknown",
  finding.id,
  finding.package,
  finding.version,
  finding.fixedIn ?? "-",
  finding.summary.slice(0, 80),
];

/** Findings in aligned columns for a log; no lines when there are none. */
export function findingsTable(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const rows = [[...COLUMNS], ...findings.map(cells)];
  const widths = COLUMNS.map((_name, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Findings and problems for a job summary. Advisory texts come from outside: nothing of them may become markup. */
export function findingsMarkdown(result: ScanResult): string[] {
  const row = (texts: readonly string[]) => `| ${texts.join(" | ")} |`;
  const table = [
    row(COLUMNS),
    row(COLUMNS.map(() => "---")),
    ...result.findings.map((found) => row(cells(found).map(plain))),
  ];
  return [...(result.findings.length > 0 ? table : []), ...result.problems.map((problem) => `- ${plain(problem)}`)];
}

const plain = (text: string): string => text.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\`*_{}[\]<>#|!~@]/g, "\\$&");
