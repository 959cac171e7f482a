import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fleetProblems, relationProblems } from "./manifest-checks.ts";
import { type AgentManifest, agentManifestSchema } from "./manifest-schema.ts";
import { check, type Problem, sentenceOf } from "./problems.ts";

export { type AgentManifest, agentManifestSchema, FARGATE_SIZES, type SmokeRequest } from "./manifest-schema.ts";

/** One fault of a manifest: the file, where in it, what was found, what is allowed. */
export interface ManifestProblem extends Problem {
  readonly file: string;
}

/** All faults of all manifests at once; the message lists one a line. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
  readonly problems: readonly ManifestProblem[];
  constructor(problems: readonly ManifestProblem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`${count} in agent manifests:\n${problems.map((p) => `  ${p.file}: ${sentenceOf(p)}`).join("\n")}`);
    this.problems = problems;
  }
}

/** Checks one parsed manifest. Returns the manifest or every problem found; reads and executes nothing, never throws. */
export function parseManifest(file: string, json: unknown): { manifest?: AgentManifest; problems: ManifestProblem[] } {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    return { problems: [{ file, path: "", value: kindOf(json), allowed: "one JSON object, {…}" }] };
  const checked = check(agentManifestSchema, json);
  const single = checked.ok ? [] : checked.problems;
  const taken = new Set(single.map((problem) => problem.path));
  const relations = relationProblems(json).filter((problem) => !taken.has(problem.path));
  const problems = [...single, ...relations].map((problem) => ({ file, ...problem }));
  return checked.ok && problems.length === 0 ? { manifest: checked.output, problems } : { problems };
}

/**
 * Reads `<agentsDir>/<name>/agent.json` of every agent, in the order of names.
 * @throws {ManifestError} with all problems of all files.
 */
export function readManifests(agentsDir: string): AgentManifest[] {
  const folders = agentFolders(agentsDir);
  const fileOf = (folder: string) => {
    const file = join(agentsDir, folder, "agent.json");
    return { file, shown: relative(process.cwd(), file) || file };
  };
  const read = folders.map((folder) => readManifest(folder, fileOf(folder)));
  const manifests = read.flatMap(({ manifest }) => manifest ?? []);
  const fleet = fleetProblems(manifests, folders);
  const problems = [
    ...read.flatMap((one) => one.problems),
    ...fleet.map(({ agent, problem }) => ({ file: fileOf(agent).shown, ...problem })),
  ];
  if (problems.length > 0) throw new ManifestError(problems);
  return manifests;
}

function readManifest(folder: string, { file, shown }: { file: string; shown: string }) {
  const json = readJson(file, shown);
  if (json.problem) return { problems: [json.problem] };
  const parsed = parseManifest(shown, json.value);
  const name = (json.value as { name?: unknown } | null)?.name;
  if (typeof name !== "string" || name === folder) return parsed;
  const allowed = `the name of its folder, ${JSON.stringify(folder)}`;
  return { problems: [{ file: shown, path: "name", value: JSON.stringify(name), allowed }, ...parsed.problems] };
}

function readJson(file: string, shown: string): { value?: unknown; problem?: ManifestProblem } {
  try {
    return { value: JSON.parse(readFileSync(file, "utf8")) };
  } catch (error) {
    const value = `not JSON (${(error as Error).message})`;
    return { problem: { file: shown, path: "", value, allowed: "one JSON object, {…}" } };
  }
}

function agentFolders(agentsDir: string): string[] {
  if (!statSync(agentsDir, { throwIfNoEntry: false })?.isDirectory()) {
    const allowed = "the folder that holds the agents, such as agents";
    throw new ManifestError([{ file: agentsDir, path: "", value: "not a folder", allowed }]);
  }
  return readdirSync(agentsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => statSync(join(agentsDir, name, "agent.json"), { throwIfNoEntry: false })?.isFile())
    .sort();
}

const kindOf = (json: unknown): string => {
  if (json === undefined) return "empty";
  if (json === null) return "null";
  return Array.isArray(json) ? "a list" : `a ${typeof json}`;
};
