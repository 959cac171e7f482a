import { describe, expect, test } from "@jest/globals";
import { add, jestCounts, NOTHING } from "./counts.ts";

describe("counting a CI run", () => {
  test("a file of tests that cannot be loaded is a failure", () => {
    const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 2, numRuntimeErrorTestSuites: 1 };
    expect(jestCounts(report)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  test("counts add up over steps", () => {
    const one = { passed: 1, failed: 2, skipped: 3 };
    expect([one, one].reduce(add, NOTHING)).toEqual({ passed: 2, failed: 4, skipped: 6 });
  });
});
