import { describe, expect, test } from "@jest/globals";
import { fleetTable } from "./table.ts";

const rows = [
  {
    agent: "alpha",
    verdict: "DEPLOYED",
    digest: `sha256:${"a".repeat(64)}`,
    url: "http://localhost:8080/alpha",
    seconds: 12.4,
  },
  { agent: "beta-long", verdict: "ROLLED_BACK", cause: "It exits with status 1 at start." },
];

describe("the closing table", () => {
  test("is aligned, shortens digests and shows what is missing as a dash", () => {
    expect(fleetTable(rows, false)).toEqual([
      "agent      verdict      digest        url                          seconds",
      "alpha      DEPLOYED     aaaaaaaaaaaa  http://localhost:8080/alpha  12",
      "beta-long  ROLLED_BACK  -             -                            -",
      "beta-long: It exits with status 1 at start.",
    ]);
  });

  test("is painted for a terminal only", () => {
    expect(fleetTable(rows, true)[1]).toContain("\u001b[32m");
    expect(fleetTable(rows, true)[2]).toContain("\u001b[31m");
    expect(fleetTable(rows, false).join("")).not.toContain("\u001b[");
  });
});
