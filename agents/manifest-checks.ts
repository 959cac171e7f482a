import { type AgentManifest, FARGATE_SIZES } from "./manifest-schema.ts";
import { oneOf, type Problem, shown } from "./problems.ts";

/** Set by the image or the task definition for every agent; a manifest that set them too would fight the platform. */
const RESERVED = /^(PORT|ROUTE_PATH|NODE_ENV|AGENT_[A-Z0-9_]+|AWS_[A-Z0-9_]+)$/;

/**
 * Rules between several values of one manifest. They read the JSON as it is, and skip what is not there, so that
 * they report along with the faults of single values.
 */
export function relationProblems(json: unknown): Problem[] {
  const at = (path: string): unknown =>
    path.split(".").reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), json);
  return [
    ...memoryProblems(at("container.cpu"), at("container.memoryMiB")),
    ...orderProblems(at, "scale.min", "scale.max", "at most"),
    ...orderProblems(at, "health.timeoutSeconds", "health.intervalSeconds", "less than"),
    ...listProblems("calls", at("calls"), at("name")),
    ...listProblems("secrets", at("secrets")),
    ...listProblems("container.architecture", at("container.architecture")),
    ...environmentProblems(at("environment"), at("calls"), at("secrets")),
    ...smokeProblems(at("rollout.gates.smoke")),
  ];
}

/** Rules between the manifests of one fleet: peers exist; ids, routes and ports are not shared. */
export function fleetProblems(
  manifests: readonly AgentManifest[],
  folders: readonly string[],
): { readonly agent: string; readonly problem: Problem }[] {
  const found: { agent: string; problem: Problem }[] = [];
  const known = folders.length > 0 ? `the name of an agent: ${oneOf(folders)}` : "nothing: there is no other agent";
  for (const { name, calls } of manifests)
    for (const [index, peer] of calls.entries())
      if (!folders.includes(peer))
        found.push({ agent: name, problem: { path: `calls.${index}`, value: shown(peer), allowed: known } });
  for (const [path, pick] of UNIQUE) {
    const owners = new Map<string | number, string>();
    for (const manifest of manifests) {
      const owner = owners.get(pick(manifest));
      const allowed = `a value that no other agent has; ${owner} has this one`;
      if (owner) found.push({ agent: manifest.name, problem: { path, value: shown(pick(manifest)), allowed } });
      else owners.set(pick(manifest), manifest.name);
    }
  }
  return found;
}

const UNIQUE: readonly (readonly [string, (manifest: AgentManifest) => string | number])[] = [
  ["agentId", (manifest) => manifest.agentId],
  ["route.path", (manifest) => manifest.route.path],
  ["route.host", (manifest) => manifest.route.host],
  ["container.port", (manifest) => manifest.container.port],
];

function memoryProblems(cpu: unknown, memory: unknown): Problem[] {
  const sizes = typeof cpu === "number" ? FARGATE_SIZES[cpu] : undefined;
  if (!sizes || typeof memory !== "number" || sizes.includes(memory)) return [];
  const allowed = `MiB that Fargate offers with ${cpu} CPU units: ${oneOf(sizes)}`;
  return [{ path: "container.memoryMiB", value: shown(memory), allowed }];
}

function orderProblems(
  at: (path: string) => unknown,
  low: string,
  high: string,
  relation: "at most" | "less than",
): Problem[] {
  const [small, great] = [at(low), at(high)];
  if (typeof small !== "number" || typeof great !== "number") return [];
  if (small < great || (small === great && relation === "at most")) return [];
  return [{ path: low, value: shown(small), allowed: `${relation} ${high}, which is ${great}` }];
}

function listProblems(path: string, list: unknown, self?: unknown): Problem[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry, index) => {
    const where = { path: `${path}.${index}`, value: shown(entry) };
    if (entry === self && self !== undefined) return [{ ...where, allowed: "agents other than itself" }];
    return list.indexOf(entry) < index ? [{ ...where, allowed: "each entry once" }] : [];
  });
}

function environmentProblems(environment: unknown, calls: unknown, secrets: unknown): Problem[] {
  if (!isObject(environment)) return [];
  const strings = (list: unknown) => (Array.isArray(list) ? list.filter((entry) => typeof entry === "string") : []);
  const capitals = (word: string) => word.toUpperCase().replaceAll("-", "_");
  const given = new Map([
    ...strings(calls).map((peer) => [`${capitals(peer)}_URL`, `the platform sets it: the URL of ${peer}`] as const),
    ...strings(secrets).map((key) => [capitals(key), `it comes from the secret's key ${key}`] as const),
  ]);
  return Object.keys(environment).flatMap((key) => {
    const reason = given.get(key) ?? (RESERVED.test(key) ? "the platform sets it" : undefined);
    if (!reason) return [];
    return [{ path: `environment.${key}`, value: shown(environment[key]), allowed: `another name; ${reason}` }];
  });
}

function smokeProblems(smoke: unknown): Problem[] {
  if (!Array.isArray(smoke)) return [];
  return smoke.flatMap((request: unknown, index) => {
    if (!isObject(request) || request.method !== "GET" || request.body === undefined) return [];
    const path = `rollout.gates.smoke.${index}.body`;
    return [{ path, value: shown(request.body), allowed: "nothing: a GET request has no body" }];
  });
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
