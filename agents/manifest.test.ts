import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type AgentManifest, ManifestError, parseManifest, readManifests } from "./manifest.ts";
import { sentenceOf } from "./problems.ts";

/** Values by dotted path; `undefined` takes the key away. */
type Changes = Readonly<Record<string, unknown>>;

const good = (name = "alpha", changes: Changes = {}): AgentManifest => {
  const manifest = {
    name,
    purpose: "Answers.",
    agentId: 1,
    build: { kind: "node", entry: "src/main.ts" },
    container: { port: 9001, cpu: 256, memoryMiB: 512, architecture: "arm64", stopTimeoutSeconds: 30 },
    health: { path: "/health", intervalSeconds: 10, timeoutSeconds: 3, healthyThreshold: 2, unhealthyThreshold: 2 },
    route: { path: `/${name}`, host: name },
    calls: [],
    environment: { LOG_LEVEL: "info" },
    secrets: ["private_key"],
    scale: { min: 1, max: 3, cpuPercent: 75, memoryPercent: 80, capacity: "spot" },
    rollout: {
      strategy: "blue-green",
      bakeMinutes: 5,
      gateTimeoutMinutes: 15,
      gates: {
        errorRatePercent: 1,
        latencyMs: 500,
        slowPercent: 5,
        minimumRequests: 50,
        smoke: [{ method: "GET", path: "/", expect: { status: 200, json: { agent: "string" } } }],
      },
    },
  };
  for (const [path, value] of Object.entries(changes)) change(manifest, path.split("."), value);
  return manifest as AgentManifest;
};

function change(target: object, [key = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length > 0) change(Reflect.get(target, key), rest, value);
  else if (value === undefined) Reflect.deleteProperty(target, key);
  else Reflect.set(target, key, value);
}

const bad: readonly (readonly [title: string, changes: Changes, sentences: readonly string[]])[] = [
  ["a missing key", { agentId: undefined }, ["agentId is missing; allowed: a whole number from 1 to 1000000"]],
  [
    "a missing object",
    { container: undefined },
    ["container is missing; allowed: an object with the keys port, cpu, memoryMiB"],
  ],
  [
    "several unknown keys, also such as every object has",
    { replicas: 2, constructor: 1, "scale.maximum": 9 },
    [
      "scale.maximum is an unknown key; allowed: only the keys min, max, cpuPercent",
      "replicas is an unknown key; allowed: only the keys $schema, name, purpose",
      "constructor is an unknown key",
    ],
  ],
  ["a name with capitals", { name: "Alpha" }, ['name is "Alpha"; allowed: 3-32 characters']],
  ["a port as text", { "container.port": "80" }, ['container.port is "80"; allowed: a whole']],
  ["a port with a fraction", { "container.port": 0.5 }, ["container.port is 0.5; allowed: a"]],
  [
    "CPU units that Fargate does not offer",
    { "container.cpu": 300 },
    ["container.cpu is 300; allowed: 256, 512, 1024, 2048 or 4096 (CPU units that Fargate offers)"],
  ],
  [
    "memory that Fargate does not offer, along with another fault of the container",
    { "container.memoryMiB": 4096, "container.stopTimeoutSeconds": 500 },
    [
      "container.stopTimeoutSeconds is 500; allowed: a whole number from 2 to 120",
      "container.memoryMiB is 4096; allowed: MiB that Fargate offers with 256 CPU units: 512, 1024 or 2048",
    ],
  ],
  ["an unknown builder", { build: { kind: "make" } }, ['build.kind is "make"; allowed: "node" or "dockerfile"']],
  [
    "a builder's key missing and another's given",
    { build: { kind: "node", file: "Dockerfile" } },
    [
      "build.entry is missing; allowed: a path inside",
      "build.file is an unknown key; allowed: only the keys kind, entry",
    ],
  ],
  [
    "an entry outside the agent's folder",
    { "build.entry": "../beta/main.ts" },
    ['build.entry is "../beta/main.ts"; allowed: a path inside the agent\'s folder'],
  ],
  [
    "a health check that answers later than the next one starts",
    { "health.timeoutSeconds": 10 },
    ["health.timeoutSeconds is 10; allowed: less than health.intervalSeconds, which is 10"],
  ],
  ["more tasks at least than at most", { "scale.min": 4 }, ["scale.min is 4; allowed: at most"]],
  ["a route that takes everything", { "route.path": "/" }, ['route.path is "/"; allowed: a URL']],
  ["an agent that calls itself", { calls: ["alpha"] }, ['calls.0 is "alpha"; allowed: agents']],
  [
    "environment that the platform sets",
    { environment: { PORT: "1", BETA_URL: "x", PRIVATE_KEY: "k", DEBUG: 1 }, calls: ["beta"] },
    [
      "environment.DEBUG is 1; allowed: a string",
      'environment.PORT is "1"; allowed: another name; the platform sets it',
      'environment.BETA_URL is "x"; allowed: another name; the platform sets it: the URL of beta',
      'environment.PRIVATE_KEY is "k"; allowed: another name; it comes from the secret\'s key private_key',
    ],
  ],
  ["a secret twice", { "secrets.1": "private_key" }, ['secrets.1 is "private_key"; allowed: each entry once']],
  [
    "an unknown processor in a list",
    { "container.architecture": ["arm64", "riscv"] },
    ['container.architecture is ["arm64","riscv"]; allowed: arm64 or amd64, or a list of both'],
  ],
  [
    "smoke requests with faults",
    { "rollout.gates.smoke": [{ method: "FETCH", path: "health", expect: { status: 99, json: { a: "integer" } } }] },
    [
      'rollout.gates.smoke.0.method is "FETCH"; allowed: GET, POST, PUT or DELETE',
      'rollout.gates.smoke.0.path is "health"; allowed: an absolute URL path',
      "rollout.gates.smoke.0.expect.status is 99; allowed: a whole number from 100 to 599",
      'rollout.gates.smoke.0.expect.json.a is "integer"; allowed: string, number, boolean, object, array or null',
    ],
  ],
  ["a percentage above 100", { "scale.cpuPercent": 101 }, ["scale.cpuPercent is 101; allowed: a"]],
];

