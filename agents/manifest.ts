import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import * as v from "valibot";

/** Fargate's task sizes: memory in MiB allowed for each number of CPU units (AWS ECS developer guide, task size). */
export const FARGATE_SIZES: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: range(1024, 4096),
  1024: range(2048, 8192),
  2048: range(4096, 16_384),
  4096: range(8192, 30_720),
};

const text = v.pipe(v.string(), v.minLength(1));
const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const name = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/, "lower-case words joined by dashes, 3-32 characters"),
);
const urlPath = v.pipe(v.string(), v.regex(/^\/[A-Za-z0-9/_.-]*$/, "an absolute URL path such as /health"));
const relativePath = v.pipe(
  v.string(),
  v.regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./-]+$/, "a path inside the agent's folder, such as src/main.ts"),
);
const variable = v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]*$/, "an environment variable name such as LOG_LEVEL"));
const architecture = v.picklist(["arm64", "amd64"]);

const build = v.variant("kind", [
  v.strictObject({ kind: v.literal("node"), entry: relativePath }),
  v.strictObject({ kind: v.literal("dockerfile"), file: relativePath }),
]);

const smoke = v.strictObject({
  method: v.picklist(["GET", "POST", "PUT", "DELETE"]),
  path: urlPath,
  body: v.optional(v.unknown()),
  expect: v.strictObject({
    status: count(100, 599),
    json: v.optional(v.record(v.string(), v.picklist(["string", "number", "boolean", "object", "array", "null"]))),
  }),
});

const gates = v.strictObject({
  errorRatePercent: percent,
  latencyMs: count(1, 60_000),
  slowPercent: percent,
  minimumRequests: count(0, 1_000_000),
  smoke: v.array(smoke),
});

const rollout = v.strictObject({
  strategy: v.picklist(["blue-green", "canary", "linear", "rolling"]),
  bakeMinutes: count(0, 1440),
  gateTimeoutMinutes: count(1, 1440),
  gates,
});

const manifestSchema = v.strictObject({
  $schema: v.optional(v.string()),
  name,
  purpose: text,
  agentId: count(1, 1_000_000),
  build,
  container: v.pipe(
    v.strictObject({
      port: count(1, 65_535),
      cpu: v.picklist([256, 512, 1024, 2048, 4096]),
      memoryMiB: count(512, 30_720),
      architecture: v.union([architecture, v.pipe(v.array(architecture), v.minLength(1), v.maxLength(2))]),
      stopTimeoutSeconds: count(1, 120),
    }),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const allowed = FARGATE_SIZES[dataset.value.cpu] ?? [];
      if (allowed.includes(dataset.value.memoryMiB)) return;
      addIssue({
        message: `memory that Fargate offers with ${dataset.value.cpu} CPU units: ${allowed.join(", ")}`,
        input: dataset.value.memoryMiB,
        path: [
          { type: "object", origin: "value", input: dataset.value, key: "memoryMiB", value: dataset.value.memoryMiB },
        ],
      });
    }),
  ),
  health: v.strictObject({
    path: urlPath,
    intervalSeconds: count(5, 300),
    timeoutSeconds: count(2, 120),
    healthyThreshold: count(2, 10),
    unhealthyThreshold: count(2, 10),
  }),
  route: v.strictObject({ path: urlPath, host: name }),
  calls: v.array(name),
  environment: v.record(variable, v.string()),
  secrets: v.array(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]*$/, "a secret's key such as private_key"))),
  scale: v.strictObject({
    min: count(0, 1000),
    max: count(1, 1000),
    cpuPercent: percent,
    memoryPercent: percent,
    capacity: v.picklist(["spot", "on-demand"]),
  }),
  rollout,
});

export type AgentManifest = Readonly<v.InferOutput<typeof manifestSchema>>;
export type SmokeRequest = AgentManifest["rollout"]["gates"]["smoke"][number];
/** The schema itself, for the generator of `agents/agent.schema.json`. */
export const agentManifestSchema = manifestSchema;

/** One fault of a manifest: where it is, what was found, what is allowed. */
export interface ManifestProblem {
  readonly file: string;
  /** Dotted path inside the file, e.g. `container.cpu`; empty for the file as a whole. */
  readonly path: string;
  readonly value: string;
  readonly allowed: string;
}

/** All faults of all manifests at once; the message lists one a line. */
export class ManifestError extends Error {
  readonly problems: readonly ManifestProblem[];
  constructor(problems: readonly ManifestProblem[]) {
    const lines = problems.map((p) => `  ${p.file}${p.path ? `: ${p.path}` : ""} is ${p.value}; allowed: ${p.allowed}`);
    super(`${problems.length} problem(s) in agent manifests:\n${lines.join("\n")}`);
    this.name = "ManifestError";
    this.problems = problems;
  }
}

