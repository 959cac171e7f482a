import { shortDigest } from "../images/reference.ts";
import { cell, code, duration, table } from "./markdown.ts";
import type { VerdictFile } from "./verdict-file.ts";

const SIGNS: Readonly<Record<string, string>> = { pass: "🟢", fail: "🔴", inconclusive: "🟡", error: "🟠" };

/** Stages whose length is a setting, not work: a reader should not try to make them faster by code. */
const POLICY = new Set(["BAKE_TIME"]);

/** The job summary of one agent: verdict, cause when red, timeline, gates. */
export function renderAgent(file: VerdictFile): string {
  const parts = [
    `## ${file.green ? "🟢" : "🔴"} ${file.agent} · ${file.verdict}`,
    cell(file.reason),
    renderFacts(file),
    ...renderCauses(file),
    ...renderGates(file),
    ...renderTimeline(file),
  ];
  return `${parts.join("\n\n")}\n`;
}

function renderFacts({ stage, url, digest, commit, seconds }: VerdictFile): string {
  const where = url ? `[${url}](${url})` : "";
  return table(
    ["stage", "digest", "commit", "URL", "time"],
    [[stage, code(shortDigest(digest)), code(commit.slice(0, 12)), where, duration(seconds)]],
  );
}

function renderCauses({ causes }: VerdictFile): string[] {
  const [first, ...others] = causes;
  if (!first) return [];
  const evidence = first.evidence.map((line) => `- ${cell(line)}`);
  const also = others.length > 0 ? [`Also: ${others.map((cause) => cell(cause.title)).join(" ")}`] : [];
  return [
    `### Cause: ${cell(first.title)}`,
    ...(evidence.length ? [evidence.join("\n")] : []),
    `**What to do:** ${cell(first.fix)}`,
    ...also,
  ];
}

function renderGates({ gates }: VerdictFile): string[] {
  if (gates.length === 0) return [];
  const rows = gates.map(({ gate, outcome, summary }) => [gate, `${SIGNS[outcome] ?? ""} ${outcome}`, cell(summary)]);
  return ["### Gates", table(["gate", "outcome", "measured"], rows)];
}

function renderTimeline({ timeline }: VerdictFile): string[] {
  if (timeline.length === 0) return [];
  const rows = timeline.map(({ stage, seconds }) => [
    code(stage),
    duration(seconds),
    POLICY.has(stage) ? "policy" : "work",
  ]);
  return ["### Timeline", table(["stage", "took", "kind"], rows)];
}
