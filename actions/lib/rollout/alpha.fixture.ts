import { parseManifest } from "../../../agents/manifest.ts";
import { parseDigestUri } from "../images/reference.ts";
import type { RolloutRequest } from "./request.ts";

/** For tests: an agent with two versions, A and B, and a request to deploy B. */
export const digestA = `sha256:${"a".repeat(64)}`;
export const digestB = `sha256:${"b".repeat(64)}`;
export const commitA = "a".repeat(40);
export const commitB = "b".repeat(40);
export const uriOf = (digest: string) => `registry.test/karmacadabra/alpha@${digest}`;
export function alphaManifest() {
  const { manifest, problems } = parseManifest("alpha", {
    name: "alpha",
    purpose: "Tests.",
    agentId: 1,
    build: { kind: "node", entry: "src/main.ts" },
    container: { port: 9001, cpu: 256, memoryMiB: 512, architecture: "amd64", stopTimeoutSeconds: 30 },
    health: { path: "/health", intervalSeconds: 10, timeoutSeconds: 3, healthyThreshold: 2, unhealthyThreshold: 2 },
    route: { path: "/alpha", host: "alpha" },
    calls: [],
    environment: {},
    secrets: [],
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
        smoke: [{ method: "POST", path: "/ask", body: {}, expect: { status: 200, json: { answer: "string" } } }],
      },
    },
  });
  if (!manifest) throw new Error(JSON.stringify(problems));
  return manifest;
}

export const requestFor = (change: Partial<RolloutRequest> = {}): RolloutRequest => ({
  stage: "prod",
  manifest: alphaManifest(),
  image: parseDigestUri(uriOf(digestB)),
  commit: commitB,
  mode: "deploy",
  force: false,
  allowEmpty: false,
  waitUntil: "finished",
  waitMinutes: 30,
  pollSeconds: 5,
  onCancel: "rollback",
  actor: "someone",
  run: "https://example.test/run/1",
  ...change,
});