describe("parseManifest", () => {
  test("returns a good manifest as it is", () => {
    expect(parseManifest("agent.json", good())).toEqual({ manifest: good(), problems: [] });
  });

  test.each(bad)("refuses %s", (_title, changes, sentences) => {
    const { manifest, problems } = parseManifest("agent.json", good("alpha", changes));
    expect(manifest).toBeUndefined();
    expect(problems.map(sentenceOf)).toEqual(sentences.map((sentence) => expect.stringContaining(sentence)));
  });

  test.each([
    ["a list", []],
    ["null", null],
    ["a string", "agent"],
  ])("refuses %s instead of an object", (value, json) => {
    expect(parseManifest("agent.json", json).problems).toEqual([
      { file: "agent.json", path: "", value, allowed: "one JSON object, {…}" },
    ]);
  });

  test("never throws on any JSON, and never accepts without a manifest", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const { manifest, problems } = parseManifest("agent.json", json);
        return (manifest === undefined) === problems.length > 0;
      }),
    );
  });

  test("never throws on a good manifest with any part replaced by any JSON", () => {
    const paths = Object.entries(good()).flatMap(([key, value]) =>
      typeof value === "object" ? [[key], ...Object.keys(value).map((inner) => [key, inner])] : [[key]],
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), ([key = "", inner], json) => {
        const manifest = good("alpha", { [inner ? `${key}.${inner}` : key]: json });
        const parsed = parseManifest("agent.json", manifest);
        return (parsed.manifest === undefined) === parsed.problems.length > 0;
      }),
    );
  });
});

describe("readManifests", () => {
  const folder = mkdtempSync(join(tmpdir(), "manifests-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (fleet: string, agent: string, text: unknown) => {
    mkdirSync(join(folder, fleet, agent), { recursive: true });
    const json = typeof text === "string" ? text : JSON.stringify(text);
    writeFileSync(join(folder, fleet, agent, "agent.json"), json);
    return join(folder, fleet);
  };
  const messageOf = (agentsDir: string): string => {
    try {
      readManifests(agentsDir);
    } catch (error) {
      if (error instanceof ManifestError) return error.message;
      throw error;
    }
    return "";
  };

  test("reads the agents of this repository", () => {
    const manifests = readManifests(import.meta.dirname);
    expect(manifests.length).toBeGreaterThan(0);
    expect(new Set(manifests.map((m) => m.agentId)).size).toBe(manifests.length);
  });

  test("reports the problems of all files at once, one a line, with the file", () => {
    write("broken", "alpha", "{ not JSON");
    write("broken", "beta", good("gamma"));
    const dir = write("broken", "delta", good("delta", { agentId: 0, calls: ["alpha", "omega"] }));
    const lines = messageOf(dir).split("\n");
    expect(lines[0]).toBe("3 problems in agent manifests:");
    expect(lines[1]).toMatch(/alpha\/agent\.json: is not JSON \(.*\); allowed: one JSON object/);
    expect(lines[2]).toMatch(/beta\/agent\.json: name is "gamma"; allowed: the name of its folder, "beta"/);
    expect(lines[3]).toMatch(/delta\/agent\.json: agentId is 0; allowed: a whole number/);
    expect(lines).toHaveLength(4);
  });

  test("refuses what two agents may not share, and peers that are not there", () => {
    write("shared", "alpha", good("alpha"));
    const dir = write("shared", "beta", good("beta", { calls: ["omega"] }));
    const message = messageOf(dir);
    expect(message).toContain('calls.0 is "omega"; allowed: the name of an agent: alpha or beta');
    expect(message).toContain("agentId is 1; allowed: a value that no other agent has; alpha has this one");
    expect(message).toContain("container.port is 9001");
  });

  test("names a folder that is not there", () => {
    expect(messageOf(join(folder, "nowhere"))).toContain("is not a folder; allowed: the folder that holds the agents");
  });
});
