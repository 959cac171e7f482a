import { writeJson } from "../lib/report/files.ts";
import type { VerdictFile } from "../lib/report/verdict-file.ts";
import { isGreen, type StackResult } from "./stack-deployment.ts";

export interface AgentVerdict {
  readonly file: string;
  readonly agent: string;
  readonly stage: string;
  readonly image: string;
  readonly commit: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** An agent whose stack could not be deployed has a verdict too: the fleet's report shows why, not just that it is missing. */
export function writeAgentVerdict(result: StackResult, verdict: AgentVerdict): void {
  const { file, agent, stage, image, commit, startedAt, finishedAt } = verdict;
  if (isGreen(result)) return;
  const reason = result.reasons[0] ?? "CloudFormation gave no reason.";
  const content: VerdictFile = {
    schema: 1,
    ...{ agent, stage, verdict: result.verdict, green: false, reason, image, commit },
    digest: image.split("@")[1] ?? "",
    url: "",
    seconds: Math.round(result.seconds),
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    timeline: [],
    gates: [],
    causes: [
      {
        kind: "infrastructure",
        title: `The stack ${result.stack} is ${result.verdict}: ${reason}`,
        evidence: [...result.reasons],
        fix: "Mend what the first failed resource names and push again; nothing of a refused or rolled-back stack is left.",
      },
    ],
  };
  writeJson(file, content);
}
