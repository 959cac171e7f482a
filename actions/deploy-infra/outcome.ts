import type { Outcome } from "../lib/action.ts";
import { isGreen, type StackResult } from "./stack-deployment.ts";

/**
 * One table of all stacks; red when any is red, with the first failed resource as the annotation, or when afterwards
 * production is not proven. @param unproven one sentence per agent.
 */
export function outcome(stage: string, results: readonly StackResult[], unproven: readonly string[]): Outcome {
  const red = results.filter((result) => !isGreen(result));
  const verdict =
    red[0]?.verdict ?? (results.some((result) => result.verdict === "DEPLOYED") ? "DEPLOYED" : "UNCHANGED");
  return {
    outputs: {
      verdict,
      stacks: JSON.stringify(Object.fromEntries(results.map((result) => [result.stack, result.verdict]))),
    },
    summary: summary(stage, results, unproven),
    ...failure(stage, red, unproven),
  };
}

function failure(stage: string, red: readonly StackResult[], unproven: readonly string[]): Pick<Outcome, "failure"> {
  if (red[0]) return { failure: { title: `Infrastructure of ${stage}: ${red[0].verdict}`, message: message(red) } };
  if (unproven.length === 0) return {};
  const title = `Infrastructure of ${stage}: deployed, but production is not proven`;
  const fix = "Look at the listener rules before anything else is deployed; deploy-service refuses while they are so.";
  return { failure: { title, message: [...unproven, fix].join("\n") } };
}

function message(red: readonly StackResult[]): string {
  return red
    .map((result) => `${result.stack} is ${result.verdict}: ${result.reasons.join(" ") || "no reason was given."}`)
    .join("\n");
}

function summary(stage: string, results: readonly StackResult[], unproven: readonly string[]): string {
  const rows = results.map((result) => `| \`${result.stack}\` | ${result.verdict} | ${Math.round(result.seconds)} |`);
  const reasons = results.flatMap((result) => result.reasons.map((reason) => `- \`${result.stack}\`: ${reason}`));
  return [
    `### Infrastructure of ${stage}`,
    "",
    "| stack | verdict | seconds |",
    "|---|---|---:|",
    ...rows,
    ...(reasons.length > 0 ? ["", "#### Why", "", ...reasons] : []),
    ...(unproven.length > 0 ? ["", "#### Production is not proven", "", ...unproven.map((line) => `- ${line}`)] : []),
    "",
  ].join("\n");
}
