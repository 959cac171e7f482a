import type { ServiceDeployment } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { advance, type Ending, type FollowRules, type Observation, startFollowing } from "./advance.ts";
import { judge } from "./judge.ts";
import type { Proof } from "./proof.ts";
import { isTerminal } from "./status.ts";
import { isGreen } from "./verdict.ts";

const statuses = [
  "PENDING",
  "IN_PROGRESS",
  "SUCCESSFUL",
  "STOPPED",
  "STOP_REQUESTED",
  "ROLLBACK_REQUESTED",
  "ROLLBACK_IN_PROGRESS",
  "ROLLBACK_SUCCESSFUL",
  "ROLLBACK_FAILED",
] as const;
const stages = ["SCALE_UP", "POST_TEST_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP", "A_STAGE_OF_NEXT_YEAR"];
const start = new Date("2026-01-01T00:00:00Z");
const rules: FollowRules = {
  waitUntil: "finished",
  onCancel: "rollback",
  deadline: new Date(start.getTime() + 600_000),
  giveUpAt: new Date(start.getTime() + 1_200_000),
};

const deployment = (status: string, stage?: string, hook?: string): ServiceDeployment => ({
  status: status as ServiceDeployment["status"],
  lifecycleStage: stage as ServiceDeployment["lifecycleStage"],
  lifecycleHookDetails: hook ? [{ hookId: hook, status: "AWAITING_ACTION", targetType: "PAUSE" }] : [],
});
const look = (change: Partial<Observation>): Observation => ({
  at: start,
  deployment: deployment("IN_PROGRESS", "SCALE_UP"),
  events: [],
  cancelled: false,
  ...change,
});
const late = new Date(start.getTime() + 700_000);

describe("advance", () => {
  const cases: readonly [string, Partial<Observation>, Partial<FollowRules>, unknown][] = [
    ["waits while tasks start", {}, {}, { kind: "wait" }],
    [
      "waits at a stage it does not know",
      { deployment: deployment("IN_PROGRESS", "A_STAGE_OF_NEXT_YEAR") },
      {},
      { kind: "wait" },
    ],
    [
      "measures gates at a pause",
      { deployment: deployment("IN_PROGRESS", "POST_TEST_TRAFFIC_SHIFT", "h1") },
      {},
      { kind: "gate", hookId: "h1", stage: "POST_TEST_TRAFFIC_SHIFT" },
    ],
    [
      "hands over at a pause when asked",
      { deployment: deployment("IN_PROGRESS", "POST_TEST_TRAFFIC_SHIFT", "h1") },
      { waitUntil: "paused" },
      { kind: "end", ending: { kind: "handed-over", stage: "POST_TEST_TRAFFIC_SHIFT" } },
    ],
    [
      "hands over in the bake when asked",
      { deployment: deployment("IN_PROGRESS", "BAKE_TIME") },
      { waitUntil: "shifted" },
      { kind: "end", ending: { kind: "handed-over", stage: "BAKE_TIME" } },
    ],
    ["stops a cancelled one", { cancelled: true }, {}, { kind: "stop", leave: true }],
    [
      "leaves a cancelled one that cannot go back",
      { cancelled: true, deployment: deployment("IN_PROGRESS", "CLEAN_UP") },
      {},
      { kind: "end", ending: { kind: "cancelled", asked: false } },
    ],
    ["stops a late one", { at: late }, {}, { kind: "stop", leave: false }],
    ["does not stop twice", { at: late, deployment: deployment("ROLLBACK_IN_PROGRESS") }, {}, { kind: "wait" }],
    ["a request for rollback is not yet one", { deployment: deployment("ROLLBACK_REQUESTED") }, {}, { kind: "wait" }],
  ];
  test.each(cases)("%s", (_, observed, changed, action) => {
    expect(advance(startFollowing(start), look(observed), { ...rules, ...changed }).action).toEqual(action);
  });

  test("answers each pause once, and a later pause again", () => {
    const first = advance(startFollowing(start), look({ deployment: deployment("IN_PROGRESS", "X", "h1") }), rules);
    const same = advance(first.state, look({ deployment: deployment("IN_PROGRESS", "X", "h1") }), rules);
    const next = advance(same.state, look({ deployment: deployment("IN_PROGRESS", "X", "h2") }), rules);
    expect([first.action.kind, same.action.kind, next.action.kind]).toEqual(["gate", "wait", "gate"]);
  });

  test("a request that loses the race against success ends as success", () => {
    const asked = advance(startFollowing(start), look({ at: late }), rules);
    const ended = advance(asked.state, look({ at: late, deployment: deployment("SUCCESSFUL") }), rules);
    expect(ended.action).toMatchObject({
      kind: "end",
      ending: { kind: "terminal", status: "SUCCESSFUL", stopped: "late" },
    });
  });
});

