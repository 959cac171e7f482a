import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { compare } from "semver";
import type { Advisory } from "./advisories.ts";
import { isAffected, matchAdvisories } from "./matching.ts";
import { npmPurl } from "./packages.ts";
import { atLeast, cvss3BaseScore, SEVERITIES, severityOf } from "./severity.ts";

type Event = { introduced?: string; fixed?: string; last_affected?: string; limit?: string };
const range = (events: Event[], type = "SEMVER") => ({ ranges: [{ type, events }] });

describe("an affected range", () => {
  test.each<[string, Event[], string, boolean]>([
    ["before the fix", [{ introduced: "0" }, { fixed: "1.3.0" }], "1.2.9", true],
    ["at the fix", [{ introduced: "0" }, { fixed: "1.3.0" }], "1.3.0", false],
    ["a prerelease of the fix", [{ introduced: "0" }, { fixed: "1.3.0" }], "1.3.0-rc.1", true],
    ["before the introduction", [{ introduced: "1.0.0" }, { fixed: "1.3.0" }], "0.9.0", false],
    [
      "between two ranges",
      [{ introduced: "1.0.0" }, { fixed: "1.1.0" }, { introduced: "2.0.0" }, { fixed: "2.1.0" }],
      "1.5.0",
      false,
    ],
    [
      "in the second of two ranges",
      [{ introduced: "2.0.0" }, { fixed: "2.1.0" }, { introduced: "1.0.0" }, { fixed: "1.1.0" }],
      "2.0.5",
      true,
    ],
    ["at the last affected", [{ introduced: "0" }, { last_affected: "1.3.0" }], "1.3.0", true],
    ["after the last affected", [{ introduced: "0" }, { last_affected: "1.3.0" }], "1.3.1", false],
    ["never fixed", [{ introduced: "1.0.0" }], "99.0.0", true],
    ["beyond a limit", [{ introduced: "0" }, { limit: "2.0.0" }], "2.0.0", false],
    ["an introduction that is no version", [{ introduced: "soon" }, { fixed: "2.0.0" }], "1.0.0", true],
    ["a fix that is no version", [{ introduced: "0" }, { fixed: "soon" }], "1.0.0", true],
  ])("%s", (_title, events, version, expected) => {
    expect(isAffected(range(events), version)).toBe(expected);
    expect(isAffected(range(events, "ECOSYSTEM"), version)).toBe(expected);
    expect(isAffected(range(events, "GIT"), version)).toBe(false);
  });

  test("a listed version is affected whatever the ranges say", () => {
    expect(isAffected({ versions: ["1.0.0"], ...range([{ introduced: "2.0.0" }]) }, "1.0.0")).toBe(true);
  });

  test("agrees with the order of versions for every interval", () => {
    const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join("."));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const [introduced, fixed] = [a, b].sort(compare) as [string, string];
        const expected = compare(c, introduced) >= 0 && compare(c, fixed) < 0;
        expect(isAffected(range([{ introduced }, { fixed }]), c)).toBe(expected);
        expect(isAffected(range([{ fixed }, { introduced }]), c)).toBe(expected);
      }),
    );
  });
});

describe("severity", () => {
  // Scores of published vectors, as NVD's calculator gives them.
  test.each([
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1],
    ["CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L", 3.7],
    ["CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0],
  ])("of %s is %d", (vector, score) => {
    expect(cvss3BaseScore(vector)).toBe(score);
  });

  test.each(["", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "CVSS:3.1/AV:N", "AV:N/AC:L"])(
    "of %j cannot be computed",
    (vector) => {
      expect(cvss3BaseScore(vector)).toBeUndefined();
    },
  );

  test("is the worst of what an advisory states", () => {
    const medium = { type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N" };
    const base = { id: "X", modified: "2026-01-01T00:00:00Z" };
    expect(severityOf({ ...base, severity: [medium] })).toBe("medium");
    expect(severityOf({ ...base, severity: [medium], database_specific: { severity: "CRITICAL" } })).toBe("critical");
    expect(severityOf({ ...base, severity: [medium], database_specific: { severity: "LOW" } })).toBe("medium");
    expect(severityOf({ ...base, database_specific: { severity: "MODERATE" } })).toBe("medium");
    expect(severityOf(base)).toBeUndefined();
    expect(SEVERITIES.filter((severity) => atLeast(severity, "high"))).toEqual(["high", "critical"]);
  });
});

test("findings come worst first, once each, with the first version that nothing affects", () => {
  const advisory = (id: string, severity?: string): Advisory => ({
    id,
    modified: "2026-01-01T00:00:00Z",
    database_specific: { severity },
    affected: [
      { package: { ecosystem: "npm", name: "left" }, ...range([{ introduced: "1.0.0" }, { fixed: "1.5.0" }]) },
      { package: { ecosystem: "npm", name: "left" }, ...range([{ introduced: "0" }, { fixed: "3.0.0" }]) },
      { package: { ecosystem: "PyPI", name: "left" }, ...range([{ introduced: "0" }]) },
    ],
  });
  const packages = [{ name: "left", version: "1.2.0", license: "MIT", purl: npmPurl("left", "1.2.0") }];
  const findings = matchAdvisories(packages, [advisory("A", "LOW"), advisory("B", "CRITICAL"), advisory("C")]);
  expect(findings.map((found) => [found.id, found.severity, found.fixedIn])).toEqual([
    ["C", undefined, "3.0.0"],
    ["B", "critical", "3.0.0"],
    ["A", "low", "3.0.0"],
  ]);
});
