import { shortDigest } from "../images/reference.ts";
import { cell, code, duration, table } from "./markdown.ts";

/** One agent in the fleet's report. `NO VERDICT`: it was to be deployed, but its job left no report. */
export interface FleetRow {
  readonly agent: string;
  readonly verdict: string;
  readonly green: boolean;
  readonly digest: string;
  readonly commit: string;
  readonly url: string;
  readonly seconds: number;
  /** First cause; empty for a green row. */
  readonly cause: string;
}

export interface FleetReport {
  readonly schema: 1;
  readonly stage: string;
  readonly green: boolean;
  readonly rows: readonly FleetRow[];
}

export const NO_VERDICT = "NO VERDICT";

export const noVerdict = (agent: string): FleetRow => ({
  agent,
  verdict: NO_VERDICT,
  green: false,
  digest: "",
  commit: "",
  url: "",
  seconds: 0,
  cause: "The agent's job ended without a report: it failed before deploy-service, was cancelled, or was lost.",
});

/** Rows in the order of names; green only when every row is and there is at least one. */
export function fleetReport(stage: string, rows: readonly FleetRow[]): FleetReport {
  const sorted = [...rows].sort((a, b) => (a.agent < b.agent ? -1 : 1));
  return { schema: 1, stage, green: sorted.length > 0 && sorted.every((row) => row.green), rows: sorted };
}

export function renderFleet({ stage, green, rows }: FleetReport): string {
  const red = rows.filter((row) => !row.green).length;
  const title = green ? `${rows.length} agents on ${stage}` : `${red} of ${rows.length} agents are red on ${stage}`;
  const body = table(
    ["agent", "verdict", "digest", "commit", "URL", "time", "cause"],
    rows.map((row) => [
      row.agent,
      `${row.green ? "🟢" : "🔴"} ${row.verdict}`,
      row.digest ? code(shortDigest(row.digest)) : "",
      row.commit ? code(row.commit.slice(0, 12)) : "",
      row.url ? `[${row.url}](${row.url})` : "",
      row.verdict === NO_VERDICT ? "" : duration(row.seconds),
      cell(row.cause),
    ]),
  );
  return `## ${green ? "🟢" : "🔴"} ${title}\n\n${body}\n`;
}
