import { resolve } from "node:path";
import type { Outcome } from "../lib/action.ts";
import { readVerdicts, writeJson } from "../lib/report/files.ts";
import { type FleetReport, type FleetRow, fleetReport, noVerdict, renderFleet } from "../lib/report/fleet.ts";
import type { VerdictFile } from "../lib/report/verdict-file.ts";
import type { Inputs } from "./inputs.ts";

/** One table for the whole fleet. Red when any agent is, or when one that was to be deployed left no report. */
export function reportFleet(inputs: Inputs, env: NodeJS.ProcessEnv): Outcome {
  const workspace = env.GITHUB_WORKSPACE ?? ".";
  const { files, unreadable } = readVerdicts(resolve(workspace, inputs.verdicts));
  const report = assemble(inputs, files);
  writeJson(resolve(workspace, inputs.output), report);
  const red = report.rows.filter((row) => !row.green);
  return {
    outputs: { green: String(report.green), report: inputs.output, count: String(report.rows.length) },
    summary: renderFleet(report),
    warnings: unreadable.map((path) => `${path} is not a complete verdict file and was left out.`),
    ...(report.green ? {} : { failure: { title: `Fleet on ${inputs.stage}`, message: failureText(red) } }),
  };
}

/** Pure: expected agents without a file get a row of their own; an unchanged agent needs none. */
export function assemble(
  inputs: Pick<Inputs, "stage" | "matrix" | "unchanged">,
  files: readonly VerdictFile[],
): FleetReport {
  const deployed = files.filter((file) => file.stage === inputs.stage).map(rowOf);
  const known = new Set(deployed.map((row) => row.agent));
  const missing = inputs.matrix.include.filter(({ agent }) => !known.has(agent)).map(({ agent }) => noVerdict(agent));
  const unchanged = inputs.unchanged
    .filter(({ agent }) => !known.has(agent))
    .map((row) => ({ ...row, green: true, seconds: 0, cause: "" }));
  return fleetReport(inputs.stage, [...deployed, ...missing, ...unchanged]);
}

const rowOf = ({ agent, verdict, green, digest, commit, url, seconds, causes, reason }: VerdictFile): FleetRow => ({
  ...{ agent, verdict, green, digest, commit, url, seconds },
  cause: green ? "" : (causes[0]?.title ?? reason),
});

function failureText(red: readonly FleetRow[]): string {
  if (red.length === 0) return "No agent was reported at all.";
  return red.map((row) => `${row.agent}: ${row.verdict}. ${row.cause}`).join("\n");
}
