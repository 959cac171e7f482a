import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunResult } from "../github/contract.ts";

/** What the closing table says of one agent; read from the `fleet` artifact that the workflow's report job wrote. */
export interface FleetRow {
  readonly agent: string;
  readonly verdict: string;
  readonly digest?: string;
  readonly url?: string;
  /** Of this run, for this agent; absent when it had nothing to do. */
  readonly seconds?: number;
  readonly cause?: string;
}

/** The rows of the fleet, from the artifact that the workflow's report job wrote; none when it wrote none. */
export function fleetRows(run: RunResult): FleetRow[] {
  const artifact = run.artifacts.find(({ name }) => name === "fleet");
  if (!artifact) return [];
  try {
    const report = JSON.parse(readFileSync(join(artifact.dir, "fleet.json"), "utf8")) as { rows?: FleetRow[] };
    const rows = (report.rows ?? []).map((row) => ({ ...row, seconds: jobSeconds(run, row.agent) }));
    return rows.sort((a, b) => a.agent.localeCompare(b.agent));
  } catch {
    return [];
  }
}

/** Real seconds of the agent's jobs, from build to proof; the report itself counts in the environment's time. */
function jobSeconds({ jobs }: RunResult, agent: string): number | undefined {
  const own = jobs.filter((job) => job.name.split(" / ").includes(agent) && job.conclusion !== "skipped");
  return own.length === 0 ? undefined : own.reduce((sum, job) => sum + job.seconds, 0);
}
