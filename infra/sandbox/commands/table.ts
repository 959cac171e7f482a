import { styleText } from "node:util";
import type { FleetRow } from "../host/fleet-rows.ts";

const GREEN = new Set(["DEPLOYED", "UNCHANGED", "STALE", "SUPERSEDED", "PAUSED"]);

/** The closing table, one line an agent; causes of red verdicts follow it. @param colour whether a terminal reads it. */
export function fleetTable(rows: readonly FleetRow[], colour: boolean): string[] {
  const cells = rows.map((row) => [row.agent, row.verdict, short(row.digest), row.url ?? "-", seconds(row.seconds)]);
  const lines = aligned([["agent", "verdict", "digest", "url", "seconds"], ...cells]);
  const painted = lines.map((line, index) => paint(line, rows[index - 1]?.verdict, colour));
  return [...painted, ...rows.flatMap((row) => (row.cause ? [`${row.agent}: ${row.cause}`] : []))];
}

/** Columns padded to their widest cell, two spaces apart. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function paint(line: string, verdict: string | undefined, colour: boolean): string {
  if (!colour) return line;
  const style = verdict === undefined ? "dim" : GREEN.has(verdict) ? "green" : "red";
  // The caller has decided for its own stream; Node would look at the process's standard output.
  return styleText(style, line, { validateStream: false });
}

const short = (digest: string | undefined): string => digest?.replace(/^.*sha256:/, "").slice(0, 12) ?? "-";
const seconds = (value: number | undefined): string => (value === undefined ? "-" : String(Math.round(value)));
