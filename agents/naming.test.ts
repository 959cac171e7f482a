import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { loadBalancerName, peerVariable, stackName, targetGroupName } from "./naming.ts";

const stage = fc.stringMatching(/^[a-z]{3,12}(-[1-9][0-9]{0,5})?$/);
const agent = fc.stringMatching(/^[a-z][a-z0-9]{2,8}(-[a-z0-9]{1,8}){0,2}$/);
const colour = fc.constantFrom("blue" as const, "green" as const);

describe("names of load balancing", () => {
  test("a short target group name is readable", () => {
    expect(targetGroupName("prod", "alpha", "blue")).toBe("prod-alpha-blue");
  });

  test("two long names that share their beginning stay two", () => {
    const names = ["alpha-extractor-of-one", "alpha-extractor-of-two"].map((name) =>
      targetGroupName("sandbox", name, "blue"),
    );
    expect(new Set(names).size).toBe(2);
  });

  test("every target group name is valid for AWS", () => {
    fc.assert(
      fc.property(stage, agent, colour, (s, a, c) => {
        expect(targetGroupName(s, a, c)).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])$/);
      }),
    );
  });

  test("no two of stage, agent and colour share a target group name", () => {
    fc.assert(
      fc.property(fc.tuple(stage, agent, colour), fc.tuple(stage, agent, colour), (one, other) => {
        fc.pre(one.join(" ") !== other.join(" "));
        return targetGroupName(...one) !== targetGroupName(...other);
      }),
    );
  });

  test("no load balancer name is longer than 32 characters", () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z]{3,40}$/), (s) => loadBalancerName(s).length <= 32));
  });
});

test("a peer is found through a variable with its name", () => {
  expect(peerVariable("alpha-beta")).toBe("ALPHA_BETA_URL");
});

test("a stack is named after its role or its agent", () => {
  expect([stackName("prod", "network"), stackName("prod", { agent: "alpha" })]).toEqual([
    "karmacadabra-prod-network",
    "karmacadabra-prod-alpha",
  ]);
});
