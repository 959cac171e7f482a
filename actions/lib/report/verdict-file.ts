import * as v from "valibot";
import { type RolloutResult, VERDICTS } from "../rollout/verdict.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const gate = v.object({
  gate: v.string(),
  outcome: v.picklist(["pass", "fail", "inconclusive", "error"]),
  summary: v.string(),
  numbers: v.record(v.string(), v.number()),
  evidence: v.array(v.string()),
});
const cause = v.object({ kind: v.string(), title: v.string(), evidence: v.array(v.string()), fix: v.string() });

/** The machine-readable report of one agent, `verdict-<agent>.json`. `seconds` are those of the environment's clock. */
export const verdictFile = v.object({
  schema: v.literal(1),
  agent: v.string(),
  stage: v.string(),
  verdict: v.picklist(VERDICTS),
  green: v.boolean(),
  reason: v.string(),
  image: v.string(),
  digest: v.string(),
  commit: v.string(),
  url: v.string(),
  seconds: v.number(),
  startedAt: time,
  finishedAt: time,
  deploymentArn: v.optional(v.string()),
  revisionArn: v.optional(v.string()),
  timeline: v.array(v.object({ stage: v.string(), at: time, seconds: v.number() })),
  gates: v.array(gate),
  causes: v.array(cause),
});
export type VerdictFile = Readonly<v.InferOutput<typeof verdictFile>>;

export function toVerdictFile(result: RolloutResult): VerdictFile {
  const { agent, stage, verdict, green, reason, image, digest, commit, url } = result;
  return {
    schema: 1,
    ...{ agent, stage, verdict, green, reason, image, digest, commit, url },
    seconds: secondsBetween(result.startedAt, result.finishedAt),
    startedAt: result.startedAt.toISOString(),
    finishedAt: result.finishedAt.toISOString(),
    deploymentArn: result.deploymentArn,
    revisionArn: result.revisionArn,
    timeline: result.timeline.map(({ stage: name, at }, i) => ({
      stage: name,
      at: at.toISOString(),
      seconds: secondsBetween(at, result.timeline[i + 1]?.at ?? result.finishedAt),
    })),
    gates: result.gates.map(({ gate: name, outcome, summary, numbers, evidence }) => ({
      gate: name,
      outcome,
      summary,
      numbers: { ...numbers },
      evidence: [...evidence],
    })),
    causes: result.causes.map(({ kind, title, evidence, fix }) => ({ kind, title, evidence: [...evidence], fix })),
  };
}

/** @returns undefined for anything that is not a complete verdict file: half a report is no report. */
export function parseVerdictFile(text: string): VerdictFile | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), verdictFile), text);
  return parsed.success ? parsed.output : undefined;
}

const secondsBetween = (from: Date, to: Date): number =>
  Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));
