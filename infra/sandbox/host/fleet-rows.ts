import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunResult } from "../github/contract.ts";

/** What the closing table says of one agent; read from the `fleet` artifact that the workflow's report job wrote. */
export interface FleetRow {
  readonly agent: string;
  readonly verdict: string;
  readonly digest?: string;
  readonly url?: string;
  readonly seconds?: number;
  readonly cause?: string;
}

/** The rows of the fleet, from the artifact that the workflow's report job wrote; none when it wrote none. */
export function fleetRows(run: RunResult, timeScale: number): FleetRow[] {
  const artifact = run.artifacts.find(({ name }) => name === "fleet");
  if (!artifact) return [];
  try {
    const report = JSON.parse(readFileSync(join(artifact.dir, "fleet.json"), "utf8")) as { rows?: FleetRow[] };
    // The report counts in the environment's time; a person at this machine has waited less.
    const rows = (report.rows ?? []).map((row) => ({ ...row, seconds: row.seconds && row.seconds / timeScale }));
    return rows.sort((a, b) => a.agent.localeCompare(b.agent));
  } catch {
    return [];
  }
}
