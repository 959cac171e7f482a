import type { LoadBalancer } from "@aws-sdk/client-ecs";
import type { Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { groupsOf, readRoute, weightedActions } from "./routing.ts";

const balancer: LoadBalancer = {
  targetGroupArn: "blue",
  advancedConfiguration: {
    alternateTargetGroupArn: "green",
    productionListenerRule: "production",
    testListenerRule: "test",
    roleArn: "role",
  },
};

const weighted = (...groups: readonly (readonly [arn: string, weight: number])[]): Rule => ({
  Actions: [
    {
      Type: "forward",
      ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
    },
  ],
});
const both = weighted(["blue", 1], ["green", 0]);
const plain = (TargetGroupArn: string): Rule => ({ Actions: [{ Type: "forward", TargetGroupArn }] });

describe("the live group", () => {
  test.each([
    ["weighted to blue", both, { sourceGroup: "blue", targetGroup: "green" }],
    ["weighted to green", weighted(["blue", 0], ["green", 100]), { sourceGroup: "green", targetGroup: "blue" }],
    ["a plain forward", plain("green"), { sourceGroup: "green", targetGroup: "blue" }],
  ])("is read from the production rule: %s", (_case, production, expected) => {
    expect(readRoute(balancer, { production, test: both })).toMatchObject({ route: expected });
  });

  test.each([
    ["no rule", {}, /^of invalid networking configuration\. One or more rules not found$/],
    [
      "a missing test rule",
      { production: both },
      /^of invalid networking configuration\. One or more rules not found$/,
    ],
    [
      "a group on neither rule",
      { production: plain("blue"), test: plain("blue") },
      /^of invalid networking configuration: Target group green is not associated with either/,
    ],
    [
      "split traffic",
      { production: weighted(["blue", 95], ["green", 5]), test: both },
      /should have exactly one target group serving traffic but found 2 target groups/,
    ],
    ["no weight at all", { production: weighted(["blue", 0], ["green", 0]), test: both }, /but found 0 target groups/],
    [
      "a foreign group",
      { production: weighted(["other", 1], ["blue", 0], ["green", 0]), test: both },
      /^of invalid networking configuration\. Production listener rule is forwarding traffic to unexpected target group other\. Expected/,
    ],
  ])("is refused in ECS's words: %s", (_case, rules, problem) => {
    expect(readRoute(balancer, rules)).toMatchObject({ problem: expect.stringMatching(problem) });
  });
});

test("weights are whole numbers whose shares are exact in tenths of a percent, and nothing else of the rule changes", () => {
  const route = { productionRule: "production", sourceGroup: "blue", targetGroup: "green" };
  const authenticate = { Type: "authenticate-oidc" as const, Order: 1 };
  const TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: 60 };
  const rule: Rule = {
    Actions: [authenticate, { Type: "forward", Order: 2, ForwardConfig: { TargetGroupStickinessConfig } }],
  };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (tenths) => {
      const actions = weightedActions(rule, route, tenths / 10);
      expect(actions[0]).toEqual(authenticate);
      expect(actions[1]).toMatchObject({ Order: 2, ForwardConfig: { TargetGroupStickinessConfig } });
      const groups = groupsOf({ Actions: actions });
      const [source = 0, target = 0] = groups.map((group) => group.Weight ?? -1);
      expect([source, target].every((weight) => Number.isInteger(weight) && weight >= 0 && weight <= 999)).toBe(true);
      expect((target / (source + target)) * 1000).toBeCloseTo(tenths, 6);
    }),
  );
});
