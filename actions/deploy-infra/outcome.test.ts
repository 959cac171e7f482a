import { describe, expect, test } from "@jest/globals";
import { outcome } from "./outcome.ts";
import type { StackResult } from "./stack-deployment.ts";

const green: StackResult = { stack: "p-cluster", verdict: "DEPLOYED", reasons: [], seconds: 12.4 };
const red: StackResult = {
  stack: "p-alpha",
  verdict: "ROLLED_BACK",
  reasons: ["Service: it never got healthy."],
  seconds: 90,
};

describe("the outcome of an infrastructure deployment", () => {
  test("is green with a table when every stack is", () => {
    const { failure, outputs, summary } = outcome(
      "prod",
      [green, { ...green, stack: "p-network", verdict: "UNCHANGED" }],
      [],
    );
    expect(failure).toBeUndefined();
    expect(outputs).toEqual({ verdict: "DEPLOYED", stacks: '{"p-cluster":"DEPLOYED","p-network":"UNCHANGED"}' });
    expect(summary).toContain("| `p-cluster` | DEPLOYED | 12 |");
  });

  test("is red with the first reason when one stack is", () => {
    const { failure, outputs, summary } = outcome("prod", [green, red], []);
    expect(outputs.verdict).toBe("ROLLED_BACK");
    expect(failure).toEqual({
      title: "Infrastructure of prod: ROLLED_BACK",
      message: "p-alpha is ROLLED_BACK: Service: it never got healthy.",
    });
    expect(summary).toContain("- `p-alpha`: Service: it never got healthy.");
  });

  test("is red when everything was deployed but production is not proven afterwards", () => {
    const { failure } = outcome("prod", [green], ["alpha: The production rule gives traffic to 2 groups."]);
    expect(failure?.title).toBe("Infrastructure of prod: deployed, but production is not proven");
    expect(failure?.message).toContain("alpha: The production rule gives traffic to 2 groups.");
  });
});
