import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { afterProbe, type HealthCheck, type Probe, REGISTERING, statusMatches, type Vitals } from "./health.ts";

const check: HealthCheck = {
  path: "/health",
  port: "traffic-port",
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 3,
  unhealthyThreshold: 2,
  matcher: "200",
};

/** The state after a history of passes (`+`) and failures (`-`). */
const stateAfter = (history: string): Vitals =>
  [...history].reduce<Vitals>(
    (vitals, mark) => afterProbe(vitals, { status: mark === "+" ? 200 : 500 }, check),
    REGISTERING,
  );

describe("the state of a target", () => {
  test.each([
    ["", "initial"],
    ["+", "healthy"],
    ["-", "initial"],
    ["-+", "healthy"],
    ["--", "unhealthy"],
    ["+-", "healthy"],
    ["+-+-+-", "healthy"],
    ["+--", "unhealthy"],
    ["--++", "unhealthy"],
    ["--+++", "healthy"],
    ["--++-+++", "healthy"],
    ["--++-++", "unhealthy"],
  ])("after '%s' is %s", (history, state) => {
    expect(stateAfter(history).health.State).toBe(state);
  });

  test("depends, once it was unhealthy, on the last checks alone", () => {
    const history = fc.string({ unit: fc.constantFrom("+", "-"), maxLength: 20 });
    fc.assert(fc.property(history, (before) => stateAfter(`${before}--`).health.State === "unhealthy"));
    fc.assert(fc.property(history, (before) => stateAfter(`${before}+++`).health.State === "healthy"));
  });

  test.each<[Probe, string]>([
    [{ status: 404 }, "Target.ResponseCodeMismatch"],
    [{ failure: "timeout" }, "Target.Timeout"],
    [{ failure: "connection" }, "Target.FailedHealthChecks"],
  ])("%p gives the reason %s", (probe, reason) => {
    const { health } = afterProbe(afterProbe(REGISTERING, probe, check), probe, check);
    expect(health).toMatchObject({ State: "unhealthy", Reason: reason });
  });
});

test.each([
  ["200", 200, true],
  ["200", 201, false],
  ["200,204", 204, true],
  ["200-299,404", 404, true],
  ["200-299", 300, false],
])("matcher %s and %i: %s", (matcher, status, expected) => {
  expect(statusMatches(status, matcher)).toBe(expected);
});
