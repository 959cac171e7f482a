import { describe, expect, test } from "@jest/globals";
import { commitB, digestA, digestB, requestFor, uriOf } from "./alpha.fixture.ts";
import { type Facts, gatherFacts } from "./facts.ts";
import { Fleet } from "./fleet.fixture.ts";
import { plan, standing } from "./plan.ts";
import { preflight } from "./preflight.ts";

const request = requestFor();
const facts = await gatherFacts(request, new Fleet().ports);
const contents = { architectures: ["amd64"], revision: commitB, labels: {} };
const blue = facts.production?.groups[0] ?? "";
const rule = (groups: string[], exists = true) => ({ arn: "arn:rule", exists, groups });

const faults: readonly [string, Partial<Facts>, string][] = [
  ["no service", { service: undefined }, "service"],
  ["a draining service", { service: { ...facts.service, status: "DRAINING" } }, "service"],
  ["another controller", { service: { ...facts.service, deploymentController: { type: "CODE_DEPLOY" } } }, "service"],
  ["no image", { image: undefined }, "image"],
  ["another architecture", { contents: { ...contents, architectures: ["arm64"] } }, "architecture"],
  ["an image of another commit", { contents: { ...contents, revision: "c".repeat(40) } }, "source"],
  ["another port", { routing: { ...facts.routing, containerPort: 80 } }, "port"],
  ["another container", { routing: { ...facts.routing, container: "beta" } }, "port"],
  ["a reset rule", { production: rule(["arn:aws:elb:targetgroup/prod-alpha-green/2"]) }, "production rule"],
  ["split weights", { production: rule([blue, "arn:aws:elb:targetgroup/prod-alpha-green/2"]) }, "production rule"],
  ["a deleted rule", { production: rule([], false) }, "production rule"],
  ["a dead live version", { targets: [{ target: "t", state: "unhealthy" }] }, "production rule"],
  ["a test rule of another service", { test: rule(["arn:aws:elb:targetgroup/other/9"]) }, "test rule"],
  ["no rules at all", { production: undefined, test: undefined }, "rules"],
  ["no log group", { logGroup: { name: "/ecs/alpha", exists: false } }, "log group"],
  ["a missing secret", { secrets: [{ id: "arn:secret", exists: false }] }, "secrets"],
  ["a refused digest", { blocked: [{ digest: digestB, reason: "slow", actor: "kim", at: "2026-01-01" }] }, "blocked"],
  ["another deployment", { newest: { status: "IN_PROGRESS" } }, "deployment"],
];

describe("preflight", () => {
  test("a sound service has no problem", () => {
    const checks = preflight(request, { ...facts, contents });
    expect(checks.filter((check) => check.status !== "ok")).toEqual([]);
    expect(checks.map((check) => check.name)).toEqual([
      "service",
      "image",
      "architecture",
      "source",
      "port",
      "deployment",
      "production rule",
      "test rule",
      "log group",
      "secrets",
      "blocked",
    ]);
  });

  test.each(faults)("%s is refused with a way out, and nothing changes", (_, fault, name) => {
    const faulty = { ...facts, contents, ...fault };
    const checks = preflight(request, faulty);
    const problems = checks.filter((check) => check.status === "problem");
    expect(problems.map((check) => check.name)).toEqual([name]);
    expect(problems[0]?.fix).toBeTruthy();
    expect(plan(request, faulty, checks)).toMatchObject({ kind: "end", verdict: "REFUSED" });
  });

  test("all problems come at once", () => {
    const faulty = { ...facts, image: undefined, logGroup: { name: "x", exists: false } };
    const problems = preflight(request, faulty).filter((check) => check.status === "problem");
    expect(problems.map((check) => check.name)).toEqual(["image", "log group"]);
  });

  test("what this role may not look at is skipped, not passed", () => {
    const blind = { ...facts, contents: undefined, secrets: [{ id: "s" }], logGroup: { name: "x" } };
    const skipped = preflight(request, blind).filter((check) => check.status === "skipped");
    expect(skipped.map((check) => check.name)).toEqual(["architecture", "source", "log group", "secrets"]);
  });
});

describe("the age of a commit", () => {
  const record = (commit: string, digest: string, rollbackOf?: string) => ({
    ...{ digest, image: uriOf(digest), commit, run: "", actor: "", verdict: "DEPLOYED" as const, at: "", rollbackOf },
  });
  const [a, b] = ["a".repeat(40), "b".repeat(40)];

  test("git's word comes first", () => {
    expect(standing(a, { ancestry: "newer", history: [record(b, digestB), record(a, digestA)] })).toBe("newer");
  });
  test("the ledger's order tells where git cannot", () => {
    expect(standing(a, { ancestry: "unknown", history: [record(b, digestB), record(a, digestA)] })).toBe("older");
  });
  test("a rollback makes the ledger's order say nothing", () => {
    const history = [record(a, digestA, digestB), record(b, digestB), record(a, digestA)];
    expect(standing(b, { ancestry: "unknown", history })).toBe("unknown");
  });
});

test("an equal revision that an earlier attempt registered is used again", async () => {
  const fleet = new Fleet();
  const first = plan(request, facts, []);
  if (first.kind !== "deploy" || !first.register) throw new Error("expected a registration");
  await fleet.cloud.ecs.register(first.register);
  const again = plan(request, await gatherFacts(request, fleet.ports), []);
  expect(again).toMatchObject({ kind: "deploy", taskDefinition: "arn:aws:ecs:task-definition/alpha:2" });
  expect(again).not.toHaveProperty("register");
});