const anyObservation = fc.record({
  status: fc.constantFrom(...statuses),
  stage: fc.option(fc.constantFrom(...stages), { nil: undefined }),
  hook: fc.option(fc.constantFrom("h1", "h2"), { nil: undefined }),
  seconds: fc.integer({ min: 0, max: 2000 }),
  cancelled: fc.boolean(),
  newer: fc.option(fc.constant("arn:newer"), { nil: undefined }),
});
const anyProof: fc.Arbitrary<Proof> = fc.oneof(
  fc.record({
    kind: fc.constant("serves" as const),
    digest: fc.constantFrom("sha256:new", "sha256:old"),
    revision: fc.constantFrom("new", "old"),
    desired: fc.constantFrom(0, 1),
  }),
  fc.record({ kind: fc.constant("unproven" as const), why: fc.constant("why") }),
);

describe("whatever ECS shows, in whatever order", () => {
  test("following ends as terminal only with a status that cannot change", () => {
    fc.assert(
      fc.property(fc.array(anyObservation, { minLength: 1, maxLength: 12 }), (looks) => {
        let state = startFollowing(start);
        for (const { status, stage, hook, seconds, cancelled, newer } of looks) {
          const at = new Date(start.getTime() + seconds * 1000);
          const observation = look({ at, deployment: deployment(status, stage, hook), cancelled, newer });
          const step = advance(state, observation, rules);
          state = step.state;
          if (step.action.kind !== "end") continue;
          if (step.action.ending.kind === "terminal") expect(step.action.ending.status).toBe(status);
          expect(step.action.ending.kind === "terminal").toBe(isTerminal(status));
          return;
        }
      }),
    );
  });

  test("no verdict is green unless the new version serves, or a newer one took over, or somebody asked to hand over", () => {
    const ending: fc.Arbitrary<Ending> = fc.oneof(
      fc.record({
        kind: fc.constant("terminal" as const),
        status: fc.constantFrom("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"),
        newer: fc.option(fc.constant("arn:newer"), { nil: undefined }),
        stopped: fc.option(fc.constantFrom("late" as const, "cancelled" as const), { nil: undefined }),
      }),
      fc.constant({ kind: "late" as const }),
      fc.record({ kind: fc.constant("cancelled" as const), asked: fc.boolean() }),
    );
    const refusal = fc.option(fc.constant("gate smoke"), { nil: undefined });
    fc.assert(
      fc.property(ending, anyProof, refusal, (how, proof, refused) => {
        const { verdict } = judge({ ending: how, proof, digest: "sha256:new", revision: "new", refusal: refused });
        if (!isGreen(verdict)) return;
        if (how.kind !== "terminal") throw new Error(`${verdict} from ${how.kind}`);
        expect(["SUCCESSFUL", "STOPPED"]).toContain(how.status);
        const serves = proof.kind === "serves" && proof.digest === "sha256:new" && proof.revision === "new";
        if (verdict === "DEPLOYED") expect(serves && how.status === "SUCCESSFUL" && proof.desired > 0).toBe(true);
        else expect([verdict, how.newer]).toEqual(["SUPERSEDED", "arn:newer"]);
      }),
    );
  });
});
