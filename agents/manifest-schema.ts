import * as v from "valibot";
import { oneOf } from "./problems.ts";

/** Fargate's task sizes: memory in MiB allowed for each number of CPU units (AWS ECS developer guide, task size). */
export const FARGATE_SIZES: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: steps(1024, 4096),
  1024: steps(2048, 8192),
  2048: steps(4096, 16_384),
  4096: steps(8192, 30_720),
};

const architecture = choice(["arm64", "amd64"], "the processor the image runs on");
const agentName = pattern(
  /^(?=.{3,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  "3-32 characters: lower-case words joined by dashes",
);
const urlPath = pattern(
  /^\/(?!.*\/\.{1,2}(\/|$))([A-Za-z0-9_.-]+\/)*[A-Za-z0-9_.-]*$/,
  "an absolute URL path such as /health",
);
const routePath = pattern(/^(\/[A-Za-z0-9_-]+)+$/, "a URL path without a slash at its end, such as /my-agent");
const innerPath = pattern(
  /^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[\w./-]+$/,
  "a path inside the agent's folder, such as src/main.ts",
);

const build = v.variant("kind", [
  v.strictObject({ kind: v.literal("node"), entry: innerPath }),
  v.strictObject({ kind: v.literal("dockerfile"), file: innerPath }),
]);

const smoke = v.strictObject({
  method: choice(["GET", "POST", "PUT", "DELETE"], "the request's method"),
  path: urlPath,
  body: v.optional(v.pipe(v.unknown(), v.description("any JSON; sent as the request's body"))),
  expect: v.strictObject({
    status: whole(100, 599, "the HTTP status that proves it works"),
    json: v.optional(
      v.pipe(
        v.record(
          v.string(),
          choice(["string", "number", "boolean", "object", "array", "null"], "JSON type of this key in the answer"),
        ),
        v.description("keys of the answer with their JSON types"),
      ),
    ),
  }),
});

const gates = v.strictObject({
  errorRatePercent: percent("requests that may fail"),
  latencyMs: whole(1, 60_000, "milliseconds within which a request is not slow"),
  slowPercent: percent("requests that may be slow"),
  minimumRequests: whole(0, 1_000_000, "requests needed before a verdict"),
  smoke: v.array(smoke),
});

const container = v.strictObject({
  port: whole(1, 65_535, "the port the agent listens on"),
  cpu: choice([256, 512, 1024, 2048, 4096], "CPU units that Fargate offers"),
  memoryMiB: whole(512, 30_720, "MiB; depends on cpu"),
  architecture: v.pipe(
    v.union([architecture, v.pipe(v.array(architecture), v.minLength(1), v.maxLength(2))]),
    v.description("arm64 or amd64, or a list of both"),
  ),
  stopTimeoutSeconds: whole(2, 120, "seconds between SIGTERM and SIGKILL; Fargate takes 2 to 120"),
});

const health = v.strictObject({
  path: urlPath,
  intervalSeconds: whole(5, 300, "seconds between two health checks"),
  timeoutSeconds: whole(2, 120, "seconds an answer may take"),
  healthyThreshold: whole(2, 10, "good answers in a row that make it healthy"),
  unhealthyThreshold: whole(2, 10, "bad answers in a row that make it unhealthy"),
});

const scale = v.strictObject({
  min: whole(0, 1000, "least number of tasks"),
  max: whole(1, 1000, "greatest number of tasks"),
  cpuPercent: percent("CPU use to hold"),
  memoryPercent: percent("memory use to hold"),
  capacity: choice(["spot", "on-demand"], "the capacity that tasks run on"),
});

/** The one definition of `agents/<name>/agent.json`; `agents/agent.schema.json` is generated from it. */
export const agentManifestSchema = v.strictObject({
  $schema: v.optional(v.pipe(v.string(), v.description("the path of agent.schema.json, for editors"))),
  name: agentName,
  purpose: v.pipe(v.string(), v.regex(/\S/), v.maxLength(200), v.description("one sentence of 1-200 characters")),
  agentId: whole(1, 1_000_000, "the agent's id in the identity registry"),
  build,
  container,
  health,
  route: v.strictObject({ path: routePath, host: agentName }),
  calls: v.pipe(v.array(agentName), v.description("a list of the names of agents it calls")),
  environment: v.pipe(
    v.record(
      pattern(/^[A-Z][A-Z0-9_]*$/, "a name in capitals such as LOG_LEVEL"),
      v.pipe(v.string(), v.description("a string (numbers and booleans in quotes)")),
    ),
    v.description("an object of environment variables: names in capitals, values strings"),
  ),
  secrets: v.pipe(
    v.array(pattern(/^[a-z][a-z0-9_]*$/, "a key of the agent's secret such as private_key")),
    v.description("a list of the keys of its secret that it may read"),
  ),
  scale,
  rollout: v.strictObject({
    strategy: choice(["blue-green", "canary", "linear", "rolling"], "how traffic moves"),
    bakeMinutes: whole(0, 1440, "minutes in which both versions run and rollback is instant"),
    gateTimeoutMinutes: whole(1, 1440, "minutes after which a pause rolls back by itself"),
    gates,
  }),
});

export type AgentManifest = Readonly<v.InferOutput<typeof agentManifestSchema>>;
export type SmokeRequest = AgentManifest["rollout"]["gates"]["smoke"][number];

function whole(min: number, max: number, meaning: string) {
  const allowed = `a whole number from ${min} to ${max} (${meaning})`;
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max), v.description(allowed));
}

function percent(meaning: string) {
  return v.pipe(v.number(), v.minValue(0), v.maxValue(100), v.description(`a percentage from 0 to 100 (${meaning})`));
}

function choice<const Values extends readonly (string | number)[]>(values: Values, meaning: string) {
  return v.pipe(v.picklist(values), v.description(`${oneOf(values)} (${meaning})`));
}

function pattern(expression: RegExp, allowed: string) {
  return v.pipe(v.string(), v.regex(expression), v.description(allowed));
}

function steps(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / 1024 + 1 }, (_, index) => from + index * 1024);
}
