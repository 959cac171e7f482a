import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Outcome, Progress } from "../lib/action.ts";
import type { Clock } from "../lib/clock.ts";
import { type AdvisorySnapshot, readAdvisories } from "../lib/images/advisories.ts";
import { LayoutError, labelsOf, readLayout, type StoredImage } from "../lib/images/layout.ts";
import { BASE_DIGEST, BASE_LABEL, BASE_NAME } from "../lib/images/oci.ts";
import { judge, packagesInImage, type ScanResult } from "../lib/images/scan.ts";
import type { Inputs } from "./inputs.ts";
import { findingsMarkdown, findingsTable } from "./table.ts";

export interface ScanContext {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
}

/** Lists the npm packages of an image, matches them with known advisories and gates on their severity. */
export async function scanImage(inputs: Inputs, progress: Progress, { env, clock }: ScanContext): Promise<Outcome> {
  const folder = resolve(env.GITHUB_WORKSPACE ?? ".", inputs.layout);
  let image: StoredImage;
  let packages: Awaited<ReturnType<typeof packagesInImage>>;
  try {
    image = await readLayout(folder);
    packages = await packagesInImage(image);
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    return { outputs: { verdict: "error" }, failure: { title: "The image cannot be scanned", message: error.message } };
  }
  const snapshot = await advisoriesOf(inputs, env);
  const result = judge(packages, snapshot, inputs["fail-on"]);
  const scope = scopeOf({ image, packages: packages.length, snapshot, now: clock.now() });
  progress.line(scope);
  for (const line of findingsTable(result.findings)) progress.line(line);
  for (const problem of result.problems) progress.line(`problem: ${problem}`);
  progress.line(`verdict: ${sentence(result, inputs)}`);
  const report = { digest: image.descriptor.digest, failOn: inputs["fail-on"], scope, packages, ...result };
  const reportFile = await writeReport(inputs, env, report);
  return {
    outputs: {
      verdict: result.verdict,
      packages: String(packages.length),
      findings: String(result.findings.length),
      ...(reportFile ? { report: reportFile } : {}),
    },
    summary: [
      `Scan: **${result.verdict}**. ${sentence(result, inputs)}. ${scope}.`,
      "",
      ...findingsMarkdown(result),
      "",
    ].join("\n"),
    ...gate(result, inputs),
  };
}

async function advisoriesOf(inputs: Inputs, env: NodeJS.ProcessEnv): Promise<AdvisorySnapshot> {
  const none = (problem: string) => ({ advisories: [], records: 0, problems: [problem] });
  if (!inputs.advisories) return none("no folder of advisories was given (input advisories)");
  const folder = resolve(env.GITHUB_WORKSPACE ?? ".", inputs.advisories);
  return existsSync(folder)
    ? readAdvisories(folder)
    : none(`there is no folder of advisories at ${inputs.advisories}/`);
}

interface Scope {
  readonly image: StoredImage;
  readonly packages: number;
  readonly snapshot: AdvisorySnapshot;
  readonly now: Date;
}

/** What was looked at, and what was not: a base's own packages are not in the layout. */
function scopeOf({ image, packages, snapshot, now }: Scope): string {
  const { annotations = {} } = image.manifest;
  const base = annotations[BASE_NAME]
    ? `; the base ${annotations[BASE_NAME]}@${annotations[BASE_DIGEST]} was not examined`
    : `; base ${labelsOf(image.config)[BASE_LABEL] ?? "unknown"} was not examined`;
  const age = snapshot.takenAt
    ? `taken ${days(snapshot.takenAt, now)} ago`
    : snapshot.newestRecord
      ? `of unknown age, newest record ${days(snapshot.newestRecord, now)} old`
      : "without a date";
  return `${packages} npm packages in the bundle, ${snapshot.records} advisory records ${age}${base}`;
}

const days = (from: Date, to: Date): string =>
  `${Math.max(0, Math.floor((to.getTime() - from.getTime()) / 86_400_000))} days`;

function sentence(result: ScanResult, inputs: Inputs): string {
  if (result.verdict === "fail")
    return `${result.blocking.length} of ${result.findings.length} findings are ${inputs["fail-on"]} or worse`;
  if (result.verdict === "inconclusive")
    return `nothing ${inputs["fail-on"]} or worse was found, but that proves nothing: ${result.problems[0]}`;
  return result.findings.length === 0
    ? "no known vulnerability"
    : `${result.findings.length} findings, all below ${inputs["fail-on"]}`;
}

/** The report for machines; nothing is written when no file was asked for. */
async function writeReport(inputs: Inputs, env: NodeJS.ProcessEnv, report: unknown): Promise<string | undefined> {
  if (!inputs.report) return undefined;
  const file = resolve(env.GITHUB_WORKSPACE ?? ".", inputs.report);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}

function gate(result: ScanResult, inputs: Inputs): Pick<Outcome, "failure" | "warnings"> {
  if (result.verdict === "pass") return {};
  const blocks = result.verdict === "fail" || inputs["on-inconclusive"] === "block";
  const fixes = result.blocking.map(
    ({ id, package: name, version, fixedIn }) =>
      `${id}: ${name} ${version}, ${fixedIn ? `fixed in ${fixedIn}` : "no fix is known"}`,
  );
  const message = [`Scan verdict ${result.verdict}: ${sentence(result, inputs)}.`, ...fixes].join("\n");
  return blocks ? { failure: { title: "Image scan", message } } : { warnings: [message] };
}
