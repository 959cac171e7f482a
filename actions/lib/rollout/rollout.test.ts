import type { Task } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "@jest/globals";
import { blockedParameter, imageParameter, ledgerParameter } from "../../../agents/naming.ts";
import { parseDigestUri } from "../images/reference.ts";
import { parseLedgerRecord } from "../ledger/record.ts";
import { alphaManifest, commitA, commitB, digestA, digestB, requestFor, uriOf } from "./alpha.fixture.ts";
import { Fleet, type FleetOptions } from "./fleet.fixture.ts";
import type { RolloutRequest } from "./request.ts";
import { rollOut } from "./rollout.ts";
import type { Verdict } from "./verdict.ts";

const ledger = ledgerParameter("prod", "alpha");
const proven = (digest: string, commit: string) =>
  JSON.stringify({
    ...{ digest, image: uriOf(digest), commit, run: "r", actor: "a", verdict: "DEPLOYED", at: "2026-01-01T00:00:00Z" },
  });

interface Scenario {
  readonly name: string;
  readonly fleet?: FleetOptions;
  readonly request?: Partial<RolloutRequest>;
  readonly verdict: Verdict;
  readonly cause?: string;
  /** Changes made to AWS, in order. */
  readonly calls: readonly string[];
}

const changes = ["register", "update BLUE_GREEN"];
const crash: Partial<Task> = { stopCode: "EssentialContainerExited", containers: [{ exitCode: 1 }] };
const elbKill = {
  stopCode: "ServiceSchedulerInitiated",
  stoppedReason: "Task failed ELB health checks in (target-group x)",
} as const;
const unhealthy = [{ target: "10.0.0.5:9001", state: "unhealthy", reason: "Target.ResponseCodeMismatch" }];
const breaker = { stage: "SCALE_UP", reason: "the circuit breaker threshold was exceeded." };

const scenarios: readonly Scenario[] = [
  { name: "a good version", verdict: "DEPLOYED", calls: [...changes, "CONTINUE"] },
  { name: "an older commit", fleet: { ancestry: "older" }, verdict: "STALE", calls: [] },
  {
    name: "an older commit, forced",
    fleet: { ancestry: "older" },
    request: { force: true },
    verdict: "DEPLOYED",
    calls: [...changes, "CONTINUE"],
  },
  {
    name: "an image that is not there",
    fleet: { imageMissing: true },
    verdict: "REFUSED",
    cause: "preflight: image",
    calls: [],
  },
  {
    name: "an image of another repository",
    request: { image: parseDigestUri(`registry.test/karmacadabra/beta@${digestB}`) },
    verdict: "REFUSED",
    cause: "preflight: image",
    calls: [],
  },
  { name: "a service of 0 tasks", fleet: { desired: 0 }, verdict: "EMPTY", calls: [] },
  {
    name: "a service of 0 tasks, allowed",
    fleet: { desired: 0 },
    request: { allowEmpty: true },
    verdict: "EMPTY",
    calls: [...changes, "CONTINUE"],
  },
  {
    name: "a crash at start",
    fleet: { failAt: breaker, stoppedTasks: [crash], log: ["Error: no port"] },
    verdict: "ROLLED_BACK",
    cause: "crash",
    calls: changes,
  },
  {
    name: "never healthy",
    fleet: { failAt: breaker, stoppedTasks: [elbKill], greenTargets: unhealthy },
    verdict: "ROLLED_BACK",
    cause: "unhealthy",
    calls: changes,
  },
  {
    name: "an image that cannot be pulled",
    fleet: {
      failAt: breaker,
      stoppedTasks: [{ stopCode: "TaskFailedToStart", stoppedReason: "CannotPullContainerError: not found" }],
    },
    verdict: "ROLLED_BACK",
    cause: "image-missing",
    calls: changes,
  },
  {
    name: "a stale image",
    fleet: { commit: commitA },
    verdict: "ROLLED_BACK",
    cause: "stale-image",
    calls: [...changes, "ROLLBACK"],
  },
  {
    name: "errors after health",
    fleet: { smokeStatus: 500 },
    verdict: "ROLLED_BACK",
    cause: "smoke-errors",
    calls: [...changes, "ROLLBACK"],
  },
  {
    name: "a gate that cannot be measured",
    fleet: { smokeStatus: 503 },
    verdict: "ROLLED_BACK",
    cause: "gate-unmeasured",
    calls: [...changes, "ROLLBACK"],
  },
  { name: "another deployment took over", fleet: { supersedeAt: "SCALE_UP" }, verdict: "SUPERSEDED", calls: changes },
  { name: "stopped without rollback", fleet: { stopAt: "SCALE_UP" }, verdict: "STOPPED", calls: changes },
  {
    name: "no rollback candidate",
    fleet: {
      failAt: { stage: "SCALE_UP", reason: "No rollback candidate was found" },
      rollbackEnds: "ROLLBACK_FAILED",
    },
    verdict: "ROLLBACK_FAILED",
    cause: "first-deployment",
    calls: changes,
  },
  {
    name: "stuck at start",
    fleet: { stickAt: "SCALE_UP" },
    verdict: "TIMED_OUT",
    cause: "too-late",
    calls: [...changes, "stop"],
  },
  {
    name: "success that does not serve",
    fleet: { ruleStays: true },
    verdict: "ROLLBACK_FAILED",
    calls: [...changes, "CONTINUE"],
  },
  { name: "handed over at the pause", request: { waitUntil: "paused" }, verdict: "PAUSED", calls: changes },
  {
    name: "handed over after the shift",
    request: { waitUntil: "shifted" },
    verdict: "PAUSED",
    calls: [...changes, "CONTINUE"],
  },
];

