import { describe, expect, test } from "@jest/globals";
import type { LedgerRecord } from "../lib/ledger/record.ts";
import { commitA, digestA, digestB, requestFor, uriOf } from "../lib/rollout/alpha.fixture.ts";
import { gatherFacts, type ServiceFacts } from "../lib/rollout/facts.ts";
import { Fleet } from "../lib/rollout/fleet.fixture.ts";
import { describePlan, planRollback } from "./decision.ts";

const facts: ServiceFacts = await gatherFacts(requestFor(), new Fleet().ports);
const older: LedgerRecord = {
  ...{
    digest: digestB,
    image: uriOf(digestB),
    commit: commitA,
    run: "r",
    actor: "a",
    verdict: "DEPLOYED",
    at: "2026-01-01",
  },
};
const trail = { history: [older], blocked: [] };
const previous = { kind: "previous" } as const;
const running = (lifecycleStage: "BAKE_TIME" | "CLEAN_UP"): ServiceFacts => ({
  ...facts,
  newest: {
    status: "IN_PROGRESS",
    lifecycleStage,
    serviceDeploymentArn: "arn:d",
    targetServiceRevision: { arn: "arn:r" },
  },
  newestTarget: { containerImages: [{ containerName: "alpha", imageDigest: digestA }] },
});

describe("planning a rollback", () => {
  test("in the bake it stops the deployment: the old version still runs", () => {
    const plan = planRollback(previous, running("BAKE_TIME"), trail);
    expect(plan).toEqual({ kind: "stop", deploymentArn: "arn:d", revisionArn: "arn:r", refused: digestA });
    expect(describePlan(plan)).toMatch(/^Stop the running deployment of aaaaaaaaaaaa/);
  });

  test("afterwards it deploys the earlier proven digest", () => {
    const plan = planRollback(previous, facts, trail);
    expect(plan).toEqual({ kind: "deploy", record: older, refused: digestA });
    expect(describePlan(plan)).toBe(
      "Deploy bbbbbbbbbbbb of commit aaaaaaaaaaaa, proven 2026-01-01, in place of aaaaaaaaaaaa, through the same gates.",
    );
  });

  test.each([
    ["when the old version is being stopped", previous, running("CLEAN_UP"), /CLEAN_UP/],
    [
      "a version by name while a deployment runs",
      { kind: "commit", commit: commitA } as const,
      running("BAKE_TIME"),
      /End it first/,
    ],
    ["without a service", previous, { ...facts, service: undefined }, /does not exist/],
    ["when the live digest is unknown", previous, { ...facts, liveDigest: undefined }, /which digest is live/],
    ["a commit that was never proven", { kind: "commit", commit: "f".repeat(40) } as const, facts, /was never proven/],
  ])("refuses %s", (_, to, known, reason) => {
    expect(planRollback(to, known, trail)).toEqual({ kind: "refuse", reason: expect.stringMatching(reason) });
  });

  test("refuses when nothing earlier is known", () => {
    expect(planRollback(previous, facts, { history: [], blocked: [] })).toMatchObject({ kind: "refuse" });
  });
});
