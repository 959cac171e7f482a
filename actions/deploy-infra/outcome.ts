import type { Outcome } from "../lib/action.ts";
import type { StackResult, StackVerdict } from "./stack-deployment.ts";

const GREEN: ReadonlySet<StackVerdict> = new Set(["DEPLOYED", "UNCHANGED"]);

/** One table of all stacks; red when any is red, with the first failed resource as the annotation. */
export function outcome(stage: string, results: readonly StackResult[]): Outcome {
  const red = results.filter((result) => !GREEN.has(result.verdict));
  const verdict =
    red[0]?.verdict ?? (results.some((result) => result.verdict === "DEPLOYED") ? "DEPLOYED" : "UNCHANGED");
  return {
    outputs: {
      verdict,
      stacks: JSON.stringify(Object.fromEntries(results.map((result) => [result.stack, result.verdict]))),
    },
    summary: summary(stage, results),
    ...(red.length > 0 ? { failure: { title: `Infrastructure of ${stage}: ${verdict}`, message: message(red) } } : {}),
  };
}

function message(red: readonly StackResult[]): string {
  return red
    .map((result) => `${result.stack} is ${result.verdict}: ${result.reasons.join(" ") || "no reason was given."}`)
    .join("\n");
}

function summary(stage: string, results: readonly StackResult[]): string {
  const rows = results.map((result) => `| \`${result.stack}\` | ${result.verdict} | ${Math.round(result.seconds)} |`);
  const reasons = results.flatMap((result) => result.reasons.map((reason) => `- \`${result.stack}\`: ${reason}`));
  return [
    `### Infrastructure of ${stage}`,
    "",
    "| stack | verdict | seconds |",
    "|---|---|---:|",
    ...rows,
    ...(reasons.length > 0 ? ["", "#### Why", "", ...reasons] : []),
    "",
  ].join("\n");
}