/** Checks one parsed manifest. Returns the manifest or every problem found; reads and executes nothing. */
export function parseManifest(file: string, json: unknown): { manifest?: AgentManifest; problems: ManifestProblem[] } {
  const result = v.safeParse(manifestSchema, json);
  if (!result.success) return { problems: result.issues.map((issue) => problemOf(file, issue)) };
  return { manifest: result.output, problems: crossChecks(file, result.output) };
}

/**
 * Reads `<agentsDir>/<name>/agent.json` of every agent, in the order of names.
 * @throws {ManifestError} with all problems of all files.
 */
export function readManifests(agentsDir: string): AgentManifest[] {
  const problems: ManifestProblem[] = [];
  const manifests: AgentManifest[] = [];
  for (const folder of agentFolders(agentsDir)) {
    const file = join(agentsDir, folder, "agent.json");
    const shown = relative(process.cwd(), file) || file;
    const parsed = parseManifest(shown, readJson(file, shown, problems));
    if (parsed.manifest && parsed.manifest.name !== folder)
      problems.push({
        file: shown,
        path: "name",
        value: JSON.stringify(parsed.manifest.name),
        allowed: `the folder's name, "${folder}"`,
      });
    problems.push(...(problems.some((p) => p.file === shown && p.path === "") ? [] : parsed.problems));
    if (parsed.manifest) manifests.push(parsed.manifest);
  }
  problems.push(...fleetChecks(agentsDir, manifests));
  if (problems.length > 0) throw new ManifestError(problems);
  return manifests;
}

function agentFolders(agentsDir: string): string[] {
  return readdirSync(agentsDir)
    .filter((entry) => statSync(join(agentsDir, entry), { throwIfNoEntry: false })?.isDirectory())
    .filter((entry) => statSync(join(agentsDir, entry, "agent.json"), { throwIfNoEntry: false })?.isFile())
    .sort();
}

function readJson(file: string, shown: string, problems: ManifestProblem[]): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    problems.push({
      file: shown,
      path: "",
      value: `not readable as JSON (${(error as Error).message})`,
      allowed: "one JSON object",
    });
    return undefined;
  }
}

function problemOf(file: string, issue: v.BaseIssue<unknown>): ManifestProblem {
  const path = v.getDotPath(issue) ?? "";
  const received = issue.received === "undefined" ? "missing" : issue.received;
  if (issue.type === "strict_object" && issue.expected === "never")
    return { file, path, value: "an unknown key", allowed: "only the keys of agents/agent.schema.json" };
  const allowed = issue.kind === "schema" ? readable(issue.expected) : (readable(issue.expected) ?? issue.message);
  const custom = issue.type === "regex" || issue.type === "raw_check" ? issue.message : allowed;
  return {
    file,
    path,
    value: shorten(issue.type === "raw_check" ? JSON.stringify(issue.input) : received),
    allowed: custom ?? issue.message,
  };
}

const readable = (expected: string | null | undefined): string | undefined =>
  expected?.replaceAll("(", "").replaceAll(")", "").replaceAll(" | ", " or ");
const shorten = (value: string): string => (value.length > 80 ? `${value.slice(0, 77)}...` : value);

function crossChecks(file: string, m: AgentManifest): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const add = (path: string, value: unknown, allowed: string) =>
    problems.push({ file, path, value: JSON.stringify(value), allowed });
  if (m.scale.min > m.scale.max) add("scale.min", m.scale.min, `at most scale.max, ${m.scale.max}`);
  if (m.health.timeoutSeconds >= m.health.intervalSeconds)
    add(
      "health.timeoutSeconds",
      m.health.timeoutSeconds,
      `less than health.intervalSeconds, ${m.health.intervalSeconds}`,
    );
  if (m.calls.includes(m.name)) add("calls", m.name, "other agents");
  return problems;
}

/** Checks that need the whole fleet: peers exist; routes, ports and ids are not shared. */
function fleetChecks(agentsDir: string, manifests: readonly AgentManifest[]): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const names = new Set(manifests.map((m) => m.name));
  const file = (m: AgentManifest) => relative(process.cwd(), join(agentsDir, m.name, "agent.json"));
  for (const m of manifests)
    for (const peer of m.calls.filter((call) => !names.has(call)))
      problems.push({ file: file(m), path: "calls", value: JSON.stringify(peer), allowed: [...names].join(", ") });
  const unique: [string, (m: AgentManifest) => string | number][] = [
    ["agentId", (m) => m.agentId],
    ["route.path", (m) => m.route.path],
    ["route.host", (m) => m.route.host],
    ["container.port", (m) => m.container.port],
  ];
  for (const [path, pick] of unique) {
    const owners = new Map<string | number, string>();
    for (const m of manifests) {
      const owner = owners.get(pick(m));
      if (owner)
        problems.push({
          file: file(m),
          path,
          value: JSON.stringify(pick(m)),
          allowed: `a value that ${owner} does not use`,
        });
      owners.set(pick(m), m.name);
    }
  }
  return problems;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / 1024 + 1 }, (_, i) => from + i * 1024);
}
