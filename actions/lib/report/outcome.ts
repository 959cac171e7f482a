import type { Outcome } from "../action.ts";
import { renderAgent } from "./agent.ts";
import type { VerdictFile } from "./verdict-file.ts";

/** What a step says about one agent: outputs, summary, and one annotation when something needs attention. */
export function outcomeOf(file: VerdictFile): Outcome {
  const base = {
    outputs: {
      verdict: file.verdict,
      "deployment-arn": file.deploymentArn ?? "",
      revision: file.revisionArn ?? "",
      digest: file.digest,
      url: file.url,
      seconds: String(file.seconds),
    },
    summary: renderAgent(file),
  };
  if (!file.green)
    return { ...base, failure: { title: `${file.agent}: ${file.verdict}`, message: failureMessage(file) } };
  const text = `${file.agent}: ${file.verdict}. ${file.reason}`;
  if (file.verdict === "SUPERSEDED" || file.verdict === "EMPTY") return { ...base, warnings: [text] };
  return file.verdict === "STALE" || file.verdict === "PAUSED" ? { ...base, notices: [text] } : base;
}

/** Verdict, cause, its evidence, what to do: all that a person needs before opening the log. */
export function failureMessage({ reason, causes }: VerdictFile): string {
  const [first] = causes;
  if (!first) return reason;
  return [first.title, ...first.evidence.slice(0, 5), `What to do: ${first.fix}`, reason]
    .filter((line) => line.trim())
    .join("\n");
}