describe("a deployment ends with its verdict", () => {
  test.each(scenarios)("$name: $verdict", async ({ fleet: options, request, verdict, cause, calls }) => {
    const fleet = new Fleet(options);
    fleet.parameters.set(ledger, [proven(digestA, commitA)]);
    const result = await rollOut(requestFor(request), fleet.ports);
    expect(result.verdict).toBe(verdict);
    expect(fleet.calls).toEqual(calls);
    if (cause) expect(result.causes[0]?.kind).toBe(cause);
    const recorded = parseLedgerRecord(fleet.parameters.get(ledger)?.[0])?.digest;
    expect(recorded).toBe(verdict === "DEPLOYED" ? digestB : digestA);
    expect(result.green).toBe(
      ["DEPLOYED", "STALE", "SUPERSEDED", "PAUSED"].includes(verdict) || Boolean(request?.allowEmpty),
    );
  });
});

describe("a digest that serves already", () => {
  const live = { image: parseDigestUri(uriOf(digestA)), commit: commitA };

  test("is unchanged when the ledger says it was proven", async () => {
    const fleet = new Fleet();
    fleet.parameters.set(ledger, [proven(digestA, commitA)]);
    expect(await rollOut(requestFor(live), fleet.ports)).toMatchObject({ verdict: "UNCHANGED", green: true });
    expect(fleet.calls).toEqual([]);
  });

  test("is proven in production and recorded when it never was", async () => {
    const fleet = new Fleet({ commit: commitA });
    const result = await rollOut(requestFor(live), fleet.ports);
    expect(result).toMatchObject({ verdict: "DEPLOYED", url: "http://lb.test/alpha" });
    expect(result.gates.map((gate) => gate.outcome)).toEqual(["pass", "pass", "pass"]);
    expect(fleet.parameters.get(imageParameter("prod", "alpha"))?.[0]).toBe(uriOf(digestA));
    expect(parseLedgerRecord(fleet.parameters.get(ledger)?.[0])?.commit).toBe(commitA);
  });

  test("is red and not recorded when it fails its gates", async () => {
    const fleet = new Fleet({ commit: commitB });
    const result = await rollOut(requestFor(live), fleet.ports);
    expect(result).toMatchObject({ verdict: "ROLLBACK_FAILED", green: false });
    expect(result.causes[0]?.kind).toBe("stale-image");
    expect(fleet.parameters.get(ledger)).toBeUndefined();
  });
});

