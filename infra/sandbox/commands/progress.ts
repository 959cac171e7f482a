import type { RunEvent } from "../github/contract.ts";

/** Steps whose own lines a person wants to see while a run goes on: they wait for AWS. */
const TALKING = /deploy-service|deploy-infra|rollback-service|push-image/;
/** What a runner adds to every failed step; the step itself has said why. */
export const EXIT = /^Process completed with exit code \d+\.$/;
/** The runner's own frame around a step: groups, and the inputs it was given. */
const FRAME = /^(##\[|with:|env:| {2})/;
const MARK = { success: "ok  ", failure: "FAIL", cancelled: "stop", skipped: "skip" } as const;

/**
 * The lines a person sees of a run's event, or none. @param seconds since the run started.
 * @param verbose every line of every step.
 */
export function progressLines(event: RunEvent, seconds: number, verbose: boolean): string[] {
  const at = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const text = textOf(event, verbose);
  return text === undefined ? [] : [`${at}  ${text}`];
}

function textOf(event: RunEvent, verbose: boolean): string | undefined {
  switch (event.type) {
    case "run-started":
      return `${event.name}: push of ${event.sha.slice(0, 10)}`;
    case "run-refused":
      return `refused: ${event.message}`;
    case "job-waiting":
      return `wait  ${event.job}: for the group ${event.group}`;
    case "job-started":
      return verbose ? `      ${event.job}` : undefined;
    case "job-ended":
      return event.conclusion === "skipped" && !verbose
        ? undefined
        : `${MARK[event.conclusion]}  ${event.job}  ${event.seconds.toFixed(1)} s`;
    case "log":
      return verbose || (TALKING.test(event.step) && !FRAME.test(event.line))
        ? `      ${event.job}: ${event.line}`
        : undefined;
    case "annotation":
      return (event.level === "notice" || EXIT.test(event.message)) && !verbose
        ? undefined
        : `${event.level === "error" ? "FAIL" : event.level}  ${event.job}: ${event.title ? `${event.title}: ` : ""}${event.message}`;
    default:
      return undefined;
  }
}