describe("other runs", () => {
  test("a second run follows its own deployment and answers its pause", async () => {
    const fleet = new Fleet();
    await rollOut(requestFor({ waitUntil: "paused" }), fleet.ports);
    const again = await rollOut(requestFor(), fleet.ports);
    expect(again.verdict).toBe("DEPLOYED");
    expect(fleet.calls).toEqual([...changes, "CONTINUE"]);
    expect(fleet.lines).toContainEqual(expect.stringContaining("following our own deployment"));
  });

  test("another digest's deployment is not superseded", async () => {
    const fleet = new Fleet();
    await rollOut(requestFor({ waitUntil: "paused" }), fleet.ports);
    const other = parseDigestUri(uriOf(`sha256:${"c".repeat(64)}`));
    const result = await rollOut(requestFor({ image: other, commit: "c".repeat(40) }), fleet.ports);
    expect(result).toMatchObject({ verdict: "REFUSED" });
    expect(result.causes[0]?.title).toContain("another deployment");
  });

  test("a pause that nobody answers rolls back, and the next look explains it", async () => {
    const fleet = new Fleet({ hookTimesOut: true });
    await rollOut(requestFor({ waitUntil: "paused" }), fleet.ports);
    fleet.tick();
    const result = await rollOut(requestFor(), fleet.ports);
    expect(result).toMatchObject({ verdict: "ROLLED_BACK" });
    expect(result.causes[0]?.kind).toBe("hook-timed-out");
  });

  test("a blocked digest is refused unless forced, and forcing lifts the block", async () => {
    const fleet = new Fleet();
    const blocked = blockedParameter("prod", "alpha");
    fleet.parameters.set(blocked, [
      JSON.stringify([{ digest: digestB, reason: "slow", actor: "kim", at: "2026-01-01" }]),
    ]);
    const refused = await rollOut(requestFor(), fleet.ports);
    expect(refused.causes[0]?.title).toContain("refused by a rollback of kim");
    expect((await rollOut(requestFor({ force: true }), fleet.ports)).verdict).toBe("DEPLOYED");
    expect(fleet.parameters.get(blocked)?.[0]).toBe("[]");
  });
});

describe("a rolling deployment, which has no pause", () => {
  const manifest = { ...alphaManifest(), rollout: { ...alphaManifest().rollout, strategy: "rolling" as const } };

  test("is measured where it serves", async () => {
    const result = await rollOut(requestFor({ manifest }), new Fleet({ noPause: true }).ports);
    expect([result.verdict, result.gates.length]).toEqual(["DEPLOYED", 3]);
  });

  test("is red and not recorded when its gates refuse it", async () => {
    const fleet = new Fleet({ noPause: true, smokeStatus: 500 });
    const result = await rollOut(requestFor({ manifest }), fleet.ports);
    expect([result.verdict, result.causes[0]?.kind]).toEqual(["ROLLBACK_FAILED", "smoke-errors"]);
    expect(fleet.parameters.get(ledger)).toBeUndefined();
  });
});

describe("a cancelled job", () => {
  test.each([
    ["rollback", ["stop"]],
    ["leave", []],
  ] as const)("with on-cancel %s", async (onCancel, asked) => {
    const fleet = new Fleet();
    fleet.onSleep = () => {
      if (fleet.stage === "SCALE_UP") fleet.cancel.abort(new Error("cancelled"));
    };
    const result = await rollOut(requestFor({ onCancel }), fleet.ports);
    expect(result.verdict).toBe("STOPPED");
    expect(fleet.calls).toEqual([...changes, ...asked]);
  });
});

test("every change is printed once", async () => {
  const fleet = new Fleet();
  await rollOut(requestFor({ manifest: alphaManifest() }), fleet.ports);
  const stages = fleet.lines.filter((line) => /BAKE_TIME|SCALE_UP|CLEAN_UP/.test(line));
  expect(stages).toEqual([
    expect.stringContaining("PRE_SCALE_UP"),
    expect.stringMatching(/\+ +\d+ s {2}SCALE_UP$/),
    expect.stringContaining("BAKE_TIME"),
    expect.stringContaining("CLEAN_UP"),
  ]);
});
